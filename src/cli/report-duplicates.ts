import { stringify } from 'csv-stringify/sync'
import { isDate } from '../people/dates.ts'
import { Option, type Command } from 'commander'
import { DateTime } from 'luxon'
import { writeFile } from 'node:fs/promises'
import { zone } from '../clock.ts'
import { Refused } from '../errors.ts'
import {
  duplicateList,
  duplicateReasons,
  duplicates,
  lastDays,
  type DuplicateReason,
  type Duplicates,
} from '../reports/duplicates.ts'
import { logAccessToMany } from '../evidence/access-log.ts'
import type { Register } from './command.ts'
import { wholeNumber } from './reserve.ts'

const listed = 100_000

/** Adds `report duplicates`. */
export const registerReportDuplicates: Register = (report, cli) => {
  report
    .command('duplicates')
    .description('who got more than one message in the last days, and why')
    .option('--days <n>', 'how many days back', '14')
    .option('--until <date>', 'the last of the days, YYYY-MM-DD (default: now)')
    .addOption(
      new Option('--reason <reason>', 'list only those with this reason').choices(
        Object.keys(duplicateReasons),
      ),
    )
    .option(
      '--list <file>',
      'write the people as CSV: our ids, no names; each of them is noted in the access log',
    )
    .option('--by <name>', 'who takes the list out')
    .addHelpText(
      'after',
      `
Example:
  kallelse report duplicates --days 14
  kallelse report duplicates --days 14 --reason two-records --list double.csv --by karin

What counts as the same send: docs/developer/dedup.md`,
    )
    .action(
      (
        options: {
          days: string
          until?: string
          reason?: DuplicateReason
          list?: string
          by?: string
        },
        command: Command,
      ) =>
        cli.withApp(async (app) => {
          const days = wholeNumber(options.days, '--days')
          if (days > 366) throw new Refused('bad-number', '--days is 366 at most.')
          if (options.until !== undefined && !isDate(options.until))
            throw new Refused('bad-date', '--until is a day, YYYY-MM-DD.')
          const end = options.until
            ? DateTime.fromISO(options.until, { zone }).plus({ days: 1 }).toJSDate()
            : app.clock.now()
          const time = await lastDays(app.pool, end, days)
          const found = await duplicates(app.pool, ...time)
          if (options.list) {
            if (!options.by)
              throw new Refused(
                'no-name',
                'Say who takes the list out: --by NAME. It is noted in the access log.',
              )
            const lines = await duplicateList(app.pool, ...time, listed, options.reason)
            await logAccessToMany(app.pool, {
              at: app.clock.now(),
              actor: options.by,
              action: 'duplicates report',
              people: lines.map((line) => line.person),
            })
            const rows = lines.map((line) => ({
              ...line,
              first: line.first.toISOString(),
              last: line.last.toISOString(),
              reasons: line.reasons.join(' '),
            }))
            await writeFile(
              options.list,
              stringify(rows, {
                header: true,
                columns: ['person', 'messages', 'first', 'last', 'reasons'],
                bom: true,
                delimiter: ';',
                escape_formulas: true,
              }),
              { mode: 0o600 },
            )
          }
          cli.answer(command, said(found, days, options.until), found)
        }),
    )
}

function said({ people, byNumber, byReason }: Duplicates, days: number, until?: string): string {
  const line = (n: number, what: string) => `  ${String(n).padStart(8)}  ${what}`
  const more = byNumber.filter((n) => n.messages > 1)
  return [
    `${people} people got a message in ${days} ` +
      `days${until ? ` until ${until}` : ' until now'}; ` +
      `${more.reduce((sum, n) => sum + n.people, 0)} of them more than one.`,
    ...byNumber.map((n) => line(n.people, `got ${n.messages}`)),
    byReason.length ? "Why, of each message after a person's first:" : 'Nobody got more than one.',
    ...byReason.map((r) => line(r.messages, `${r.reason} (${r.people} people)`)),
  ].join('\n')
}
