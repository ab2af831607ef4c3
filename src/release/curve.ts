import { addWorkingDays, isWorkingDay, type Day } from './calendar.ts'

/** Ages followed, in days from sending: 0 … 35. Later answers are added to the last age. */
export const AGES = 36

/** How long the post takes: even odds between `from` and `to` days, calendar or working ones. */
export interface Post { from: number; to: number; counted: 'calendar' | 'working' }
/** Days from arrival to answer, for those who answer at all: probabilities, index 0 is the day of arrival. */
export interface Delay { name: string; pmf: Float64Array; prior: number }
/** Share of weekend answers that wait for the first open day (people who phone). */
export type Deferral = 0 | 0.25 | 0.5 | 0.75
export interface Candidate { post: Post; delay: Delay; deferral: Deferral; prior: number }

const deferrals: readonly Deferral[] = [0, 0.25, 0.5, 0.75]

const geometric = (p: number) => Float64Array.from({ length: AGES }, (_, d) => p * (1 - p) ** d)

/** Negative binomial with r = 3: rises first, then falls; people who let the letter lie. */
function slowStart(mean: number): Float64Array {
  const p = 3 / (3 + mean)
  return Float64Array.from({ length: AGES }, (_, d) => ((d + 2) * (d + 1) / 2) * p ** 3 * (1 - p) ** d)
}

function mixed(share: number, a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, d) => share * x + (1 - share) * (b[d] ?? 0))
}

function bump(day: number): Float64Array {
  const raw = Float64Array.from({ length: AGES }, (_, d) => Math.exp(-((d - day) ** 2) / 8))
  const total = raw.reduce((sum, x) => sum + x, 0)
  return raw.map((x) => x / total)
}

const delays: Delay[] = [
  ...[0.6, 0.37, 0.25, 0.15, 0.08].map((p) => ({ name: `steady-${p}`, pmf: geometric(p), prior: 1 })),
  { name: 'half-soon-half-late', pmf: mixed(0.5, geometric(0.5), geometric(0.06)), prior: 1 },
  { name: 'most-soon-rest-late', pmf: mixed(0.7, geometric(0.5), geometric(0.05)), prior: 1 },
  ...[4, 7, 10].map((mean) => ({ name: `slow-start-${mean}`, pmf: slowStart(mean), prior: 0.5 })),
  ...([[0.5, 7], [0.5, 12], [0.65, 9], [0.8, 11]] as const)
    .map(([share, day]) => ({ name: `two-peaks-${day}`, pmf: mixed(share, geometric(0.4), bump(day)), prior: 0.25 })),
]

const posts: Post[] = ([[1, 1], [1, 3], [2, 3], [2, 5], [3, 6], [4, 5], [6, 6], [1, 6]] as const)
  .flatMap(([from, to]) => [{ from, to, counted: 'calendar' as const }, { from, to, counted: 'working' as const }])

export const candidates: readonly Candidate[] = posts.flatMap((post) =>
  delays.flatMap((delay) => deferrals.map((deferral) => ({ post, delay, deferral, prior: delay.prior }))))

/**
 * Answer curves of one day's letters, for every candidate in one flat table (candidate × AGES):
 * `pmf` P(answer at age a | answers at all), `log` its logarithm, `cdf` up to and including age a.
 */
export interface CurveTable { pmf: Float64Array; log: Float64Array; cdf: Float64Array }

/** Nothing is impossible: this share of every curve is spread evenly, so that one odd answer rules out no curve. */
const ODD = 0.02
const tables = new Map<string, CurveTable>()

/** The table for letters handed to the post on `sentOn`. It depends only on which of the next days are working days. */
export function curvesFor(sentOn: Day): CurveTable {
  const open = Array.from({ length: AGES }, (_, age) => isWorkingDay(sentOn + age))
  const key = open.map(Number).join('')
  const known = tables.get(key)
  if (known) return known
  const size = candidates.length * AGES
  const table = { pmf: new Float64Array(size), log: new Float64Array(size), cdf: new Float64Array(size) }
  candidates.forEach((candidate, c) => {
    const curve = answerCurve(candidate, sentOn, open)
    let sum = 0
    curve.forEach((share, age) => {
      const at = c * AGES + age
      const p = (1 - ODD) * share + ODD / AGES
      table.pmf[at] = p
      table.log[at] = Math.log(p)
      table.cdf[at] = sum += p
    })
  })
  tables.set(key, table)
  return table
}

function answerCurve({ post, delay, deferral }: Candidate, sentOn: Day, open: boolean[]): Float64Array {
  const curve = new Float64Array(AGES)
  const odds = 1 / (post.to - post.from + 1)
  for (let days = post.from; days <= post.to; days++) {
    const arrives = post.counted === 'calendar' ? days : addWorkingDays(sentOn, days) - sentOn
    delay.pmf.forEach((p, d) => {
      const age = Math.min(arrives + d, AGES - 1)
      curve[age] = (curve[age] ?? 0) + odds * p
    })
  }
  for (let age = 0; age < AGES - 1; age++) {
    if (open[age]) continue
    const waits = deferral * (curve[age] ?? 0)
    curve[age] = (curve[age] ?? 0) - waits
    curve[age + 1] = (curve[age + 1] ?? 0) + waits
  }
  return curve
}
