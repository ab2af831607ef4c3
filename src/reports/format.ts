import { DateTime } from 'luxon'
import { zone } from '../clock.ts'

const whole = new Intl.NumberFormat('sv-SE', { maximumFractionDigits: 0 })
const share = new Intl.NumberFormat('sv-SE', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})

/** 17 500 */
export const number = (n: number): string => whole.format(n)

/** 12,3 %; an en dash when there is nothing to have a share of */
export const percent = (part: number, of: number): string =>
  of === 0 ? '–' : share.format(part / of)

/** 16 mars 2021 kl. 9.30 */
export const moment = (at: Date): string =>
  DateTime.fromJSDate(at, { zone }).setLocale('sv').toFormat("d MMMM yyyy 'kl.' H.mm")

/** tis 16 mars. @param day YYYY-MM-DD */
export const shortDay = (day: string): string =>
  DateTime.fromISO(day, { locale: 'sv' }).toFormat('ccc d MMM')

/** tisdag 16 mars 2021. @param day YYYY-MM-DD */
export const longDay = (day: string): string =>
  DateTime.fromISO(day, { locale: 'sv' }).toFormat('cccc d MMMM yyyy')

/** 16 mars 2021. @param day YYYY-MM-DD */
export const plainDay = (day: string): string =>
  DateTime.fromISO(day, { locale: 'sv' }).toFormat('d MMMM yyyy')

/**
 * Every day from the first to the last of those given, as YYYY-MM-DD: a day on which nothing happened shows as such.
 */
export function everyDay(days: string[]): string[] {
  const [first, last] = [
    days.reduce((a, b) => (a < b ? a : b), days[0] ?? ''),
    days.reduce((a, b) => (a > b ? a : b), ''),
  ]
  const all: string[] = []
  for (
    let day = DateTime.fromISO(first);
    day.isValid && day.toISODate() <= last;
    day = day.plus({ days: 1 })
  )
    all.push(day.toISODate())
  return all
}
