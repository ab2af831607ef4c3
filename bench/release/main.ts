import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run, type Result } from './play.ts'
import { plot } from './plot.ts'
import { policyNames, type PolicyName } from './policies.ts'
import { draw, drawSmall, scenarios, smallKinds, type Scenario } from './scenarios.ts'
import { aims, table } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '3' },
    from: { type: 'string', default: '1' },
    policy: { type: 'string', multiple: true },
    beside: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

const wanted = positionals[0] ?? 'all'
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.from) + i)
const policies = (values.policy?.flatMap((p) => p.split(',')) ?? [...policyNames]) as PolicyName[]
const unknown = policies.find((p) => !(policyNames as readonly string[]).includes(p))
if (values.beside !== undefined) policies.push('beside')

/** One world a pair: a draw is its own scenario, the named scenarios are played once a seed. */
function worlds(): { scenario: Scenario; seed: number }[] {
  if (wanted === 'draws') return seeds.map((seed) => ({ scenario: draw(seed), seed }))
  if (wanted === 'small-draws')
    return smallKinds.flatMap((kind) =>
      seeds.map((seed) => ({ scenario: drawSmall(kind, seed), seed })),
    )
  const chosen = wanted === 'all' ? scenarios : scenarios.filter((s) => s.name === wanted)
  return chosen.flatMap((scenario) => seeds.map((seed) => ({ scenario, seed })))
}

async function main(): Promise<number> {
  if (values.list) {
    const rows = [
      ...scenarios.map((s) => ({ name: s.name, group: s.group })),
      { name: 'draws', group: 'draw' },
      { name: 'small-draws', group: 'draw' },
      { name: 'all', group: '' },
    ]
    process.stdout.write(
      values.json
        ? `${JSON.stringify(rows)}\n`
        : rows.map((r) => `${r.name.padEnd(22)} ${r.group}\n`).join(''),
    )
    return 0
  }
  const todo = worlds()
  if (todo.length === 0 || unknown !== undefined || seeds.length === 0) {
    process.stderr.write(
      unknown
        ? `No policy ${unknown}. There are: ${policyNames.join(', ')}\n`
        : `No scenario ${wanted}. See simulate --list\n`,
    )
    return 2
  }
  const results: Result[] = []
  for (const { scenario, seed } of todo) {
    for (const policy of policies) {
      results.push(await run(scenario, policy, seed, values.beside))
      process.stderr.write(
        `\r${results.length}/${todo.length * policies.length} ${scenario.name} seed ${seed} ${policy}`.padEnd(
          70,
        ),
      )
    }
    if (values.out && seed === seeds[0]) {
      mkdirSync(values.out, { recursive: true })
      const shown = results.filter((r) => r.scenario === scenario.name && r.seed === seed)
      for (const one of shown.filter(
        (r) => policies.length === 1 || r.policy === 'steady' || r.policy === 'all-at-once',
      )) {
        writeFileSync(join(values.out, `${scenario.name}-${one.policy}.svg`), plot(one, scenario))
      }
    }
  }
  process.stderr.write('\n')
  const plain = results.map(({ history: _, ...rest }) => rest)
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ results: plain, aims: aims(results) })}\n`
      : `${table(results)}\n${aims(results)}`,
  )
  return 0
}

process.exitCode = await main()
