import { DateTime } from 'luxon'

/** What is counted of a goal's people, or of a part of them. */
export interface Counted {
  members: number
  covered: number
  /** of these, on the `days` whole days before today */
  recent: number
}

/** The goal as the rules below see it. */
export interface Aim {
  /** above 0, at most 1 */
  share: number
  /** YYYY-MM-DD: reached at the end of this day */
  by: string
}

/** The pace is the mean of the last so many whole days, or since the first dose when that is later. */
export const paceDays = 14
/** Yellow as long as the pace must grow by no more than this. */
export const atMostTimes = 1.5
/** A day further away than this is no prediction. */
export const furthestDays = 730

export type Colour = 'green' | 'yellow' | 'red'
export type Why =
  'nobody' | 'reached' | 'passed' | 'not-begun' | 'stopped' | 'in-time' | 'late' | 'far-too-late'

export interface Assessment {
  colour: Colour | null
  why: Why
  /** so many of the members are the goal */
  needed: number
  /** of these, still to come */
  missing: number
  /** people a day; null: nothing to take a mean of */
  pace: number | null
  /** so many a day would reach the goal in time; null: reached, or its day has passed */
  neededPace: number | null
  /** YYYY-MM-DD; null: not at this pace */
  reachesOn: string | null
}

const daysBetween = (from: string, to: string): number =>
  Math.round(DateTime.fromISO(to).diff(DateTime.fromISO(from), 'days').days)

/** Whole days before today to take the pace from: at most 14, none before the first. @param first YYYY-MM-DD */
export const daysOfPace = (first: string | null, today: string): number =>
  first === null ? 0 : Math.max(0, Math.min(paceDays, daysBetween(first, today)))

/**
 * How a goal is doing. Pure.
 * @param days whole days that `recent` was counted on (daysOfPace); @param today YYYY-MM-DD
 */
export function assess(
  { members, covered, recent }: Counted,
  aim: Aim,
  days: number,
  today: string,
): Assessment {
  const needed = Math.ceil(Math.round(aim.share * members * 1e6) / 1e6)
  const missing = Math.max(0, needed - covered)
  const pace = days === 0 ? null : recent / days
  const common = { needed, missing, pace, neededPace: null, reachesOn: null }
  if (members === 0) return { ...common, colour: null, why: 'nobody' }
  if (missing === 0) return { ...common, colour: 'green', why: 'reached' }
  if (today > aim.by) return { ...common, colour: 'red', why: 'passed' }
  const left = Math.max(1, daysBetween(today, aim.by))
  const open = { ...common, neededPace: missing / left }
  if (pace === null)
    return { ...open, colour: left >= paceDays ? 'yellow' : 'red', why: 'not-begun' }
  if (pace === 0) return { ...open, colour: 'red', why: 'stopped' }
  const away = Math.ceil(missing / pace - 1e-9)
  const reachesOn =
    away > furthestDays ? null : DateTime.fromISO(today).plus({ days: away }).toISODate()
  const dated = { ...open, reachesOn }
  if (reachesOn !== null && reachesOn <= aim.by)
    return { ...dated, colour: 'green', why: 'in-time' }
  return open.neededPace <= pace * atMostTimes
    ? { ...dated, colour: 'yellow', why: 'late' }
    : { ...dated, colour: 'red', why: 'far-too-late' }
}
