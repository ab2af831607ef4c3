import type { Command } from 'commander'
import { importDoses } from '../visits/doses/import-doses.ts'
import type { Register } from './command.ts'
import { failIfLeftOut, leftOutHelp } from './left-out.ts'

interface ImportDosesOptions {
  purpose?: string
  disease?: string
  dryRun?: true
  rejected?: string
  force?: true
}

export const register: Register = (command, cli) => {
  command
    .argument(
      '<file>',
      'CSV, or saved answers of GetVaccinationHistory (XML); see docs/integrator/doses.md',
    )
    .option(
      '--purpose <purpose>',
      'what the doses were, where the file does not say, e.g. covid-19/dose-1; in XML {n} is the number of the dose',
    )
    .option(
      '--disease <code>',
      'with XML: which vaccinations, by code or name of what they protect against or of the kind of vaccine',
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
  npm run kallelse -- import doses samples/doses/doses.csv --purpose covid-19/dose-1 --dry-run
  npm run kallelse -- import doses samples/doses/vaccination-history.xml --disease J07BN --purpose 'covid-19/dose-{n}'${leftOutHelp}`,
    )
    .action((path: string, options: ImportDosesOptions, command: Command) =>
      cli.withApp(async (app) => {
        const dryRun = options.dryRun ?? false
        const result = await importDoses(app, path, {
          purpose: options.purpose ?? null,
          disease: options.disease,
          dryRun,
          force: options.force ?? false,
          ...(options.rejected ? { rejected: options.rejected } : {}),
        })
        const { rejectedFile = null } = result
        const text = [
          `${dryRun ? 'Would take in' : 'Took in'} doses: ${result.new} new, ${result.changed} changed, ` +
            `${result.unchanged} unchanged, ${result.waiting} of people who are not in the register yet, ` +
            `${result.rejected} rows left out.`,
          ...(result.booked
            ? [
                `${result.booked} people in the file have a time booked with us for what they have had already. ` +
                  'They get no reminder; call them, so that others get the times.',
              ]
            : []),
          ...(rejectedFile ? [`Why rows were left out: ${rejectedFile}`] : []),
        ].join('\n')
        failIfLeftOut(cli, result.rejected, options.force)
        cli.answer(command, text, { ...result, dryRun, rejectedFile })
      }),
    )
}
