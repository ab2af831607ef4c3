import { HORIZON, type AreaForecast, type Forecast } from './forecast.ts'
import type { Policy } from './policy.ts'

/**
 * Demand for places in one area as a function of n, the letters sent today. For day k ahead, over the scenarios s:
 * mean = E[base] + n·E[fresh]; the variance between scenarios is a quadratic in n. `day…` are a single day's answers,
 * `sum…` those of today up to and including day k. People who already wait want a place today.
 */
export interface Demand {
  at: number
  dayMean: Float64Array
  dayFresh: Float64Array
  dayCurve: Quadratic
  sumMean: Float64Array
  sumFresh: Float64Array
  sumCurve: Quadratic
  factorVariance: number
}

/** Between-scenario variance: baseVar + 2n·cov + n²·freshVar, by day. */
interface Quadratic {
  baseVar: Float64Array
  cov: Float64Array
  freshVar: Float64Array
}

const zeros = (): Float64Array => new Float64Array(HORIZON)

export function demandOf(region: Forecast, area: AreaForecast, alreadyWaiting: number): Demand {
  const demand: Demand = {
    at: alreadyWaiting,
    factorVariance: area.factorVariance,
    dayMean: zeros(),
    dayFresh: zeros(),
    dayCurve: { baseVar: zeros(), cov: zeros(), freshVar: zeros() },
    sumMean: zeros(),
    sumFresh: zeros(),
    sumCurve: { baseVar: zeros(), cov: zeros(), freshVar: zeros() },
  }
  const sumBase = new Float64Array(region.scenarios.length)
  const sumFresh = new Float64Array(region.scenarios.length)
  for (let k = 0; k < HORIZON; k++) {
    const day = moments()
    const sum = moments()
    region.scenarios.forEach(({ weight }, s) => {
      const b = area.factor * (area.base[s * HORIZON + k] ?? 0)
      const f = area.factor * (area.fresh[s * HORIZON + k] ?? 0)
      add(day, weight, b, f)
      add(sum, weight, (sumBase[s] = (sumBase[s] ?? 0) + b), (sumFresh[s] = (sumFresh[s] ?? 0) + f))
    })
    settle(day, k, demand.dayMean, demand.dayFresh, demand.dayCurve)
    settle(sum, k, demand.sumMean, demand.sumFresh, demand.sumCurve)
  }
  return demand
}

interface Moments {
  b: number
  f: number
  bb: number
  bf: number
  ff: number
}
const moments = (): Moments => ({ b: 0, f: 0, bb: 0, bf: 0, ff: 0 })

function add(m: Moments, weight: number, b: number, f: number): void {
  m.b += weight * b
  m.f += weight * f
  m.bb += weight * b * b
  m.bf += weight * b * f
  m.ff += weight * f * f
}

function settle(
  m: Moments,
  k: number,
  mean: Float64Array,
  fresh: Float64Array,
  curve: Quadratic,
): void {
  mean[k] = m.b
  fresh[k] = m.f
  curve.baseVar[k] = Math.max(0, m.bb - m.b * m.b)
  curve.cov[k] = m.bf - m.b * m.f
  curve.freshVar[k] = Math.max(0, m.ff - m.f * m.f)
}

/** Standard deviation between the scenarios, from day k's quadratic. */
const curveSd = (q: Quadratic, k: number, n: number): number =>
  Math.sqrt(
    Math.max(0, (q.baseVar[k] ?? 0) + 2 * n * (q.cov[k] ?? 0) + n * n * (q.freshVar[k] ?? 0)),
  )

/** The margin on answers up to and including day k: z·sd of chance and shock, and z·sd of not knowing the curve. */
export function margin(demand: Demand, policy: Policy, k: number, n: number): number {
  const mean = (demand.sumMean[k] ?? 0) + n * (demand.sumFresh[k] ?? 0)
  const chance = Math.sqrt(mean + (policy.shock * mean) ** 2 + demand.factorVariance * mean * mean)
  return policy.zChance * chance + policy.zCurve * curveSd(demand.sumCurve, k, n)
}

const Z99 = 2.326
/** Days differ by weather, news and post more than a wave's sum does. */
const DAY_SHOCK = 0.3

/**
 * The expected answers of day k and the level they pass on one day of a hundred. `later` are the letters a coming
 * working day is expected to release: from the day after tomorrow on they answer too.
 */
export function path(
  demand: Demand,
  n: number,
  later: Float64Array,
): { expected: Float64Array; p99: Float64Array } {
  const expected = zeros()
  const p99 = zeros()
  for (let k = 0; k < HORIZON; k++) {
    const mean = (demand.dayMean[k] ?? 0) + n * (demand.dayFresh[k] ?? 0) + (later[k] ?? 0)
    const chance = mean + (DAY_SHOCK * mean) ** 2 + demand.factorVariance * mean * mean
    const sd = Math.sqrt(chance + curveSd(demand.dayCurve, k, n) ** 2)
    expected[k] = mean
    // Cornish–Fisher: small counts are skewed, their 99th percentile lies (z² − 1)/6 above the normal one.
    p99[k] = Math.ceil(mean + Z99 * sd + (Z99 ** 2 - 1) / 6)
  }
  return { expected, p99 }
}
