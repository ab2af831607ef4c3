import { SingleBar, Presets } from 'cli-progress'
import { Option, type Command } from 'commander'
import { followLinks } from '../campaigns/follow-links.ts'
import { importPeople, type ImportOptions, type ImportResult } from '../people/import/import.ts'
import type { Register } from './command.ts'
import { failIfLeftOut, leftOutHelp } from './left-out.ts'

export const register: Register = (command, cli) => {
  command
    .argument(
      '<file>',
      'CSV or NDJSON; docs/integrator/file-formats-people.md says what it can hold',
    )
    .option('--dry-run', 'show what would change, and change nothing')
    .option(
      '--force',
      'import the good rows although more than 5 % are bad, or the file seems cut off or far too small',
    )
    .option('--whole', 'the file is the whole register: people missing from it are gone')
    .addOption(
      new Option(
        '--part',
        "the file holds only some people: don't compare its size with the last",
      ).conflicts('whole'),
    )
    .option('--rejected <file>', 'where rejected rows go (default: FILE.rejected.csv)')
    .addHelpText(
      'after',
      `
Examples:
  kallelse import people samples/people/people.csv --dry-run
  kallelse import people register.csv --whole${leftOutHelp}`,
    )
    .action(
      async (
        path: string,
        options: Pick<ImportOptions, 'dryRun' | 'force' | 'whole' | 'part' | 'rejected'>,
        command: Command,
      ) => {
        const bar = new SingleBar(
          { format: 'reading {value} rows', stream: process.stderr, clearOnComplete: true },
          Presets.rect,
        )
        if (process.stderr.isTTY) bar.start(0, 0) // without a terminal the updates go nowhere
        const result = await cli
          .withApp((app) =>
            importPeople(
              app,
              { path },
              {
                ...options,
                onProgress: (rows) => bar.update(rows),
                onLinked: async (tx) => void (await followLinks(tx, app.clock.now())),
              },
            ),
          )
          .finally(() => bar.stop())
        failIfLeftOut(cli, result.rejected, options.force)
        cli.answer(command, describe(result), result)
      },
    )
}

function describe({
  changeset,
  rows,
  rejected,
  leftOut,
  goneUnknown,
  ignored,
  rejectedFile,
  committed,
}: ImportResult): string {
  const { new: added, changed, unchanged, gone, linked } = changeset
  return [
    `${rows} rows: ${added} new, ${changed} changed, ${unchanged} unchanged, ${rejected} rejected.`,
    `Newly protected ${changeset.protected}, newly deceased ${changeset.deceased}, gone ${gone}, linked ${linked}.`,
    ...(goneUnknown
      ? [
          "Rows that could not be read may be anybody's: nobody was looked for who is missing from the file.",
        ]
      : []),
    ...(leftOut
      ? [`${leftOut} values could not be used; their people were kept without them.`]
      : []),
    ...(ignored.length ? [`Columns not used: ${ignored.join(', ')}.`] : []),
    ...(rejectedFile ? [`What was wrong, row by row: ${rejectedFile}`] : []),
    committed ? 'Imported.' : 'Nothing was changed (--dry-run).',
  ].join('\n')
}
