import { DateTime } from 'luxon'
import { zone } from '../../clock.ts'
import { printDayOf } from '../../release/model/arrival.ts'
import { addWorkingDays, formatDay, isWorkingDay, parseDay } from '../../release/model/calendar.ts'

export interface PrintSchedule {
  /** HH:MM, Swedish time: what is handed over later is printed the next working day */
  cutOff: string
  /** letters a day at most; undefined: no limit is known */
  capacity: number | undefined
  /**
   * letters that are taken on a day without having been announced ahead; undefined: nobody is there to announce to,
   * so all are
   */
  unannounced: number | undefined
}

export const printSchedule = (config: {
  PRINT_CUT_OFF: string
  PRINT_CAPACITY?: number | undefined
  PRINT_ANNOUNCE_TO?: string | undefined
  PRINT_ANNOUNCE_OVER: number
}): PrintSchedule => ({
  cutOff: config.PRINT_CUT_OFF,
  capacity: config.PRINT_CAPACITY,
  unannounced: config.PRINT_ANNOUNCE_TO ? config.PRINT_ANNOUNCE_OVER : undefined,
})

/** A day at the supplier as it stands. */
export interface PrintDay {
  /** YYYY-MM-DD */
  day: string
  /** handed over for it, or about to be */
  letters: number
  /** what the supplier was told to expect, and when */
  expectedLetters: number | null
  announcedAt: Date | null
}

const localDay = (now: Date): string => DateTime.fromJSDate(now, { zone }).toISODate()!

/** The working day that a batch handed over now is printed: today until the cut-off, otherwise the next one. */
export const printDayAt = (now: Date, { cutOff }: Pick<PrintSchedule, 'cutOff'>): string =>
  formatDay(printDayOf(now, cutOff))

/** The working day after a print day. */
export const printDayAfter = (day: string): string => formatDay(addWorkingDays(parseDay(day), 1))

/**
 * How many more letters the day takes: never above the capacity, nor above what the supplier expects. Told the same
 * day is not told ahead.
 */
export function roomOn(
  { day, letters, expectedLetters, announcedAt }: PrintDay,
  { capacity = Infinity, unannounced = Infinity }: PrintSchedule,
): number {
  const expected = announcedAt && localDay(announcedAt) < day ? (expectedLetters ?? 0) : 0
  return Math.max(0, Math.min(capacity, Math.max(unannounced, expected)) - letters)
}

/**
 * What to tell the supplier now of the next print day, so that no more wait than must: the letters that today has no
 * room for.
 * @param waiting letters that are due and not handed over
 * @returns undefined when there is nothing to tell
 */
export function toAnnounce(
  today: PrintDay,
  waiting: number,
  schedule: PrintSchedule,
): number | undefined {
  if (schedule.unannounced === undefined) return undefined
  const left = Math.min(waiting - roomOn(today, schedule), schedule.capacity ?? Infinity)
  return left > schedule.unannounced ? left : undefined
}

/** Postage steps in grams. Unverified: Swedish post's steps as commonly stated; a supplier's own would be set here. */
const steps = [50, 100, 250, 500, 1000, 2000]
const sheetGrams = 5 // A4, 80 g/m²
const envelopeGrams = 7 // C5 with window

/** The postage step that a letter falls in: its pages printed on both sides of A4 in an envelope. */
export function gramsOf(pages: number): number {
  const weight = envelopeGrams + Math.ceil(pages / 2) * sheetGrams
  return steps.find((step) => weight <= step) ?? steps.at(-1)!
}

/** Letters due by this moment should all have been handed over: the cut-off of the last working day before today. */
export function shouldHaveLeft(now: Date, { cutOff }: Pick<PrintSchedule, 'cutOff'>): Date {
  let day = parseDay(localDay(now)) - 1
  while (!isWorkingDay(day)) day--
  return DateTime.fromISO(`${formatDay(day)}T${cutOff}`, { zone }).toJSDate()
}
