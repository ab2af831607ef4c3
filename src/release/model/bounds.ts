import { addWorkingDays, type Day } from './calendar.ts'
import { HORIZON } from './forecast.ts'
import { margin, type Demand } from './demand.ts'
import { allPlaces, countedPlaces, stockAfter } from './places.ts'
import type { Policy } from './policy.ts'
import { liveOf, type AreaState } from './state.ts'

/** Letters that people may still answer: sent at most `days` days ago. */
export function liveLetters(area: AreaState, today: Day, days: number): number {
  return area.waves.reduce(
    (sum, wave) => (today - wave.sentOn <= days ? sum + liveOf(wave) : sum),
    0,
  )
}

/**
 * The hard bound: live letters + people who already wait ≤ hardFactor × (free + plannedShare × planned).
 * It reads no estimate, so no estimate can open it.
 */
export function hardBound(
  area: AreaState,
  today: Day,
  policy: Policy,
): { limit: number; live: number } {
  const free = area.free.reduce((sum, { on, places }) => (on > today ? sum + places : sum), 0)
  const planned = area.planned.reduce((sum, p) => (p.on > today ? sum + p.expected : sum), 0)
  const limit = Math.floor(policy.hardFactor * (free + policy.plannedShare * planned))
  return { limit, live: liveLetters(area, today, policy.liveDays) + area.waiting + area.displaced }
}

/** The largest n in 0…most for which `fits` holds; `fits` is monotone and holds at 0. */
export function largest(most: number, fits: (n: number) => boolean): number {
  if (most <= 0 || fits(most)) return Math.max(0, most)
  let low = 0
  let high = most
  while (high - low > 1) {
    const mid = (low + high) >> 1
    if (fits(mid)) low = mid
    else high = mid
  }
  return low
}

/**
 * The most letters such that, on every day ahead, those expected to answer are served and the places left still
 * cover the margin. A day that is already short must not get shorter: letters may go out whose readers answer after it.
 */
export function capacityBound(
  area: AreaState,
  demand: Demand,
  today: Day,
  policy: Policy,
  most: number,
): number {
  const supply = countedPlaces(area, today, policy)
  const slack = (n: number): Float64Array => {
    const stock = stockAfter((k) => answersOn(demand, k, n), supply)
    return stock.map((left, k) => left - margin(demand, policy, k, n))
  }
  const without = slack(0)
  return largest(most, (n) =>
    slack(n).every((left, k) => left >= Math.min(0, without[k] ?? 0) - 0.5),
  )
}

const answersOn = (demand: Demand, k: number, n: number): number =>
  (k === 0 ? demand.at : 0) + (demand.dayMean[k] ?? 0) + n * (demand.dayFresh[k] ?? 0)

/** By this share of a wave's answers the next waves take over. */
const MOST_ANSWERED = 0.7

/**
 * Just in time: the letters whose answers fill the places up to `lead` working days after the wave has mostly
 * answered. Later places are left to later waves: what has not been sent cannot be hurt by a cut.
 */
export function needed(area: AreaState, demand: Demand, today: Day, policy: Policy): number {
  if (policy.lead === Infinity) return Infinity
  const total = demand.sumFresh[HORIZON - 1] ?? 0
  let by = 1
  while (by < HORIZON - 1 && (demand.sumFresh[by] ?? 0) < MOST_ANSWERED * total) by++
  // Nothing is sent before the next working day: what falls due until then must be filled by today's wave.
  const next = addWorkingDays(today, 1) - today
  const until = addWorkingDays(today + Math.min(HORIZON - 1, by + next - 1), policy.lead) - today
  const unfilled =
    stockAfter((k) => answersOn(demand, k, 0), allPlaces(area, today), until)[by] ?? 0
  return Math.max(0, Math.ceil(unfilled / Math.max(1e-6, demand.sumFresh[by] ?? 0)))
}
