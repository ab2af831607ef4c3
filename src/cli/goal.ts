import type { Command } from 'commander'
import { removeGoal, setGoals } from '../goals/set.ts'
import { allGoals, goalsInForce, type Goal } from '../goals/store.ts'
import { dayOf } from '../people/dates.ts'
import { goalCoverage } from '../reports/goals/coverage.ts'
import type { Cli, Register } from './command.ts'
import { coverageLine, inPercent } from './coverage.ts'
import { readYaml } from './read-yaml.ts'

export const register: Register = (goal, cli) => {
  goal.addHelpText(
    'after',
    `
Examples:
  kallelse goal set samples/goals/covid-19.yaml --by anna --dry-run
  kallelse goal list
  kallelse goal remove over-65 --by anna
How they are doing: kallelse coverage`,
  )
  addSet(goal, cli)
  addList(goal, cli)
  goal
    .command('remove <name>')
    .description('remove a goal; what was set, and by whom, is kept (goal list --all)')
    .requiredOption('--by <who>', 'who does it')
    .action((name: string, { by }: { by: string }, command: Command) =>
      cli.withApp(async (app) => {
        await removeGoal(app, name, by)
        cli.answer(command, `Removed ${name}.`, { removed: name })
      }),
    )
}

function addSet(goal: Command, cli: Cli): void {
  goal
    .command('set <file>')
    .description(
      'set the goals of a file (YAML or JSON; docs/operator/goals.md); known names are changed',
    )
    .requiredOption('--by <who>', 'who does it')
    .option('--dry-run', 'show what would change and how the goals would be doing, change nothing')
    .action((file: string, options: { by: string; dryRun?: true }, command: Command) =>
      cli.withApp(async (app) => {
        const { by, dryRun = false } = options
        const done = await setGoals(app, await readYaml(file), by, { dryRun })
        const today = dayOf(app.clock.now())
        const doing = []
        for (const set of done.goals) doing.push(await goalCoverage(app.pool, set, today, 'total'))
        const part = (word: string, names: string[]) =>
          `${names.length} ${word}${names.length ? ` (${names.join(', ')})` : ''}`
        const text = [
          `${dryRun ? 'Would set' : 'Set'} ${part('new', done.new)}, ` +
            `${part('changed', done.changed)}, ${part('unchanged', done.unchanged)}.`,
          ...doing.map(coverageLine),
        ].join('\n')
        cli.answer(command, text, { ...done, dryRun })
      }),
    )
}

function addList(goal: Command, cli: Cli): void {
  goal
    .command('list')
    .description('every goal: of whom which share, by when, and who set it')
    .option('--all', 'also those that were changed or removed')
    .action(({ all }: { all?: true }, command: Command) =>
      cli.withApp(async (app) => {
        const found = await (all ? allGoals(app.pool) : goalsInForce(app.pool))
        const text = found.map(line).join('\n')
        cli.answer(command, text || 'There are none. Set some: goal set FILE', found)
      }),
    )
}

const line = (goal: Goal): string =>
  `${goal.name.padEnd(24)} ${goal.purpose}, ${goal.who}: ${inPercent(goal.share)} % by ${goal.by}; ` +
  `set by ${goal.setBy} on ${dayOf(goal.setAt)}` +
  (goal.endedAt ? `, ended by ${goal.endedBy} on ${dayOf(goal.endedAt)}` : '')
