import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import type { Measured, Method } from './measure.ts'
import { rankJoins } from './rank-join.ts'
import type { Size } from './region.ts'

const help = `kallelse bench allocate [-- --small] [--json]

Fixed times for invented regions: the greedy plan, the exact one, and beside them a bare rank-join in SQL.
Each method in a process of its own; time is wall-clock, so a busy machine lengthens
all of them; processor is what the aims are judged by.
--small   only 20 000 people
`
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const base: Size = { people: 20_000, clinics: 40, weeks: 5, areas: 1, places: 1.05, spread: 0.1 }
const cases: { name: string; size: Size; exact: boolean }[] = [
  { name: '20 000 × 40 × 5, one area, supply even', size: base, exact: true },
  {
    name: '20 000 × 40 × 5, one area, supply uneven',
    size: { ...base, spread: 0.33 },
    exact: true,
  },
  { name: '20 000 × 40 × 5, eight areas, supply even', size: { ...base, areas: 8 }, exact: true },
  {
    name: '200 000 × 200 × 5, forty areas, supply even',
    size: { ...base, people: 200_000, clinics: 200, areas: 40 },
    exact: true,
  },
  {
    name: '200 000 × 200 × 5, one area, supply even',
    size: { ...base, people: 200_000, clinics: 200 },
    exact: false,
  },
]

const run = promisify(execFile)
async function measure(method: Method, size: Size): Promise<Measured> {
  const { stdout } = await run(
    process.execPath,
    [fileURLToPath(new URL('measure.ts', import.meta.url)), method, JSON.stringify(size)],
    { maxBuffer: 1 << 20 },
  )
  return JSON.parse(stdout) as Measured
}

interface Row {
  name: string
  size: Size
  sql: { seconds: number; placed: number; listed: number; households: number; together: number }
  greedy: Measured
  exact: Measured | null
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(help)
  const chosen = values.small ? cases.slice(0, 3) : cases
  const yardsticks = await rankJoins(chosen.map((one) => one.size))
  const results: Row[] = []
  for (const [i, { name, size, exact }] of chosen.entries()) {
    process.stderr.write(`\r${name} …`.padEnd(70))
    const { seconds, cost } = yardsticks[i]!
    results.push({
      name,
      size,
      sql: { seconds, ...cost },
      greedy: await measure('greedy', size),
      exact: exact ? await measure('exact', size) : null,
    })
  }
  process.stderr.write('\n')
  process.stdout.write(
    values.json ? `${JSON.stringify({ results, aims: results.flatMap(aims) })}\n` : text(results),
  )
}

const number = (n: number, digits = 0): string =>
  n
    .toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replaceAll(',', ' ')
const percent = (part: number): string => `${number(100 * part, 2)} %`

function text(results: readonly Row[]): string {
  const lines = results.flatMap(({ name, sql, greedy, exact }) => {
    const cell = (title: string, seconds: number, ratio: number, more: string[]) =>
      `  ${title.padEnd(20)}${`${number(seconds, 2)} s`.padStart(10)}${`× ${number(ratio, 2)}`.padStart(10)}${more.map((m) => m.padStart(13)).join('')}`
    const about = (m: Measured) => [
      `${number(m.cpu, 2)} s`,
      percent(m.cost.listed / m.cost.placed),
      percent(m.cost.together / m.cost.households),
      exact ? percent(m.cost.total / exact.bound! - 1) : '–',
      String(m.overCapacity),
      `${number(m.megabytes)} MB`,
    ]
    return [
      `\n${name}: ${number(greedy.slots)} slots`,
      `  ${''.padEnd(20)}${'time'.padStart(10)}${'to SQL'.padStart(10)}${['processor', 'own clinic', 'together', 'above bound', 'over room', 'peak memory'].map((h) => h.padStart(13)).join('')}`,
      cell('SQL rank-join', sql.seconds, 1, [
        '',
        percent(sql.listed / sql.placed),
        percent(sql.together / sql.households),
        '–',
        '0',
        '',
      ]),
      cell('greedy (default)', greedy.seconds, greedy.seconds / sql.seconds, about(greedy)),
      exact
        ? cell('exact (improve plan)', exact.seconds, exact.seconds / sql.seconds, about(exact))
        : '  exact: not measured here; it is meant for areas of up to some fifty clinics',
      ...(exact
        ? [
            `  improve plan moves ${number(exact.moved)} people and saves ${percent(1 - exact.cost.total / greedy.cost.total)} of ${number(greedy.cost.total)} km; bound ${number(exact.bound!)} km`,
          ]
        : []),
    ]
  })
  const judged = results
    .flatMap(aims)
    .map(({ aim, found, met }) => `  ${met ? 'met   ' : 'MISSED'} ${aim.padEnd(74)} ${found}`)
  return `Fixed times: what a plan costs is in docs/developer/allocation.md; ${cpus().length} cores, ${process.version}.\n${lines.join('\n')}\n\nAims\n${judged.join('\n')}\n`
}

/** What the 20 000 × 40 × 5 plan has to show. */
function aims({ name, size, greedy, exact }: Row): { aim: string; found: string; met: boolean }[] {
  if (size.people !== 20_000 || !exact) return []
  const aim = (what: string, found: number, show: string, met: boolean) => ({
    aim: `${name}: ${what}`,
    found: show,
    met: met && Number.isFinite(found),
  })
  const ratio = greedy.cost.total / exact.bound!
  const together = greedy.cost.together / greedy.cost.households
  return [
    aim('greedy < 1 s of processor', greedy.cpu, `${number(greedy.cpu, 2)} s`, greedy.cpu < 1),
    aim('exact < 10 s of processor', exact.cpu, `${number(exact.cpu, 2)} s`, exact.cpu < 10),
    aim('exact < 512 MB', exact.megabytes, `${number(exact.megabytes)} MB`, exact.megabytes < 512),
    aim('greedy costs ≤ 1.03 × the bound', ratio, number(ratio, 4), ratio <= 1.03),
    aim('households together ≥ 99.5 %', together, percent(together), together >= 0.995),
    aim(
      'nobody over capacity',
      greedy.overCapacity,
      String(greedy.overCapacity + exact.overCapacity),
      greedy.overCapacity + exact.overCapacity === 0,
    ),
  ]
}

await main()
