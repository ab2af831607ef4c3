import { addWorkingDays, type Day } from './calendar.ts'
import { HORIZON } from './forecast.ts'
import { margin, type Demand } from './demand.ts'
import { allPlaces, countedPlaces, stockAfter } from './places.ts'
import type { Policy } from './policy.ts'
import { liveOf, type AreaState } from './state.ts'
import { saidAhead } from './supply.ts'

/** Letters that people may still answer: sent at most `days` days ago. */
export function liveLetters(area: AreaState, today: Day, days: number): number {
  return area.waves.reduce(
    (sum, wave) => (today - wave.sentOn <= days ? sum + liveOf(wave) : sum),
    0,
  )
}

/** Of the readers of letters with nothing behind the free places, the share that must answer before the last. */
const NEARLY_ALL = 0.95
const HALF = 0.5

/** By this share of a wave's answers the next waves take over. */
const MOST_ANSWERED = 0.7

const nothingBehind = (area: AreaState): boolean =>
  area.planned.length === 0 && area.said.length === 0

/** With this many answers in the region the hard factor is half way from 1 to the policy's. */
const TAUGHT = 100

/**
 * How many letters a place may be promised to: one until answers have come, the policy's factor when many have. Small
 * areas learn too slowly for themselves, so the answers of all areas count.
 */
export function hardFactor(areas: readonly AreaState[], policy: Policy): number {
  const answers = areas.reduce(
    (sum, { waves }) => sum + waves.reduce((n, wave) => n + wave.sent - liveOf(wave), 0),
    0,
  )
  return 1 + ((policy.hardFactor - 1) * answers) / (answers + TAUGHT)
}

/**
 * What is known outside an area: how many letters a place may be promised to, how far its plans can be relied on, and
 * whether somebody has told how long the post takes.
 */
export interface Terms {
  factor: number
  reliance: number
  postTold: boolean
}

/** Free places after today, and those planned or said as far as plans hold. */
function knownPlaces(area: AreaState, today: Day, reliance: number): number {
  const ahead = (days: readonly { on: Day; n: number }[]): number =>
    days.reduce((sum, { on, n }) => (on > today ? sum + n : sum), 0)
  return (
    ahead(area.free.map(({ on, places }) => ({ on, n: places }))) +
    reliance * ahead(area.planned.map(({ on, expected }) => ({ on, n: expected }))) +
    reliance * ahead(saidAhead(area, today).map(({ on, places }) => ({ on, n: places })))
  )
}

/**
 * The hard bound: live letters + people who already wait ≤ factor × (free + reliance × (planned + said)).
 * It reads no estimate of how people answer, so no such estimate can open it.
 */
export function hardBound(
  area: AreaState,
  today: Day,
  policy: Policy,
  { factor, reliance }: Omit<Terms, 'postTold'>,
): { limit: number; live: number } {
  const limit = Math.floor(factor * knownPlaces(area, today, reliance))
  return { limit, live: liveLetters(area, today, policy.liveDays) + area.waiting + area.displaced }
}

/** The largest whole n in 0…most for which `fits` holds; `fits` is monotone and holds at 0. */
export function largest(most: number, fits: (n: number) => boolean): number {
  const top = Math.floor(most)
  if (top <= 0 || fits(top)) return Math.max(0, top)
  let low = 0
  let high = top
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
  { reliance, postTold }: Omit<Terms, 'factor'>,
  most: number,
): number {
  const supply = countedPlaces(area, today, policy, reliance)
  if (tooLate(area, demand, today, postTold)) return 0
  const known = knownPlaces(area, today, reliance)
  const slack = (n: number): Float64Array => {
    const stock = stockAfter((k) => answersOn(demand, k, n), supply)
    return stock.map((left, k) => left - margin(demand, policy, k, n))
  }
  const without = slack(0)
  return largest(
    most,
    (n) =>
      allAnswers(demand, policy, n) <= known &&
      slack(n).every((left, k) => left >= Math.min(0, without[k] ?? 0) - 0.5),
  )
}

/**
 * Nothing is planned or said behind the free places, and they are gone before enough of today's readers answer. Before
 * anybody has answered nobody knows, and the times would be lost: then the first letters leave all the same, unless the
 * post is told to be so slow that most would come too late.
 */
function tooLate(area: AreaState, demand: Demand, today: Day, postTold: boolean): boolean {
  const first = area.waves.length === 0
  if (!nothingBehind(area) || (first && !postTold)) return false
  const last = area.free.reduce((max, { on, places }) => (places > 0 ? Math.max(max, on) : max), 0)
  const ahead = Math.min(HORIZON, last - today)
  if (ahead < 1) return true
  const inTime = (demand.sumFresh[ahead - 1] ?? 0) / (demand.sumFresh[HORIZON - 1] ?? 1)
  return inTime < (first ? HALF : NEARLY_ALL)
}

/** Everybody who is expected to answer, late or soon, with the margin: each needs a place that somebody has told of. */
const allAnswers = (demand: Demand, policy: Policy, n: number): number =>
  demand.at +
  (demand.sumMean[HORIZON - 1] ?? 0) +
  n * (demand.sumFresh[HORIZON - 1] ?? 0) +
  margin(demand, policy, HORIZON - 1, n)

const answersOn = (demand: Demand, k: number, n: number): number =>
  (k === 0 ? demand.at : 0) + (demand.dayMean[k] ?? 0) + n * (demand.dayFresh[k] ?? 0)

/**
 * Just in time: the letters whose answers fill the places up to `lead` working days after the wave has mostly
 * answered. Later places are left to later waves: what has not been sent cannot be hurt by a cut.
 */
export function needed(area: AreaState, demand: Demand, today: Day, policy: Policy): number {
  // With nothing behind there is nothing to wait for: later letters would come too late.
  if (policy.lead === Infinity || nothingBehind(area)) return Infinity
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
