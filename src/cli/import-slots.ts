import type { Command } from 'commander'
import { basename } from 'node:path'
import { importSlots, readAnySlots } from '../clinics/import.ts'
import { readSource } from '../clinics/source.ts'
import type { Register } from './command.ts'
import { failIfLeftOut, leftOutHelp } from './left-out.ts'
import { writeRejected } from './import-clinics.ts'

interface ImportSlotsOptions {
  dryRun?: true
  rejected?: string
  force?: true
}

export const register: Register = (command, cli) => {
  command
    .argument(
      '<source>',
      'a CSV file, or a SMART Scheduling Links manifest ($bulk-publish); a path or a web address',
    )
    .option('--dry-run', 'show what would change, change nothing')
    .option(
      '--rejected <file>',
      "where rows that were left out are written (default: the file's name with .rejected.csv)",
    )
    .option('--force', 'import also when more than one row in twenty is bad')
    .addHelpText(
      'after',
      `
Examples:
  npm run kallelse -- import slots samples/slots/slots.csv --dry-run
  npm run kallelse -- import slots 'samples/slots/$bulk-publish'${leftOutHelp}`,
    )
    .action(async (place: string, options: ImportSlotsOptions, command: Command) => {
      await cli.withApp(async (app) => {
        const source = await readSource(place)
        const read = await readAnySlots(app.pool, app.clock, source)
        const web = URL.canParse(place)
        const rejectedFile = await writeRejected(
          read.rejected,
          options.rejected ??
            `${web ? basename(new URL(place).pathname) || 'slots' : place}.rejected.csv`,
        )
        const result = await importSlots(app.pool, app.clock, source, read, {
          dryRun: options.dryRun ?? false,
          force: options.force ?? false,
          rejectedFile,
        })
        const tooMany = result.overbooked.reduce((sum, o) => sum + o.by, 0)
        const text = [
          `${options.dryRun ? 'Would import' : 'Imported'} slots: ${result.new} new, ` +
            `${result.changed} changed, ${result.unchanged} unchanged, ${result.rejected} rows left ` +
            `out; ${result.places} places.`,
          ...(result.closed
            ? [
                `${result.closed} slots are no longer in the publication: nobody can book there any more.`,
              ]
            : []),
          ...(tooMany
            ? [
                `${result.overbooked.length} slots have lost capacity below what is booked: ${tooMany} ` +
                  'people have a time that no longer fits. They keep it until they are moved.',
              ]
            : []),
          ...(rejectedFile ? [`Why rows were left out: ${rejectedFile}`] : []),
        ].join('\n')
        failIfLeftOut(cli, result.rejected, options.force)
        cli.answer(command, text, { ...result, dryRun: options.dryRun ?? false, rejectedFile })
      })
    })
}
