import type { Day } from './calendar.ts'
import { AGES, candidates, curvesFor, type CurveTable, type Post } from './curve.ts'
import type { AreaState } from './state.ts'

/** Letters of one day over all areas; `answers` up to and including age `seen` (−1: nothing seen yet). */
export interface PooledWave {
  sentOn: Day
  sent: number
  answers: Float64Array
  seen: number
}

/** One way the public may behave: hazard by wave and age, and how likely it is given what has been seen. */
export interface Scenario {
  candidate: number
  uptake: number
  weight: number
  agesCorrected: Float64Array
}

const UPTAKES = [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98]
/** Older waves count less, so that the estimate follows a drifting uptake. */
const KEEP_PER_DAY = 0.92
/** The evidence never counts as more than this many letters: real people vary more than a binomial. */
const EVIDENCE = 800
const SCENARIOS = 24
/** Answers that the candidate curve is worth against what has been seen at an age. */
const CURVE_WORTH = 15

export function pool(areas: readonly AreaState[], today: Day): PooledWave[] {
  const byDay = new Map<string, PooledWave>()
  for (const area of areas) {
    for (const wave of area.waves) {
      const age = today - wave.sentOn
      if (wave.sent <= 0 || age <= 0 || age > AGES + 10) continue
      const seen = Math.min(AGES - 1, area.seenThrough - wave.sentOn)
      const key = `${wave.sentOn}:${seen}`
      let pooled = byDay.get(key)
      if (!pooled)
        byDay.set(
          key,
          (pooled = { sentOn: wave.sentOn, sent: 0, answers: new Float64Array(AGES), seen }),
        )
      pooled.sent += wave.sent
      for (let a = 0; a <= seen; a++)
        pooled.answers[a] = (pooled.answers[a] ?? 0) + (wave.answers[a] ?? 0)
    }
  }
  return [...byDay.values()].sort((a, b) => a.sentOn - b.sentOn)
}

/** What is known beside the answers. */
export interface Known {
  /** calls per answer on ordinary days */
  phoneShare: number
  /** working days until letters have arrived, as told; null: not known */
  postDays: number | null
}

/**
 * P(candidate, uptake | what was seen), as a flat table candidate × UPTAKES that sums to 1.
 * A wave's likelihood is multinomial: answered at age a with u·f(a), not yet answered with 1 − u·F(seen).
 */
export function posterior(
  waves: readonly PooledWave[],
  today: Day,
  { phoneShare, postDays }: Known,
): Float64Array {
  const table = new Float64Array(candidates.length * UPTAKES.length)
  candidates.forEach((c, i) =>
    table.fill(
      Math.log(c.prior) + deferralPrior(c.deferral, phoneShare) + postPrior(c.post, postDays),
      i * UPTAKES.length,
      (i + 1) * UPTAKES.length,
    ),
  )
  const recency = waves.map((wave) => KEEP_PER_DAY ** (today - wave.sentOn))
  const letters = waves.reduce((sum, wave, w) => sum + wave.sent * (recency[w] ?? 0), 0)
  const temper = Math.min(1, EVIDENCE / Math.max(1, letters))
  waves.forEach((wave, w) => {
    if (wave.seen < 0) return
    const { log, cdf } = curvesFor(wave.sentOn)
    const weight = temper * (recency[w] ?? 0)
    let answered = 0
    for (let a = 0; a <= wave.seen; a++) answered += wave.answers[a] ?? 0
    const live = Math.max(0, wave.sent - answered)
    const logUptakes = UPTAKES.map((u) => answered * Math.log(u))
    for (let c = 0; c < candidates.length; c++) {
      const row = c * AGES
      let shape = 0
      for (let a = 0; a <= wave.seen; a++) shape += (wave.answers[a] ?? 0) * (log[row + a] ?? 0)
      const reached = cdf[row + wave.seen] ?? 0
      for (let u = 0; u < UPTAKES.length; u++) {
        const silent = live * Math.log(1 - (UPTAKES[u] ?? 0) * reached)
        const at = c * UPTAKES.length + u
        table[at] = (table[at] ?? 0) + weight * (shape + (logUptakes[u] ?? 0) + silent)
      }
    }
  })
  const top = table.reduce((max, x) => Math.max(max, x), -Infinity)
  let total = 0
  for (let i = 0; i < table.length; i++) total += table[i] = Math.exp((table[i] ?? 0) - top)
  return table.map((x) => x / total)
}

/**
 * Who phones cannot do so on a closed day, and the calls tell how many phone. The first Friday cannot tell a wave that
 * is ending from people who wait for Monday; this can. Log of a normal density, floored so that later days may
 * overrule it.
 */
const deferralPrior = (deferral: number, phoneShare: number): number =>
  Math.max(-6, -((deferral - phoneShare) ** 2) / (2 * 0.12 ** 2))

/**
 * Letters whose post takes as long as was told are likelier; the first week brings no answers that could teach it. Log of
 * a normal density of one working day, floored so that answers may overrule what was told.
 */
const postPrior = ({ to, counted }: Post, told: number | null): number =>
  told === null ? 0 : Math.max(-3, -(((counted === 'working' ? to : (to * 5) / 7) - told) ** 2) / 2)

const orders = new WeakMap<CurveTable, Uint32Array>()

/** The cells of the posterior ordered by the answers a letter brings in its first nine days. */
function byDemand(table: CurveTable): Uint32Array {
  const known = orders.get(table)
  if (known) return known
  const demand = Float64Array.from(
    { length: candidates.length * UPTAKES.length },
    (_, cell) =>
      (UPTAKES[cell % UPTAKES.length] ?? 0) *
      (table.cdf[Math.floor(cell / UPTAKES.length) * AGES + 8] ?? 0),
  )
  const order = Uint32Array.from(demand.keys()).sort((a, b) => (demand[a] ?? 0) - (demand[b] ?? 0))
  orders.set(table, order)
  return order
}

/** A few scenarios that stand for the whole posterior: systematic draws along the cells ordered by early demand. */
export function scenarios(waves: readonly PooledWave[], today: Day, known: Known): Scenario[] {
  const table = posterior(waves, today, known)
  const cells = byDemand(curvesFor(today))
  const chosen = new Map<number, number>()
  let sum = 0
  let drawn = 0
  for (const i of cells) {
    sum += table[i] ?? 0
    while (drawn < SCENARIOS && (drawn + 0.5) / SCENARIOS <= sum) {
      chosen.set(i, (chosen.get(i) ?? 0) + 1 / SCENARIOS)
      drawn++
    }
  }
  const left = 1 - drawn / SCENARIOS
  return Array.from(chosen, ([cell, weight], n) => {
    const candidate = Math.floor(cell / UPTAKES.length)
    const uptake = UPTAKES[cell % UPTAKES.length] ?? 0
    return {
      candidate,
      uptake,
      weight: weight + (n === 0 ? left : 0),
      agesCorrected: correctAges(waves, candidate, uptake, today),
    }
  })
}

/** P(answers at age a | has not answered before), for a candidate curve. */
export function hazard(
  pmf: Float64Array,
  cdf: Float64Array,
  row: number,
  age: number,
  uptake: number,
): number {
  const before = age === 0 ? 0 : (cdf[row + age - 1] ?? 0)
  return (uptake * (pmf[row + age] ?? 0)) / (1 - uptake * before)
}

/**
 * Life table with the candidate as its prior: seen / expected answers at each age. Where much has been seen the curve
 * is what was seen; at ages nobody has reached yet it stays the candidate's, so nothing is extrapolated from a fit.
 */
function correctAges(
  waves: readonly PooledWave[],
  candidate: number,
  uptake: number,
  today: Day,
): Float64Array {
  const seen = new Float64Array(AGES)
  const expected = new Float64Array(AGES)
  const row = candidate * AGES
  for (const wave of waves) {
    const { pmf, cdf } = curvesFor(wave.sentOn)
    let live = wave.sent
    for (let a = 0; a <= wave.seen; a++) {
      const keep = KEEP_PER_DAY ** (today - wave.sentOn - a)
      const answered = wave.answers[a] ?? 0
      expected[a] = (expected[a] ?? 0) + keep * live * hazard(pmf, cdf, row, a, uptake)
      seen[a] = (seen[a] ?? 0) + keep * answered
      live = Math.max(0, live - answered)
    }
  }
  return seen.map((n, a) =>
    Math.min(2, Math.max(0.5, (n + CURVE_WORTH) / ((expected[a] ?? 0) + CURVE_WORTH))),
  )
}
