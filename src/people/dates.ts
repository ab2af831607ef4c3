import { zone } from '../clock.ts'

/** Years that somebody alive or something planned can have. */
export const years = { first: 1850, last: 2199 }
const saneYear = (year: number): boolean => year >= years.first && year <= years.last

/** Whether YYYY-MM-DD is a day in the calendar. */
export function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!parts) return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  if (!saneYear(year) || month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}

/** YYYY-MM-DD of a day as files write it: 2021-03-15, 20210315, with a time of day after it; null when it is none. */
export function readDay(text: string): string | null {
  const day = wholeDay(text)
  return isDate(day) ? day : null
}

export const wholeDay = (text: string): string =>
  text
    .replace(/[‐‑‒–—−]/g, '-') // what programs make of a hyphen
    .replace(/^['’]/, '') // a spreadsheet's mark for text
    .replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
    .replace(/^(\d{4}-\d{2}-\d{2})[T ].*$/, '$1')

/** Whether a point in time is one that can be kept and be meant. */
export const isSaneTime = (at: Date): boolean => saneYear(at.getUTCFullYear()) // NaN is no year

const calendar = new Intl.DateTimeFormat('sv-SE', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The day in Sweden at a moment, YYYY-MM-DD. */
export const dayOf = (now: Date): string => calendar.format(now)

/** The day after, YYYY-MM-DD. */
export const dayAfter = (day: string): string =>
  new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
