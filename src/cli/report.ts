import type { Command } from 'commander'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { App } from '../app.ts'
import { lateLetters, lateText } from '../messages/print/late-letters.ts'
import { printSchedule } from '../messages/print/print-day.ts'
import {
  checkFunnel,
  readFigures,
  sum,
  type CampaignFigures,
  type Figures,
} from '../reports/figures.ts'
import { writeReport } from '../reports/report.ts'
import type { ReportHead } from '../reports/view.ts'
import type { Register } from './command.ts'
import { imprintOf, paperFormat, writePaper } from './paper.ts'
import { registerReportDuplicates } from './report-duplicates.ts'

export const register: Register = (report, cli) => {
  report
    .option('--out <file>', 'where it goes (default: report.html or report.pdf in KALLELSE_OUT)')
    .addOption(paperFormat('html'))
    .option('--title <title>', 'its heading', 'Kallelser: läget')
    .addHelpText(
      'after',
      `
Example:
  kallelse report --out out/report.html
  kallelse report --format pdf --title 'Hur går det för utskicken?'
  kallelse --json report | jq '.campaigns[].funnel'`,
    )
    .action((options: { out?: string; title: string; format: string }, command: Command) =>
      cli.withApp(async (app) => {
        const file = options.out ?? join(app.config.KALLELSE_OUT, `report.${options.format}`)
        const now = app.clock.now()
        const late = await lateLetters(app.pool, now, printSchedule(app.config))
        const head = { now, title: options.title, late }
        const figures =
          options.format === 'pdf'
            ? await writePdf(app, file, head)
            : await writeReport(app.pool, file, head)
        cli.answer(command, [...late.map(lateText), reportText(figures, file)].join('\n'), {
          file,
          ...figures,
          late,
        })
      }),
    )
  registerReportDuplicates(report, cli)
}

async function writePdf(app: App, file: string, head: ReportHead): Promise<Figures> {
  const figures = await readFigures(app.pool, head.now)
  const { makePage } = await import('../reports/page.ts')
  const { campaignReportPaper } = await import('../documents/campaign-report.ts')
  const { region: clinics, ...page } = makePage(figures, head)
  await mkdir(dirname(file), { recursive: true })
  await writePaper(file, await campaignReportPaper({ ...imprintOf(app), ...page, clinics }))
  return figures
}

const reportText = (figures: Figures, file: string): string =>
  [
    ...(figures.campaigns.length
      ? figures.campaigns.map(campaignText)
      : ['There are no campaigns.']),
    `The whole report: ${file}`,
  ].join('\n')

function campaignText(campaign: CampaignFigures): string {
  checkFunnel(campaign)
  const heading = `${campaign.name}: ${campaign.state}, ${campaign.way}, ${campaign.purpose}`
  if (campaign.cohortSize === null) return `${heading}\n  not planned yet`
  const line = (n: number, what: string) => `  ${String(n).padStart(8)}  ${what}`
  const count = (states: string[]) => sum(campaign.messages.filter((m) => states.includes(m.state)))
  return [
    heading,
    line(campaign.cohortSize, 'in the cohort; of them'),
    ...campaign.funnel.map((f) => line(f.number, `  ${f.state}${f.reason ? `: ${f.reason}` : ''}`)),
    line(
      sum(campaign.waves),
      `invitations released, on ${new Set(campaign.waves.filter((w) => w.number > 0).map((w) => w.day)).size} days`,
    ),
    line(
      count(['sent', 'delivered']),
      `messages left, ${count(['queued', 'sending', 'in-doubt'])} to go, ${count(['failed'])} failed, ` +
        `${count(['suppressed', 'recalled'])} stopped`,
    ),
    line(
      sum(campaign.bookings),
      `appointments made, ${campaign.bookings.reduce((n, b) => n + b.ended, 0)} of them ended later; ` +
        `${sum(campaign.searches)} searches found no time`,
    ),
    line(
      campaign.batches.filter((b) => b.state === 'handed-over').length,
      'print batches handed over',
    ),
  ].join('\n')
}
