import type { Command } from 'commander'
import { basename } from 'node:path'
import { importBookings } from '../bookings/external/import-bookings.ts'
import { readBookings } from '../bookings/external/read-bookings.ts'
import { dayOf } from '../people/dates.ts'
import { RejectedRows } from '../people/import/rejected-rows.ts'
import type { Register } from './command.ts'
import { failIfLeftOut, leftOutHelp } from './left-out.ts'
import { knownPurpose } from '../purposes/register.ts'

interface ImportBookingsOptions {
  purpose?: string
  dryRun?: true
  rejected?: string
  force?: true
}

export const register: Register = (command, cli) => {
  command
    .argument(
      '<file>',
      'CSV, FHIR R4 Appointments one a line (NDJSON), or a FHIR Bundle; see docs/integrator/bookings.md',
    )
    .option(
      '--purpose <purpose>',
      'what the bookings are for, where the file does not say, e.g. covid-19/dose-1',
    )
    .option('--dry-run', 'show what would change, change nothing')
    .option(
      '--rejected <file>',
      "where rows that were left out are written (default: the file's name with .rejected.csv)",
    )
    .option('--force', "import also when more than one row in twenty can't be read")
    .addHelpText(
      'after',
      `
Example:
  npm run kallelse -- import bookings samples/bookings/bookings.csv --dry-run${leftOutHelp}`,
    )
    .action((path: string, options: ImportBookingsOptions, command: Command) =>
      cli.withApp(async (app) => {
        const today = dayOf(app.clock.now())
        const rejected = new RejectedRows(options.rejected ?? `${path}.rejected.csv`)
        try {
          if (options.purpose) await knownPurpose(app.pool, options.purpose)
          const { file } = await readBookings(path, options.purpose ?? null, today)
          const result = await importBookings(
            app,
            { name: basename(path), sha256: file.sha256 },
            () => again(path, options.purpose ?? null, today),
            {
              dryRun: options.dryRun ?? false,
              force: options.force ?? false,
              reject: (row) => rejected.take(row),
            },
          )
          const rejectedFile = (await rejected.close()) ?? null
          const counts =
            `${result.new} new, ${result.moved} moved, ${result.cancelled} cancelled, ` +
            `${result.attended} attended, ${result.noShow} no-shows, ${result.unchanged} unchanged, ` +
            `${result.rejected} rows left out`
          const text = [
            `${options.dryRun ? 'Would take in' : 'Took in'} bookings: ${counts}.`,
            ...(result.conflicts
              ? [
                  `${result.conflicts} people have a time with us and another there. List them: kallelse ` +
                    'bookings conflicts',
                ]
              : []),
            ...(rejectedFile ? [`Why rows were left out: ${rejectedFile}`] : []),
          ].join('\n')
          failIfLeftOut(cli, result.rejected, options.force)
          cli.answer(command, text, { ...result, dryRun: options.dryRun ?? false, rejectedFile })
        } catch (error) {
          // The list of rejected rows is worth having also when nothing was imported.
          await rejected.close().catch(() => undefined)
          throw error
        }
      }),
    )
}

async function* again(path: string, purpose: string | null, today: string) {
  yield* (await readBookings(path, purpose, today)).rows
}
