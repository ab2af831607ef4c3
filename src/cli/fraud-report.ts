import { Option, type Command } from 'commander'
import {
  fraudReportOf,
  fraudReports,
  handleReport,
  type KeptReport,
} from '../verification/fraud-reports.ts'
import type { Register } from './command.ts'
import { wholeNumber } from './reserve.ts'

export const register: Register = (group, cli) => {
  group.addHelpText(
    'after',
    `
Examples:
  kallelse fraud-report list --state new
  kallelse fraud-report show 17
  kallelse fraud-report handle 17 --by karin --note "told to the operator"`,
  )

  group
    .command('list')
    .description('the newest first, 200 at most')
    .addOption(new Option('--state <state>', 'only these').choices(['new', 'handled']))
    .action((options: { state?: 'new' | 'handled' }, command: Command) =>
      cli.withApp(async (app) => {
        const found = await fraudReports(app.pool, options.state)
        cli.answer(command, found.map(line).join('\n') || 'There are none.', found)
      }),
    )

  group
    .command('show <id>')
    .description('one report in full')
    .action((id: string, _options: unknown, command: Command) =>
      cli.withApp(async (app) => {
        const report = await fraudReportOf(app.pool, wholeNumber(id, 'The report'))
        cli.answer(command, whole(report), report)
      }),
    )

  group
    .command('handle <id>')
    .description('say that a report has been dealt with')
    .requiredOption('--by <name>', 'who has dealt with it')
    .option('--note <text>', 'what was done', '')
    .action((id: string, options: { by: string; note: string }, command: Command) =>
      cli.withApp(async (app) => {
        const report = await handleReport(
          app.pool,
          wholeNumber(id, 'The report'),
          options.by,
          options.note,
          app.clock.now(),
        )
        cli.answer(command, `Fraud report ${report.id} is handled.`, report)
      }),
    )
}

const line = (r: KeptReport) =>
  `${String(r.id).padStart(6)}  ${r.receivedAt.toISOString().slice(0, 16)}  ` +
  `${r.state.padEnd(7)}  ${r.channel.padEnd(6)}  ${r.sender || '-'}  ` +
  `${r.content.replace(/\s+/g, ' ').slice(0, 70)}`

const whole = (r: KeptReport) =>
  [
    `Fraud report ${r.id}, received ${r.receivedAt.toISOString()} in ${r.language}: ` +
      `${r.state}${r.handledBy ? ` by ${r.handledBy}` : ''}${r.note ? ` (${r.note})` : ''}`,
    `How: ${r.channel}. When: ${r.happened || 'not said'}. From: ${r.sender || 'not said'}. ` +
      `Contact: ${r.contact || 'none wanted'}`,
    '',
    r.content,
  ].join('\n')
