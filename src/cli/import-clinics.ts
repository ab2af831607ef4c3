import type { Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import type { ChangedClinic } from '../clinics/changed-clinics.ts'
import { importClinics } from '../clinics/import.ts'
import { readClinics } from '../clinics/read-clinics.ts'
import { rejectedCsv, type Rejected } from '../clinics/rejected.ts'
import { readSource } from '../clinics/source.ts'
import type { Register } from './command.ts'
import { failIfLeftOut, leftOutHelp } from './left-out.ts'

interface ImportClinicsOptions {
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
    .option('--dry-run', 'show what would change, change nothing')
    .option(
      '--rejected <file>',
      "where rows that were left out are written (default: the file's name with .rejected.csv)",
    )
    .option('--force', 'import also when more than one row in twenty is bad')
    .addHelpText(
      'after',
      `
Example:
  npm run kallelse -- import clinics samples/dalarna/clinics.csv${leftOutHelp}`,
    )
    .action(async (file: string, options: ImportClinicsOptions, command: Command) => {
      const source = await readSource(file)
      const read = readClinics(source.name, source.bytes)
      const rejectedFile = await writeRejected(
        read.rejected,
        options.rejected ?? `${file}.rejected.csv`,
      )
      const result = await cli.withApp((app) =>
        importClinics(app.pool, app.clock, source, read, {
          dryRun: options.dryRun ?? false,
          force: options.force ?? false,
          rejectedFile,
        }),
      )
      const text = [
        `${options.dryRun ? 'Would import' : 'Imported'} clinics: ${result.new} new, ` +
          `${result.changed} changed, ${result.unchanged} unchanged, ${result.rejected} rows left ` +
          `out.${rejectedFile ? `\nWhy: ${rejectedFile}` : ''}`,
        ...result.booked.map(toTell),
      ].join('\n')
      failIfLeftOut(cli, result.rejected, options.force)
      cli.answer(command, text, { ...result, dryRun: options.dryRun ?? false, rejectedFile })
    })
}

/** What to do about people who have a time at a clinic that changes. */
export const toTell = ({ hsaId, name, changes, booked, campaigns }: ChangedClinic): string =>
  [
    `${name} (${hsaId}) changes ${changes.join(', ')}: ${booked} people have a time there.`,
    ...campaigns.map(
      ({ name: campaign, purpose, people, from, to }) =>
        `  Tell the ${people} of ${campaign}: correct --of ${campaign} --unsent anew --words WORDS.yaml --dry-run ` +
        `--only '{bookedAt: {clinic: [${hsaId}], from: ${from}, to: ${to}, purpose: ${purpose}}}' ` +
        '(samples/corrections/clinic-moved.yaml)',
    ),
  ].join('\n')

/** Writes the rejected rows, if there are any, and says where. */
export async function writeRejected(
  rejected: readonly Rejected[],
  file: string,
): Promise<string | null> {
  if (rejected.length === 0) return null
  await writeFile(file, rejectedCsv(rejected))
  return file
}
