import { policyNames, type PolicyName } from './policies.ts'
import type { Result } from './play.ts'

const mean = (xs: number[]): number => xs.reduce((a, b) => a + b, 0) / Math.max(1, xs.length)
const quantile = (xs: number[], q: number): number =>
  [...xs].sort((a, b) => a - b)[Math.min(xs.length - 1, Math.floor(q * xs.length))] ?? 0
const pct = (x: number, digits = 1): string => (100 * x).toFixed(digits)

interface Compared extends Result {
  usedOfOracle: number
  callsOfOracle: number
  daysAfterOracle: number
}

/** Each run beside the oracle's in the same world. */
function compare(results: readonly Result[]): Compared[] {
  const best = new Map(
    results.filter((r) => r.policy === 'oracle').map((r) => [`${r.scenario}:${r.seed}`, r]),
  )
  return results.map((r) => {
    const o = best.get(`${r.scenario}:${r.seed}`)
    return {
      ...r,
      usedOfOracle: o ? r.slotsUsed / o.slotsUsed : NaN,
      callsOfOracle: o ? r.calls / o.calls : NaN,
      daysAfterOracle: o ? r.day95 - o.day95 : NaN,
    }
  })
}

const columns: [string, (rows: Compared[]) => string][] = [
  ['no time %', (r) => pct(mean(r.map((x) => x.metNone)), 2)],
  ['least %', (r) => pct(mean(r.map((x) => x.leastNone)), 2)],
  ['worst %', (r) => pct(Math.max(...r.map((x) => x.metNone)), 2)],
  ['peak calls', (r) => mean(r.map((x) => x.peakCalls)).toFixed(0)],
  ['calls/oracle', (r) => mean(r.map((x) => x.callsOfOracle)).toFixed(3)],
  ['phone days %', (r) => pct(mean(r.map((x) => x.phoneDaysHeld)))],
  ['slots %', (r) => pct(mean(r.map((x) => x.slotsUsed)))],
  ['/oracle %', (r) => pct(mean(r.map((x) => x.usedOfOracle)))],
  ['day 95 %', (r) => mean(r.map((x) => x.day95)).toFixed(1)],
  ['-oracle', (r) => mean(r.map((x) => x.daysAfterOracle)).toFixed(1)],
  [
    '>p99 %',
    (r) =>
      pct(
        r.reduce((a, x) => a + x.p99Exceeded, 0) /
          Math.max(
            1,
            r.reduce((a, x) => a + x.p99Days, 0),
          ),
        2,
      ),
  ],
  ['paused', (r) => mean(r.map((x) => x.pausedDays)).toFixed(1)],
]

export function table(results: readonly Result[]): string {
  const rows = compare(results)
  const draws = rows.some((r) => r.group === 'draw')
  const groups = Map.groupBy(
    rows,
    (r) =>
      `${(r.group === 'draw' && r.kind !== 'small' ? `draws: ${r.kind}` : r.scenario).padEnd(25)} ${r.policy.padEnd(12)}`,
  )
  const head = `${'scenario'.padEnd(25)} ${'policy'.padEnd(12)} ${columns.map(([name]) => name.padStart(12)).join(' ')}   n\n`
  const byName = [...groups].sort(
    ([a, [ra]], [b, [rb]]) =>
      (draws ? a.slice(0, 25).localeCompare(b.slice(0, 25)) : 0) ||
      order(ra?.policy, rb?.policy, a === b),
  )
  const body = (draws ? byName : [...groups]).map(
    ([name, runs]) =>
      `${name} ${columns.map(([, of]) => of(runs).padStart(12)).join(' ')} ${String(runs.length).padStart(3)}`,
  )
  return head + body.join('\n')
}

const order = (a: PolicyName | undefined, b: PolicyName | undefined, same: boolean): number =>
  same || !a || !b ? 0 : place(a) - place(b)

const place = (policy: PolicyName): number =>
  policy === 'beside' ? policyNames.length : policyNames.indexOf(policy)

/** The aims, and what the default policy came to, held-out apart from tuned. */
export function aims(results: readonly Result[]): string {
  const all = compare(results).filter((r) => r.policy === 'steady')
  const text: string[] = []
  for (const group of ['tuned', 'held-out', 'draw'] as const) {
    const runs = all.filter((r) => r.group === group)
    if (runs.length === 0) continue
    const calm = runs.filter((r) => r.kind !== 'cut' && !['halland-day-one'].includes(r.scenario))
    const say = (aim: string, figure: string): void =>
      void text.push(`  ${aim.padEnd(62)} ${figure}`)
    text.push(`steady, ${group} (${runs.length} runs)`)
    if (calm.length > 0) {
      say(
        'no free time without a cut: mean ≤ 0.1 %, p95 ≤ 0.5 %',
        `${pct(mean(calm.map((r) => r.metNone)), 3)}  ${pct(
          quantile(
            calm.map((r) => r.metNone),
            0.95,
          ),
          2,
        )}`,
      )
      say(
        'days after the oracle without a cut: never above 5',
        `${Math.max(...calm.map((r) => r.daysAfterOracle))}`,
      )
    }
    const cuts = runs.filter((r) => r.kind === 'cut')
    if (cuts.length > 0)
      say('no free time under a cut: mean ≤ 3.5 %', pct(mean(cuts.map((r) => r.metNone)), 2))
    say('no free time: never above 5 %', pct(Math.max(...runs.map((r) => r.metNone)), 2))
    for (const [kind, least] of [
      ['ordinary', 95],
      ['slow', 85],
      ['low', 75],
    ] as const) {
      const of = runs.filter((r) => r.kind === kind)
      if (of.length > 0)
        say(
          `slots used of the oracle's, ${kind}: ≥ ${least} %`,
          `mean ${pct(mean(of.map((r) => r.usedOfOracle)))}  worst ${pct(Math.min(...of.map((r) => r.usedOfOracle)))}`,
        )
    }
    const ordinary = runs.filter((r) => r.kind === 'ordinary')
    if (ordinary.length > 0)
      say(
        'days after the oracle, ordinary: at most 2',
        `${mean(ordinary.map((r) => r.daysAfterOracle)).toFixed(1)}  worst ${Math.max(...ordinary.map((r) => r.daysAfterOracle))}`,
      )
    say(
      "calls of the oracle's: ≤ 1.05",
      `mean ${mean(runs.map((r) => r.callsOfOracle)).toFixed(3)}  worst ${Math.max(...runs.map((r) => r.callsOfOracle)).toFixed(3)}`,
    )
    say(
      'days within phone capacity: ≥ 99 %',
      `mean ${pct(mean(runs.map((r) => r.phoneDaysHeld)))}  worst ${pct(Math.min(...runs.map((r) => r.phoneDaysHeld)))}`,
    )
    say(
      '99 % path exceeded: ≤ 2 % of days',
      pct(
        runs.reduce((a, x) => a + x.p99Exceeded, 0) /
          Math.max(
            1,
            runs.reduce((a, x) => a + x.p99Days, 0),
          ),
        2,
      ),
    )
  }
  return text.length > 0 ? `\n${text.join('\n')}\n` : ''
}
