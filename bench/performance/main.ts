import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { table, type Report } from '../support/report.ts'

const help = `Runs the benches of docs/performance.md one after the other, each beside its yardstick, and shows their figures.

  node bench/performance/main.ts [--only plan,import] [--write]   about two hours; --write puts the table into the page
  node bench/performance/main.ts --short [--write]                about a minute: fails when a ratio has fallen by half

  --only    these benches alone; with --write the others' lines of the page stay
  --short   small sizes, compared with bench/performance/ratios.json; --write keeps the new ratios there
`
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** What is run, with its arguments: by name when a bench is run more than once. */
const full: Record<string, string> = {
  'first-hour 50/s': 'first-hour --seconds 60 --residents 3000 --burst 50',
  'first-hour 25/s beside': 'first-hour --seconds 60 --residents 1500 --burst 25 --campaign 20000',
  'first-hour': 'first-hour --seconds 3600 --residents 18000 --burst 50 --campaign 20000',
  dispatch: 'dispatch',
  queue: 'queue',
  plan: 'plan',
  letters: 'letters --database',
  import: 'import',
  'end-to-end': 'end-to-end',
}
const short: Record<string, string> = {
  'first-hour': 'first-hour --seconds 10 --residents 200 --burst 20',
  dispatch: 'dispatch --messages 2000',
  plan: 'plan --people 20000 --rounds 2',
  import: 'import --people 20000 --slots 5000',
}

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))
const ratiosFile = fileURLToPath(new URL('ratios.json', import.meta.url))

async function runBench(command: string): Promise<Report> {
  const [name, ...args] = command.split(' ')
  const main = fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [main, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`bench ${command} ended with ${code}`)
  return JSON.parse(said) as Report
}

type Named = Report & { command: string }

const lines = (reports: readonly Named[]): string[][] =>
  reports.flatMap(({ command, load, figures }) =>
    figures.map((f) => [
      f.work,
      f.yardstick,
      f.now,
      f.aim,
      f.met ? 'met' : '**missed**',
      `${load.before} → ${load.after}`,
      `\`bench ${command.replace(' ', ' -- ')}\``,
    ]),
  )
const heads = ['Work', 'Yardstick', 'Now', 'Aim', '', 'Load', 'Command']

/** Puts the lines between the page's two marks; those of benches that were not run stay. */
async function writePage(reports: readonly Named[]): Promise<void> {
  const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->']
  const text = await readFile(page, 'utf8')
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)]
  const now = lines(reports)
  const ran = new Set(now.map((line) => line.at(-1)))
  const stays = text
    .slice(from, to)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((line) => !ran.has(line.at(-1)))
  const order = Object.values(full).map((command) => `\`bench ${command.replace(' ', ' -- ')}\``)
  const all = [...stays, ...now].toSorted(
    (a, b) => order.indexOf(a.at(-1)!) - order.indexOf(b.at(-1)!),
  )
  const rows = [heads, heads.map(() => '---'), ...all]
  const shown = rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
  await writeFile(page, `${text.slice(0, from)}\n\n${shown}\n\n${text.slice(to)}`)
}

/** @returns the ratios that are less than half of what they were */
async function fallen(reports: readonly Named[]): Promise<string[]> {
  const now = Object.fromEntries(
    reports.flatMap(({ figures }) =>
      figures.flatMap(({ work, ratio }) =>
        ratio === undefined ? [] : [[work, Number(ratio.toFixed(3))]],
      ),
    ),
  ) as Record<string, number>
  const before = JSON.parse(await readFile(ratiosFile, 'utf8').catch(() => '{}')) as Record<
    string,
    number
  >
  if (values.write)
    await writeFile(ratiosFile, `${JSON.stringify({ ...before, ...now }, null, 2)}\n`)
  return Object.entries(now)
    .filter(([work, ratio]) => ratio < (before[work] ?? 0) / 2)
    .map(([work, ratio]) => `${work}: ${ratio}, was ${before[work]}`)
}

async function main(): Promise<void> {
  const only = values.only?.split(',')
  const chosen = Object.entries(values.short ? short : full).filter(
    ([name]) => !only || only.includes(name),
  )
  const reports: Named[] = []
  for (const [name, command] of chosen) {
    process.stderr.write(`bench ${name}\n`)
    reports.push({ ...(await runBench(command)), command })
  }
  process.stdout.write(
    values.json ? `${JSON.stringify(reports)}\n` : `${table([heads, ...lines(reports)])}\n`,
  )
  if (values.short) {
    const low = await fallen(reports)
    if (low.length) {
      process.stderr.write(`Less than half of what it was:\n  ${low.join('\n  ')}\n`)
      process.exitCode = 1
    }
  } else if (values.write) await writePage(reports)
}

if (values.help) process.stdout.write(help)
else await main()
