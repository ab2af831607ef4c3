import { isWorkingDay, type Day } from './calendar.ts'
import { largest } from './bounds.ts'
import { maximise } from './linear.ts'
import type { Policy } from './policy.ts'
import type { CallDay } from './state.ts'

/** Before anything is seen: half of those who answer phone, and after a closed day half as many again. */
const PRIOR_RATE = 0.5
const AFTER_CLOSED = 1.6
const PRIOR_ANSWERS = 60
const KEEP_PER_DAY = 0.93

/**
 * Calls per answer, for day k ahead. Mondays have a rate of their own: people who read their letter at the weekend and
 * want to phone all phone then. Each is Σ calls / Σ answers with forgetting, shrunk to the prior.
 */
export function callRate(
  history: readonly CallDay[],
  today: Day,
): { ordinary: number; on: (k: number) => number } {
  const fit = (days: readonly CallDay[], prior: number): number => {
    let calls = prior * PRIOR_ANSWERS
    let answers = PRIOR_ANSWERS
    for (const day of days) {
      const keep = KEEP_PER_DAY ** (today - day.on)
      calls += keep * day.calls
      answers += keep * day.answers
    }
    return calls / answers
  }
  const ordinary = fit(
    history.filter((day) => !day.afterClosed),
    PRIOR_RATE,
  )
  const afterClosed = Math.max(
    ordinary,
    fit(
      history.filter((day) => day.afterClosed),
      ordinary * AFTER_CLOSED,
    ),
  )
  return { ordinary, on: (k) => (isWorkingDay(today + k - 1) ? ordinary : afterClosed) }
}

/**
 * Region-wide calls: what letters already out will bring on each day ahead, and what one letter of each coming
 * wave adds.
 */
export interface PhoneLoad {
  calls: Float64Array
  /** Not knowing the answer curve, in calls, one standard deviation. */
  curveSd: Float64Array
  /** Calls a day per letter; the first is today's wave, then the coming working days'. */
  waves: Float64Array[]
}

/**
 * Margin against not knowing the answer curve, in standard deviations: a day's calls, not a person's missing
 * time, are at stake.
 */
export const Z_CURVE = 1

/**
 * A day that gets less than this share of a wave's calls does not bind it: a full Monday must not stop letters
 * read on Tuesday.
 */
const STRAY = 0.04
/** A letter a day later is worth this much of one today. */
const LATER = 0.99
/** Waves planned together: two weeks of working days. */
const PLANNED_WAVES = 10
/** Today's wave may cost the coming weeks this share of what the phones could carry at best. */
const GIVE_UP = 0.05

/**
 * The most letters today over all areas. The coming waves share the phones with today's: a wave that fills next Monday
 * alone would leave Tuesday to Friday idle. So the best two weeks are found by linear programming (largest number of
 * letters with every working day's calls within the planned share), and today gets as much as leaves that plan, or
 * what the places need, within reach.
 * @param needed letters that two weeks' places need at most; the phones are scarce when the best plan falls short of it
 */
export function phoneBound(
  load: PhoneLoad,
  today: Day,
  capacity: number,
  policy: Policy,
  needed: number,
): { room: number; scarce: boolean } {
  const waves = load.waves.slice(0, PLANNED_WAVES)
  const totals = waves.map((wave) => wave.reduce((sum, x) => sum + x, 0))
  const rows: number[][] = []
  const rooms: number[] = []
  for (let k = 1; k < load.calls.length; k++) {
    if (!isWorkingDay(today + k)) continue
    const calls = load.calls[k] ?? 0
    const planned = policy.phoneShare * capacity
    rows.push(
      waves.map((wave, w) => ((wave[k] ?? 0) >= STRAY * (totals[w] ?? 0) ? (wave[k] ?? 0) : 0)),
    )
    rooms.push(
      Math.max(
        0,
        planned - calls - policy.zChance * Math.sqrt(planned) - Z_CURVE * (load.curveSd[k] ?? 0),
      ),
    )
  }
  const values = waves.map((_, w) => LATER ** w)
  const today1 = rows.map((row) => row[0] ?? 0)
  const alone = today1.reduce(
    (most, each, r) => (each > 1e-9 ? Math.min(most, (rooms[r] ?? 0) / each) : most),
    Infinity,
  )
  const withToday = (n: number): number =>
    n +
    maximise(
      values.slice(1),
      rows.map((row) => row.slice(1)),
      rooms.map((room, r) => room - n * (today1[r] ?? 0)),
    )
  const best = maximise(values, rows, rooms)
  if (best === Infinity) return { room: Infinity, scarce: false }
  const target = Math.min((1 - GIVE_UP) * best, needed)
  return {
    room: largest(Math.floor(Math.min(alone, 1e9)), (n) => withToday(n) >= target),
    scarce: best < needed,
  }
}
