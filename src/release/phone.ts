import { isWorkingDay, type Day } from './calendar.ts'
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
export function callRate(history: readonly CallDay[], today: Day): (k: number) => number {
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
  const ordinary = fit(history.filter((day) => !day.afterClosed), PRIOR_RATE)
  const afterClosed = Math.max(ordinary, fit(history.filter((day) => day.afterClosed), ordinary * AFTER_CLOSED))
  return (k) => (isWorkingDay(today + k - 1) ? ordinary : afterClosed)
}
