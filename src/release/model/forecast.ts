import { addWorkingDays, type Day } from './calendar.ts'
import { AGES, curvesFor } from './curve.ts'
import { hazard, pool, scenarios, type PooledWave, type Scenario } from './estimate.ts'
import { liveOf, type AreaState, type DayState } from './state.ts'

/** Days looked ahead, index 0 = today. */
export const HORIZON = 21

/** For the region: what one live letter of a wave, or one sent today, will bring, by scenario and day. */
export interface Forecast {
  day: Day
  scenarios: Scenario[]
  /** sentOn:seen → scenario × HORIZON, answers a day per live letter. */
  perLetter: Map<string, Float64Array>
  /** scenario × HORIZON, answers a day per letter sent today. */
  fresh: Float64Array
  /** For each of the next working days: the mean answers a day per letter sent then (index = day ahead of today). */
  coming: { on: Day; perLetter: Float64Array }[]
  /** sentOn:seen → answers expected so far per letter sent, to compare areas with the region. */
  soFar: Map<string, number>
}

/** Recent answers count more than the curve says: the region's last days, seen against expected. */
const TREND_DAYS = 4
const TREND_WORTH = 60

/** @param phoneShare calls per answer on ordinary days */
export function forecast(
  { areas, day: today, postDays }: Pick<DayState, 'areas' | 'day' | 'postDays'>,
  phoneShare: number,
): Forecast {
  const waves = pool(areas, today)
  const found = scenarios(waves, today, { phoneShare, postDays })
  const trend = recentTrend(waves, found, today)
  const perLetter = new Map<string, Float64Array>()
  const soFar = new Map<string, number>()
  for (const wave of waves) {
    const paths = new Float64Array(found.length * HORIZON)
    let reached = 0
    found.forEach((scenario, s) => {
      fill(paths, s * HORIZON, scenario, wave.sentOn, wave.seen + 1, today, trend)
      reached += scenario.weight * expectedSoFar(wave, scenario)
    })
    perLetter.set(`${wave.sentOn}:${wave.seen}`, paths)
    soFar.set(`${wave.sentOn}:${wave.seen}`, reached)
  }
  const fresh = new Float64Array(found.length * HORIZON)
  found.forEach((scenario, s) => fill(fresh, s * HORIZON, scenario, today, 0, today, trend))
  return {
    day: today,
    scenarios: found,
    perLetter,
    fresh,
    soFar,
    coming: comingWaves(found, today, trend),
  }
}

function comingWaves(found: readonly Scenario[], today: Day, trend: number): Forecast['coming'] {
  const waves: Forecast['coming'] = []
  for (let on = addWorkingDays(today, 1); on < today + HORIZON; on = addWorkingDays(on, 1)) {
    const perLetter = new Float64Array(HORIZON)
    const one = new Float64Array(HORIZON)
    for (const scenario of found) {
      one.fill(0)
      fill(one, 0, scenario, on, 0, today, trend)
      one.forEach((x, k) => (perLetter[k] = (perLetter[k] ?? 0) + scenario.weight * x))
    }
    waves.push({ on, perLetter })
  }
  return waves
}

/** P(a letter still live at `age` is answered on that day), in one scenario. */
export function answerRate(scenario: Scenario, sentOn: Day, age: number, trend = 1): number {
  const { pmf, cdf } = curvesFor(sentOn, scenario.candidate)
  return Math.min(
    0.95,
    hazard(pmf, cdf, scenario.candidate * AGES, age, scenario.uptake) *
      (scenario.agesCorrected[age] ?? 1) *
      trend,
  )
}

/**
 * Answers a day of one live letter whose next unseen age is `fromAge`; what should have come before today comes
 * today.
 */
function fill(
  into: Float64Array,
  at: number,
  scenario: Scenario,
  sentOn: Day,
  fromAge: number,
  today: Day,
  trend: number,
): void {
  let live = 1
  for (let age = Math.max(0, fromAge); age < AGES; age++) {
    const k = Math.max(0, sentOn + age - today)
    if (k >= HORIZON) break
    const answers = live * answerRate(scenario, sentOn, age, trend)
    into[at + k] = (into[at + k] ?? 0) + answers
    live -= answers
  }
}

function expectedSoFar(wave: PooledWave, scenario: Scenario): number {
  let live = 1
  for (let age = 0; age <= wave.seen; age++) live *= 1 - answerRate(scenario, wave.sentOn, age)
  return 1 - live
}

function recentTrend(waves: readonly PooledWave[], found: readonly Scenario[], today: Day): number {
  let seen = 0
  let expected = 0
  for (const wave of waves) {
    let live = wave.sent
    for (let age = 0; age <= wave.seen; age++) {
      const answered = wave.answers[age] ?? 0
      if (wave.sentOn + age >= today - TREND_DAYS) {
        seen += answered
        for (const scenario of found)
          expected += scenario.weight * live * answerRate(scenario, wave.sentOn, age)
      }
      live = Math.max(0, live - answered)
    }
  }
  return Math.min(1.4, Math.max(0.85, (seen + TREND_WORTH) / (expected + TREND_WORTH)))
}

/**
 * One area's answers ahead: base (letters out) and fresh (one letter more), scenario × HORIZON, and the area's
 * own factor.
 */
export interface AreaForecast {
  base: Float64Array
  fresh: Float64Array
  factor: number
  factorVariance: number
}

/** Answers the region's behaviour is worth against the area's own. */
const REGION_WORTH = 40

export function areaForecast(region: Forecast, area: AreaState, alone: boolean): AreaForecast {
  const base = new Float64Array(region.scenarios.length * HORIZON)
  let seen = 0
  let expected = 0
  for (const wave of area.waves) {
    const key = `${wave.sentOn}:${Math.min(AGES - 1, area.seenThrough - wave.sentOn)}`
    const paths = region.perLetter.get(key)
    if (!paths) continue
    const live = liveOf(wave)
    seen += wave.sent - live
    expected += wave.sent * (region.soFar.get(key) ?? 0)
    for (let i = 0; i < base.length; i++) base[i] = (base[i] ?? 0) + live * (paths[i] ?? 0)
  }
  if (alone) return { base, fresh: region.fresh, factor: 1, factorVariance: 0 }
  const factor = Math.min(1.8, Math.max(0.5, (seen + REGION_WORTH) / (expected + REGION_WORTH)))
  return { base, fresh: region.fresh, factor, factorVariance: 1 / (expected + REGION_WORTH) }
}
