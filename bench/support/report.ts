import { availableParallelism, loadavg } from 'node:os'

/** One line of a table of figures: what was measured, beside what it is judged by, in the same run. */
export interface Figure {
  /** the work, as a line of docs/performance.md: `e-mail dispatch with ledger` */
  work: string
  /** what it is compared with and its figure in this run: `nodemailer pool 1 432/s` */
  yardstick: string
  /** the figure, with its unit: `910/s (.64 of the pool)` */
  now: string
  /** `≥ .6` */
  aim: string
  met: boolean
  /** the number that CI watches: higher is better; it fails when this falls by half */
  ratio?: number
}

export interface Report {
  bench: string
  cores: number
  /** of the machine, the minute before and the minute in which it ended: what else it was doing */
  load: { before: number; after: number }
  figures: Figure[]
}

const load = (): number => Number((loadavg()[0] ?? 0).toFixed(1))

/** Runs a measurement and prints its figures as a table, or as one JSON document. */
export async function report(
  bench: string,
  json: boolean,
  measure: () => Promise<Figure[]>,
): Promise<void> {
  const before = load()
  const figures = await measure()
  const done: Report = {
    bench,
    cores: availableParallelism(),
    load: { before, after: load() },
    figures,
  }
  process.stdout.write(json ? `${JSON.stringify(done)}\n` : shown(done))
}

/** Rows as a table whose columns line up. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const shown = ({ bench, cores, load, figures }: Report): string =>
  `bench ${bench}: ${cores} cores, load ${load.before} → ${load.after}\n${table([
    ['work', 'yardstick', 'now', 'aim', ''],
    ...figures.map((f) => [f.work, f.yardstick, f.now, f.aim, f.met ? 'met' : 'missed']),
  ])}\n`

/** @returns the value that a share of the others does not exceed, e.g. .99 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN
}
