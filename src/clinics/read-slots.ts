import { DateTime } from 'luxon'
import { zone } from '../clock.ts'
import { readPhone } from '../people/contact.ts'
import { isSaneTime } from '../people/dates.ts'
import { readHsaId } from '../people/hsa-id.ts'
import { rejectedRows, type Rejected } from './rejected.ts'
import { readTable, type Column } from './table.ts'

/** A slot as a clinic states it. */
export interface StatedSlot {
  hsaId: string
  startsAt: Date
  minutes: number
  /** places that can be booked, whoever has booked them with us counted in */
  capacity: number
  /** places the clinic says are taken, when it tells; they are ours as far as we have appointments there */
  taken: number
  overbooking: number
  bookingUrl: string | null
  bookingPhone: string | null
}

export interface ReadSlots {
  rows: number
  /** rows that have faults */
  bad: number
  slots: StatedSlot[]
  /** of each slot in `slots`: the line of the file where it is first */
  lines: number[]
  rejected: Rejected[]
  /** set when the source is a full publication: what it does not name is no longer there */
  publication?: Publication
}

/** Whose earlier slots a full publication replaces. */
export interface Publication {
  /** the name of the feed, the same each time */
  feed: string
  /** HSA-ids of the clinics it names */
  clinics: string[]
  /** every row could be read: also clinics that it names no longer have no slots */
  whole: boolean
}

const column = (name: string, required: boolean, ...aliases: string[]): Column => ({
  name,
  required,
  aliases,
})

export const slotColumns: readonly Column[] = [
  column('clinic', true, 'hsa_id', 'hsaid', 'mottagning'),
  column('starts_at', true, 'start', 'starttid', 'tid'),
  column('capacity', true, 'kapacitet', 'platser', 'antal_platser'),
  column('minutes', false, 'minuter', 'längd', 'langd'),
  column('overbooking', false, 'överbokning', 'overbokning'),
  column('booking_url', false, 'bokningslänk', 'bokningslank'),
  column('booking_phone', false, 'bokningstelefon'),
]

/**
 * Reads a CSV file of slots at known clinics (HSA-ids). Rows with faults are left out and listed.
 * @throws Refused as readTable
 */
export function readSlots(
  fileName: string,
  bytes: Uint8Array,
  known: ReadonlySet<string>,
): ReadSlots {
  const table = readTable(fileName, bytes, slotColumns)
  const rejected = [...table.rejected]
  const slots = new Map<string, { slot: StatedSlot; line: number }>()
  const times = new Map<string, ReturnType<typeof readTime>>() // the same ones come back at each clinic
  for (const { row, values } of table.rows) {
    const faults: Rejected[] = []
    const bad = (name: string, code: string, message: string) =>
      faults.push({ row, column: name, code, message })
    const whole = (name: string, empty: number, low: number, high: number): number => {
      const text = values[name] || String(empty)
      const n = /^\d{1,6}$/.test(text) ? Number(text) : NaN
      if (!(n >= low && n <= high))
        bad(name, 'bad-number', `"${values[name]}" is not a whole number from ${low} to ${high}.`)
      return n
    }
    const hsaId = readHsaId(values['clinic'] ?? '') ?? ''
    if (!known.has(hsaId))
      bad(
        'clinic',
        'unknown-clinic',
        `There is no clinic ${values['clinic'] || 'here'}. Import the clinics first.`,
      )
    const startsAt = values['starts_at'] ?? ''
    const time = times.get(startsAt) ?? readTime(startsAt)
    times.set(startsAt, time)
    if ('fault' in time) bad('starts_at', time.code, time.fault)
    const [bookingUrl, bookingPhone] = [
      values['booking_url'] || null,
      values['booking_phone'] || null,
    ]
    if (bookingUrl && !isWebAddress(bookingUrl))
      bad('booking_url', 'bad-url', `"${bookingUrl}" is not a web address.`)
    const phone = bookingPhone && readPhone(bookingPhone)
    if (bookingPhone && !phone)
      bad('booking_phone', 'bad-phone', `"${bookingPhone}" is not a phone number.`)
    const [minutes, capacity, overbooking] = [
      whole('minutes', 5, 1, 1440),
      whole('capacity', NaN, 0, 10_000),
      whole('overbooking', 0, 0, 10_000),
    ]
    if (!('fault' in time)) {
      const key = `${hsaId} ${time.at.getTime()}`
      if (slots.has(key))
        bad(
          'starts_at',
          'duplicate',
          'The clinic has this time in the file before; the first is used.',
        )
      if (!faults.length)
        slots.set(key, {
          slot: {
            hsaId,
            startsAt: time.at,
            minutes,
            capacity,
            taken: 0,
            overbooking,
            bookingUrl,
            bookingPhone: phone,
          },
          line: row,
        })
    }
    rejected.push(...faults)
  }
  return {
    rows: table.rows.length + table.rejected.length,
    bad: rejectedRows(rejected),
    ...slotsAndLines(slots),
    rejected,
  }
}

export const slotsAndLines = (
  found: ReadonlyMap<string, { slot: StatedSlot; line: number }>,
): Pick<ReadSlots, 'slots' | 'lines'> => ({
  slots: [...found.values()].map(({ slot }) => slot),
  lines: [...found.values()].map(({ line }) => line),
})

export const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

/**
 * A moment from `YYYY-MM-DD HH:MM`, by the clock in Sweden, or with an offset from UTC. The hour that is
 * skipped in March has no such time; in the hour that comes twice in October only an offset says which is
 * meant.
 */
export function readTime(given: string): { at: Date } | { code: string; fault: string } {
  const text = given.replace(/[‐‑‒–—−]/g, '-').replace(/^['’]/, '')
  const time = DateTime.fromISO(text.replace(' ', 'T'), { zone, setZone: false })
  if (!/^\d{4}-\d{2}-\d{2}[ T]\d{2}[:.]?\d{2}/.test(text) || !isSaneTime(time.toJSDate()))
    return { code: 'bad-time', fault: `"${text}" is not a time, e.g. 2021-03-15 08:05.` }
  if (/(Z|[+-]\d{2}(:?\d{2})?)$/.test(text.slice(10))) return { at: time.toJSDate() }
  if (!text.replace(' ', 'T').startsWith(time.toFormat("yyyy-MM-dd'T'HH")))
    return { code: 'no-such-time', fault: `${text} does not exist: the clock goes forward then.` }
  if (time.getPossibleOffsets().length > 1)
    return {
      code: 'time-comes-twice',
      fault: `${text} comes twice: the clock goes back then. Add +02:00 or +01:00.`,
    }
  return { at: time.toJSDate() }
}
