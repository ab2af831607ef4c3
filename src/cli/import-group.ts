import type { Command } from 'commander'
import { importGroup } from '../cohorts/groups/import-group.ts'
import type { Register } from './command.ts'
import { failIfLeftOut, leftOutHelp } from './left-out.ts'

interface ImportGroupOptions {
  answers?: string
  part?: true
  dryRun?: true
  rejected?: string
  force?: true
}

export const register: Register = (command, cli) => {
  command
    .argument('<name>', 'how cohort rules name it: lower-case letters, digits and hyphens')
    .argument(
      '<file>',
      'CSV with identity numbers, header in Swedish or English; see docs/operator/groups.md',
    )
    .option('--answers <who>', 'who answers for the list; needed for a new group')
    .option('--part', 'the file holds only some: nobody leaves the group')
    .option('--dry-run', 'show what would change, change nothing')
    .option(
      '--rejected <file>',
      "where rows that were left out are written (default: the file's name with .rejected.csv)",
    )
    .option('--force', 'import also when many rows are bad, or half of the group would leave')
    .addHelpText(
      'after',
      `
Example:
  kallelse import group personal-ambulans samples/groups/personal-ambulans.csv --answers "Ambulanssjukvården"${leftOutHelp}`,
    )
    .action((name: string, path: string, options: ImportGroupOptions, command: Command) =>
      cli.withApp(async (app) => {
        const dryRun = options.dryRun ?? false
        const result = await importGroup(app, name, path, {
          part: options.part ?? false,
          dryRun,
          force: options.force ?? false,
          ...(options.answers === undefined ? {} : { answers: options.answers }),
          ...(options.rejected === undefined ? {} : { rejected: options.rejected }),
        })
        const { rejectedFile = null } = result
        const text = [
          `${dryRun ? 'Would take in' : 'Took in'} ${name}: ${result.new} new, ${result.changed} changed, ` +
            `${result.unchanged} unchanged, ${result.ended} no longer in it, ${result.rejected} rows left out.`,
          ...(result.unknown
            ? [`${result.unknown} are not in the register: they count when they come into it.`]
            : []),
          ...(rejectedFile ? [`Why rows were left out: ${rejectedFile}`] : []),
        ].join('\n')
        failIfLeftOut(cli, result.rejected, options.force)
        cli.answer(command, text, { ...result, dryRun, rejectedFile })
      }),
    )
}
