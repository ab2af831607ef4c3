import { addWorkingDays, isWorkingDay, type Day } from './calendar.ts'

/** Ages followed, in days from sending: 0 … 35. Later answers are added to the last age. */
export const AGES = 36

/** How long the post takes: even odds between `from` and `to` days, calendar or working ones. */
export interface Post {
  from: number
  to: number
  counted: 'calendar' | 'working'
}
/** Days from arrival to answer, for those who answer at all: probabilities, index 0 is the day of arrival. */
export interface Delay {
  name: string
  pmf: Float64Array
  prior: number
}
/** Share of weekend answers that wait for the first open day (people who phone). */
export type Deferral = 0 | 0.25 | 0.5 | 0.75
export interface Candidate {
  post: Post
  delay: Delay
  deferral: Deferral
  prior: number
}

const deferrals: readonly Deferral[] = [0, 0.25, 0.5, 0.75]

const geometric = (p: number) => Float64Array.from({ length: AGES }, (_, d) => p * (1 - p) ** d)

/** Negative binomial with r = 3: rises first, then falls; people who let the letter lie. */
function slowStart(mean: number): Float64Array {
  const p = 3 / (3 + mean)
  return Float64Array.from(
    { length: AGES },
    (_, d) => (((d + 2) * (d + 1)) / 2) * p ** 3 * (1 - p) ** d,
  )
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
  ...[0.6, 0.37, 0.25, 0.15, 0.08].map((p) => ({
    name: `steady-${p}`,
    pmf: geometric(p),
    prior: 1,
  })),
  { name: 'half-soon-half-late', pmf: mixed(0.5, geometric(0.5), geometric(0.06)), prior: 1 },
  { name: 'most-soon-rest-late', pmf: mixed(0.7, geometric(0.5), geometric(0.05)), prior: 1 },
  ...[4, 7, 10].map((mean) => ({ name: `slow-start-${mean}`, pmf: slowStart(mean), prior: 0.5 })),
  ...(
    [
      [0.5, 7],
      [0.5, 12],
      [0.65, 9],
      [0.8, 11],
    ] as const
  ).map(([share, day]) => ({
    name: `two-peaks-${day}`,
    pmf: mixed(share, geometric(0.4), bump(day)),
    prior: 0.25,
  })),
]

const posts: Post[] = (
  [
    [1, 1],
    [1, 3],
    [2, 3],
    [2, 5],
    [3, 6],
    [4, 5],
    [6, 6],
    [1, 6],
  ] as const
).flatMap(([from, to]) => [
  { from, to, counted: 'calendar' as const },
  { from, to, counted: 'working' as const },
])

export const candidates: readonly Candidate[] = posts.flatMap((post) =>
  delays.flatMap((delay) =>
    deferrals.map((deferral) => ({ post, delay, deferral, prior: delay.prior })),
  ),
)

/**
 * Answer curves of one day's letters, for every candidate in one flat table (candidate × AGES):
 * `pmf` P(answer at age a | answers at all), `log` its logarithm, `cdf` up to and including age a.
 */
export interface CurveTable {
  pmf: Float64Array
  log: Float64Array
  cdf: Float64Array
}

/** Nothing is impossible: this share of every curve is spread evenly, so that one odd answer rules out no curve. */
const ODD = 0.02
/** Tables kept: a season of sending days. One is 0.8 MB. */
const KEPT = 64

interface Table extends CurveTable {
  open: boolean[]
  arrives: number[]
  filled: Uint8Array
}
const tables = new Map<string, Table>()

/**
 * The table for letters handed to the post on `sentOn`. It depends only on which of the next days are working days.
 * @param only fill in just this candidate's row; without it, every row
 */
export function curvesFor(sentOn: Day, only?: number): CurveTable {
  const table = tableFor(sentOn)
  if (only === undefined) for (let c = 0; c < candidates.length; c++) fillRow(table, c)
  else fillRow(table, only)
  return table
}

const keys = new Map<Day, string>()

function tableFor(sentOn: Day): Table {
  let key = keys.get(sentOn)
  const open =
    key === undefined ? Array.from({ length: AGES }, (_, age) => isWorkingDay(sentOn + age)) : []
  key ??= open.map(Number).join('')
  if (keys.size > 1000) keys.clear()
  keys.set(sentOn, key)
  const known = tables.get(key)
  if (known) return known
  if (tables.size >= KEPT) tables.delete(tables.keys().next().value ?? '')
  const size = candidates.length * AGES
  const table: Table = {
    pmf: new Float64Array(size),
    log: new Float64Array(size),
    cdf: new Float64Array(size),
    filled: new Uint8Array(candidates.length),
    open: [...key].map((digit) => digit === '1'),
    arrives: Array.from({ length: 7 }, (_, days) => addWorkingDays(sentOn, days) - sentOn),
  }
  tables.set(key, table)
  return table
}

function fillRow(table: Table, c: number): void {
  const candidate = candidates[c]
  if (table.filled[c] || !candidate) return
  table.filled[c] = 1
  const curve = answerCurve(candidate, table)
  let sum = 0
  for (let age = 0; age < AGES; age++) {
    const p = (1 - ODD) * (curve[age] ?? 0) + ODD / AGES
    table.pmf[c * AGES + age] = p
    table.log[c * AGES + age] = Math.log(p)
    table.cdf[c * AGES + age] = sum += p
  }
}

function answerCurve({ post, delay, deferral }: Candidate, { open, arrives }: Table): Float64Array {
  const curve = new Float64Array(AGES)
  const odds = 1 / (post.to - post.from + 1)
  for (let days = post.from; days <= post.to; days++) {
    const first = post.counted === 'calendar' ? days : (arrives[days] ?? days)
    for (let d = 0; d < AGES; d++) {
      const age = Math.min(first + d, AGES - 1)
      curve[age] = (curve[age] ?? 0) + odds * (delay.pmf[d] ?? 0)
    }
  }
  for (let age = 0; age < AGES - 1; age++) {
    if (open[age]) continue
    const waits = deferral * (curve[age] ?? 0)
    curve[age] = (curve[age] ?? 0) - waits
    curve[age + 1] = (curve[age + 1] ?? 0) + waits
  }
  return curve
}
