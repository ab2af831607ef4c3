import type { Command } from 'commander'
import { importSupply } from '../clinics/import.ts'
import { readSupply } from '../clinics/read-supply.ts'
import { readSource } from '../clinics/source.ts'
import { knownClinics } from '../clinics/store.ts'
import type { Register } from './command.ts'
import { failIfLeftOut, leftOutHelp } from './left-out.ts'
import { outlookOfAll } from './release-campaign.ts'
import { writeRejected } from './import-clinics.ts'

interface ImportSupplyOptions {
  dryRun?: true
  rejected?: string
  force?: true
}

export const register: Register = (command, cli) => {
  command
    .argument(
      '<file>',
      'CSV, header in Swedish or English; see docs/integrator/file-formats-clinics.md',
    )
    .option('--dry-run', 'show what would change and who would be affected, change nothing')
    .option(
      '--rejected <file>',
      "where rows that were left out are written (default: the file's name with .rejected.csv)",
    )
    .option('--force', 'import also when more than one row in twenty is bad')
    .addHelpText(
      'after',
      `
Example:
  npm run kallelse -- import supply samples/supply/supply.csv --dry-run
A delivery that is halved or damaged: give the clinic and the day again with the vials that are left, and a note.${leftOutHelp}`,
    )
    .action(async (file: string, options: ImportSupplyOptions, command: Command) => {
      await cli.withApp(async (app) => {
        const source = await readSource(file)
        const read = readSupply(source.name, source.bytes, await knownClinics(app.pool))
        const rejectedFile = await writeRejected(
          read.rejected,
          options.rejected ?? `${file}.rejected.csv`,
        )
        const result = await importSupply(app.pool, app.clock, source, read, {
          dryRun: options.dryRun ?? false,
          force: options.force ?? false,
          rejectedFile,
        })
        const affected = result.short.reduce((sum, shortage) => sum + shortage.by, 0)
        const text = [
          `${options.dryRun ? 'Would import' : 'Imported'} deliveries: ${result.new} new, ` +
            `${result.changed} changed, ${result.unchanged} unchanged, ${result.rejected} rows left ` +
            'out.',
          ...(affected
            ? [
                `${affected} people have a time for which no dose is sure:`,
                ...result.short.map(
                  (s) =>
                    `  ${s.hsaId} (${s.area}): ${s.by} of ${s.booked} booked up to ${s.day}, ${s.doses} doses`,
                ),
                'A clinic that has doses from before says how many: supply count. Else they get new times: reissue.',
              ]
            : []),
          ...(rejectedFile ? [`Why rows were left out: ${rejectedFile}`] : []),
        ].join('\n')
        const outlook =
          options.dryRun || (!result.new && !result.changed) ? [] : await outlookOfAll(app)
        failIfLeftOut(cli, result.rejected, options.force)
        cli.answer(command, [text, ...outlook].join('\n'), {
          ...result,
          dryRun: options.dryRun ?? false,
          rejectedFile,
        })
      })
    })
}
