import Handlebars from 'handlebars'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type pg from 'pg'
import { readFigures, type Figures } from './figures.ts'
import type { ReportHead } from './view.ts'

/**
 * Writes the figures of all campaigns as one HTML file that needs nothing else: no script, no outside resource; it
 * can be
 * mailed, printed and kept. Counts only: no person can be seen in it. The file appears whole or not at all.
 * @returns the figures shown
 * @throws Refused `funnel-does-not-add-up`
 */
export async function writeReport(pool: pg.Pool, file: string, head: ReportHead): Promise<Figures> {
  const figures = await readFigures(pool, head.now)
  const page = await renderReport(figures, head)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.tmp`, page)
  await rename(`${file}.tmp`, file)
  return figures
}

/** The report as HTML. */
export async function renderReport(figures: Figures, head: ReportHead): Promise<string> {
  const { makePage } = await import('./page.ts') // with the chart library: a third of a second that other commands need not wait
  const template = Handlebars.compile(
    await readFile(new URL('report.hbs', import.meta.url), 'utf8'),
    { strict: true, knownHelpersOnly: true },
  )
  return template(makePage(figures, head))
}
