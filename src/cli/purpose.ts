import type { Command } from 'commander'
import { addPurposes, knownPurpose } from '../purposes/register.ts'
import { purposeLines, type PurposeLine } from '../purposes/store.ts'
import type { Cli, Register } from './command.ts'
import { readYaml } from './read-yaml.ts'

export const register: Register = (purpose, cli) => {
  purpose.addHelpText(
    'after',
    `
Examples:
  kallelse purpose add samples/purposes/covid-19.yaml --by anna --dry-run
  kallelse purpose list
  kallelse purpose show covid-19/dose-1`,
  )
  addAdd(purpose, cli)
  purpose
    .command('list')
    .description('every purpose, and how many campaigns and doses it has')
    .action((_options: object, command: Command) =>
      cli.withApp(async (app) => {
        const lines = await purposeLines(app.pool)
        const text = lines.map(
          (line) =>
            `${line.code.padEnd(28)} ${line.name}${days(line)}: ${line.campaigns} campaigns, ${line.doses} doses`,
        )
        cli.answer(command, text.join('\n') || 'There are none. Add some: purpose add FILE', lines)
      }),
    )
  purpose
    .command('show <code>')
    .description('one purpose: its words, days, dose intervals, and where needs lead')
    .action((code: string, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        await knownPurpose(app.pool, code)
        const line = (await purposeLines(app.pool)).find((found) => found.code === code)!
        cli.answer(command, shown(line), line)
      }),
    )
}

function addAdd(purpose: Command, cli: Cli): void {
  purpose
    .command('add <file>')
    .description(
      'add the purposes of a file (YAML or JSON; docs/operator/purposes.md); known ones are brought up to date',
    )
    .requiredOption('--by <name>', 'who does it')
    .option('--really-new', 'also one whose code is nearly that of another')
    .option('--dry-run', 'show what would change, change nothing')
    .action(
      (file: string, options: { by: string; reallyNew?: true; dryRun?: true }, command: Command) =>
        cli.withApp(async (app) => {
          const { by, reallyNew = false, dryRun = false } = options
          const done = await addPurposes(app, await readYaml(file), by, { reallyNew, dryRun })
          const part = (word: string, codes: string[]) =>
            `${codes.length} ${word}${codes.length ? ` (${codes.join(', ')})` : ''}`
          const text =
            `${dryRun ? 'Would add' : 'Added'} ${part('new', done.new)}, ` +
            `${part('changed', done.changed)}, ${part('unchanged', done.unchanged)}.`
          cli.answer(command, text, { ...done, dryRun })
        }),
    )
}

const days = ({ validFrom, validUntil }: PurposeLine): string =>
  validFrom || validUntil ? `, ${validFrom ?? ''}–${validUntil ?? ''}` : ''

const shown = (line: PurposeLine): string =>
  [
    `${line.code}: ${line.name}${days(line)}`,
    ...Object.entries(line.words).map(([language, words]) => `  ${language.padEnd(10)} ${words}`),
    ...line.next.map(
      (n) =>
        `  after ${n.vaccine}: ${n.nextPurpose} in ${n.minDays}–${n.maxDays} days (version ${n.version})`,
    ),
    ...Object.entries(line.routes).map(([need, route]) => `  ${need} leads to: ${route}`),
    `  ${line.campaigns} campaigns, ${line.doses} doses`,
  ].join('\n')
