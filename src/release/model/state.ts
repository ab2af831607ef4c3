import type { Day } from './calendar.ts'

/**
 * The letters released on one day in one area, and the distinct people who answered, by age in days (index 0 =
 * day sent).
 */
export interface Wave {
  sentOn: Day
  sent: number
  answers: readonly number[]
}

/** Planned places: not yet bookable, and the day they will be. */
export interface Planned {
  on: Day
  expected: number
  publishedOn: Day
}

/** Places that were planned, and how many of them came. */
export interface Kept {
  told: number
  came: number
}

/** One area as a day begins. Counts of people and places. */
export interface AreaState {
  id: string
  /** People not yet invited. */
  remaining: number
  /** Places bookable now. */
  free: readonly { on: Day; places: number }[]
  planned: readonly Planned[]
  /** Places on days that nobody has planned yet, where somebody has said that supply continues as usual. */
  said: readonly { on: Day; places: number }[]
  /** How plans have held: places planned for the days that were published since, and places that came. */
  plans: Kept
  /** People whose search found no time and who still want one. */
  waiting: number
  /** Lost their time. */
  displaced: number
  waves: readonly Wave[]
  /** Places a working day, as last told: a measure of the area's size. */
  usualDay: number
  /** The last day whose answers can be trusted; earlier than yesterday when searches were turned away unseen. */
  seenThrough: Day
}

/** Calls of one day and the answers of the same day; `afterClosed` when the phones were closed the day before. */
export interface CallDay {
  on: Day
  calls: number
  answers: number
  afterClosed: boolean
}

export type PauseReason = 'failed-searches' | 'calls' | 'supply-cut' | 'stale-feed' | 'by-hand'

/** Everything a decision needs: data in, decision out. */
export interface DayState {
  day: Day
  working: boolean
  /** Calls a working day can take; Infinity when not stated. */
  phoneCapacity: number
  calls: readonly CallDay[]
  /** Working days until a letter is with its person, as told; null when nobody has said. */
  postDays: number | null
  areas: readonly AreaState[]
  paused: PauseReason | null
}

export type Bound = 'capacity' | 'phone' | 'hard' | 'remaining' | 'not-working' | 'paused'

export interface AreaDecision {
  id: string
  invite: number
  bound: Bound
  /**
   * Answers expected a day, index 0 = today; with the letters already out, today's, and coming waves like the
   * latest.
   */
  expected: Float64Array
  /** A level that a day's answers stay below on 99 days of 100. */
  p99: Float64Array
  /** What the hard bound allows to be out, and what is out now. */
  hard: { limit: number; live: number }
}

/** People sent to in `wave` who have not answered. */
export function liveOf(wave: Wave): number {
  return Math.max(0, wave.sent - wave.answers.reduce((sum, n) => sum + n, 0))
}
