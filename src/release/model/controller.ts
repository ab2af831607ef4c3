import { capacityBound, hardBound, hardFactor, needed, type Terms } from './bounds.ts'
import { demandOf, path, type Demand } from './demand.ts'
import { areaForecast, forecast, HORIZON, type Forecast } from './forecast.ts'
import { callRate, phoneBound, Z_CURVE, type PhoneLoad } from './phone.ts'
import type { Policy } from './policy.ts'
import type { AreaDecision, AreaState, Bound, DayState } from './state.ts'
import { relianceOf } from './supply.ts'

/**
 * How many letters each area may release today, and what bound it. Pure: same state and policy, same answer.
 * An area gets the smallest of what its places allow, what the hard bound allows and who remains; then the phones,
 * shared by the region, take the same share from every area.
 */
export function decide(state: DayState, policy: Policy): AreaDecision[] {
  const rate = callRate(state.calls, state.day)
  const region = forecast(state, rate.ordinary)
  const demands = state.areas.map((area) =>
    demandOf(
      region,
      areaForecast(region, area, state.areas.length === 1),
      area.waiting + area.displaced,
    ),
  )
  const phones = phoneRoom(region, demands, rate.on, state, policy)
  // Where the phones fill before the places do, letters go out on the days the phones allow, not when a place
  // needs one. Only once a week of calls has been seen: before that the estimate is too loose to send ahead on.
  const plan = phones.scarce && state.calls.length >= 5 ? { ...policy, lead: Infinity } : policy
  const factor = hardFactor(state.areas, policy)
  const reliance = relianceOf(state.areas, policy)
  const wishes = state.areas.map((area, i) =>
    wish(area, demands[i] as Demand, state, plan, {
      factor,
      reliance: reliance[i] ?? 0,
      postTold: state.postDays !== null,
    }),
  )
  const allowed = shareOut(
    wishes.map((w) => w.invite),
    phones.room,
  )
  return wishes.map(({ area, demand, invite, bound, hard }, i) => {
    const n = allowed[i] ?? 0
    const { expected, p99 } = path(demand, n, later(area, region, n))
    return { id: area.id, invite: n, bound: n < invite ? 'phone' : bound, expected, p99, hard }
  })
}

interface Wish {
  area: AreaState
  demand: Demand
  invite: number
  bound: Bound
  hard: { limit: number; live: number }
}

function wish(
  area: AreaState,
  demand: Demand,
  state: DayState,
  policy: Policy,
  terms: Terms,
): Wish {
  const hard = hardBound(area, state.day, policy, terms)
  const stop: Bound | null = !state.working ? 'not-working' : state.paused ? 'paused' : null
  if (stop) return { area, demand, hard, invite: 0, bound: stop }
  const room = Math.max(0, Math.floor(hard.limit - hard.live)) // whole letters, also where a forecast has parts of them
  const due = Math.min(area.remaining, room, needed(area, demand, state.day, policy))
  const fits =
    policy.name === 'strict' ? due : capacityBound(area, demand, state.day, policy, terms, due)
  const bound: Bound = fits === area.remaining ? 'remaining' : fits === room ? 'hard' : 'capacity'
  return { area, demand, hard, invite: fits, bound }
}

function phoneRoom(
  region: Forecast,
  demands: readonly Demand[],
  rate: (k: number) => number,
  state: DayState,
  policy: Policy,
): { room: number; scarce: boolean } {
  if (state.phoneCapacity === Infinity) return { room: Infinity, scarce: false }
  const load: PhoneLoad = {
    calls: new Float64Array(HORIZON),
    curveSd: new Float64Array(HORIZON),
    waves: [],
  }
  const fresh = new Float64Array(HORIZON)
  let cautious = 0
  let mean = 0
  const share = (i: number): number => (state.areas[i]?.remaining ?? 0) / Math.max(1, everyone)
  const everyone = state.areas.reduce((sum, area) => sum + area.remaining, 0)
  demands.forEach((demand, i) => {
    for (let k = 0; k < HORIZON; k++) {
      load.calls[k] = (load.calls[k] ?? 0) + rate(k) * (demand.dayMean[k] ?? 0)
      load.curveSd[k] =
        (load.curveSd[k] ?? 0) + rate(k) * Math.sqrt(demand.dayCurve.baseVar[k] ?? 0)
      const perLetter =
        share(i) *
        ((demand.dayFresh[k] ?? 0) + Z_CURVE * Math.sqrt(demand.dayCurve.freshVar[k] ?? 0))
      fresh[k] = (fresh[k] ?? 0) + rate(k) * perLetter
      cautious += perLetter
    }
  })
  for (const x of region.coming[0]?.perLetter ?? []) mean += x
  // The coming waves with the same caution: were they thought cheaper than today's, the plan would always wait
  // for them.
  const caution = mean > 0 ? cautious / mean : 1
  load.waves = [
    fresh,
    ...region.coming.map(({ perLetter }) => perLetter.map((x, k) => x * rate(k) * caution)),
  ]
  // Two weeks' places, at the answers a letter brings.
  const perLetter = Math.max(
    0.05,
    demands.reduce((sum, demand, i) => sum + share(i) * (demand.sumFresh[HORIZON - 1] ?? 0), 0),
  )
  const needed = state.areas.reduce(
    (sum, area) => sum + Math.min(area.remaining, (10 * area.usualDay) / perLetter),
    0,
  )
  return phoneBound(load, state.day, state.phoneCapacity, policy, needed)
}

/** Shares `room` in proportion to the wishes; what rounding leaves goes to the largest fractions, first area first. */
export function shareOut(wishes: readonly number[], room: number): number[] {
  const total = wishes.reduce((sum, n) => sum + n, 0)
  if (total <= room) return [...wishes]
  const exact = wishes.map((n) => (n * room) / total)
  const shares = exact.map(Math.floor)
  let left = room - shares.reduce((sum, n) => sum + n, 0)
  const byFraction = exact
    .map((x, i) => ({ i, fraction: x - Math.floor(x) }))
    .sort((a, b) => b.fraction - a.fraction)
  for (const { i } of byFraction) if (left-- > 0) shares[i] = (shares[i] ?? 0) + 1
  return shares
}

/**
 * Answers to waves of the coming working days, taken to be like the mean of today's and the last week's, while
 * people remain.
 */
function later(area: AreaState, region: Forecast, n: number): Float64Array {
  const answers = new Float64Array(HORIZON)
  const recent = area.waves.filter(
    (wave) => region.day - wave.sentOn <= 7 && wave.sentOn < region.day,
  )
  const usual = (recent.reduce((sum, wave) => sum + wave.sent, 0) + n) / (recent.length + 1)
  let left = area.remaining - n
  for (const { perLetter } of region.coming) {
    if (left <= 0) break
    const sent = Math.min(left, usual)
    left -= sent
    perLetter.forEach((x, k) => (answers[k] = (answers[k] ?? 0) + sent * x))
  }
  return answers
}
