import type { Command } from 'commander'
import { join } from 'node:path'
import { lateLetters, lateText } from '../messages/print/late-letters.ts'
import { printSchedule } from '../messages/print/print-day.ts'
import { checkFunnel, sum, type CampaignFigures, type Figures } from '../reports/figures.ts'
import { writeReport } from '../reports/report.ts'
import type { Register } from './command.ts'
import { registerReportDuplicates } from './report-duplicates.ts'

export const register: Register = (report, cli) => {
  report
    .option('--out <file>', 'where the page goes (default: report.html in KALLELSE_OUT)')
    .option('--title <title>', 'its heading', 'Kallelser: läget')
    .addHelpText(
      'after',
      "\nExample:\n  kallelse report --out out/report.html\n  kallelse --json report | jq '.campaigns[].funnel'",
    )
    .action((options: { out?: string; title: string }, command: Command) =>
      cli.withApp(async (app) => {
        const file = options.out ?? join(app.config.KALLELSE_OUT, 'report.html')
        const now = app.clock.now()
        const late = await lateLetters(app.pool, now, printSchedule(app.config))
        const figures = await writeReport(app.pool, file, { now, title: options.title, late })
        cli.answer(command, [...late.map(lateText), reportText(figures, file)].join('\n'), {
          file,
          ...figures,
          late,
        })
      }),
    )
  registerReportDuplicates(report, cli)
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
      `messages left, ${count(['queued', 'sending', 'in-doubt'])} to go, ${count(['failed'])} failed, ${count(['suppressed', 'recalled'])} stopped`,
    ),
    line(
      sum(campaign.bookings),
      `appointments made, ${campaign.bookings.reduce((n, b) => n + b.ended, 0)} of them ended later; ${sum(campaign.searches)} searches found no time`,
    ),
    line(
      campaign.batches.filter((b) => b.state === 'handed-over').length,
      'print batches handed over',
    ),
  ].join('\n')
}
