import type { Command } from 'commander'
import { improvePlan, type PlanImprovement } from '../allocation/improve-plan.ts'
import { Refused } from '../errors.ts'
import type { Register } from './command.ts'

interface ImproveOptions {
  dryRun?: true
  by?: string
}

/** Adds `campaign improve`. */
export const registerImprove: Register = (campaign, cli) => {
  campaign
    .command('improve <name>')
    .description(
      'the cheapest plan of fixed times for people who have not been told theirs: ' +
        'shows the gain, and with --by does it',
    )
    .option('--dry-run', 'show the gain, change nothing')
    .option('--by <name>', 'who does it')
    .addHelpText(
      'after',
      `
What a plan costs, and what stays as it is: docs/developer/allocation.md

Example:
  kallelse campaign improve reissue --dry-run
  kallelse campaign improve reissue --by anna`,
    )
    .action(async (name: string, { dryRun, by }: ImproveOptions, command: Command) => {
      if ((dryRun === undefined) === (by === undefined))
        throw new Refused(
          'dry-run-or-by',
          'Say either --dry-run, to see the gain, or --by and who does it.',
        )
      await cli.withApp(async (app) => {
        const result = await improvePlan(app, name, by ?? null)
        cli.answer(command, improvementText(result), result)
      })
    })
}

function improvementText({
  campaign,
  people,
  shortNotice,
  moved,
  before,
  after,
  bound,
  done,
}: PlanImprovement): string {
  if (people === 0) return `${campaign}: nobody has a fixed time that they have not been told of.`
  const near = shortNotice
    ? `\n${shortNotice} of them have a time nearer than the campaign's least notice: at the next release ` +
      'they give it back and wait for a later one.'
    : ''
  if (moved === 0)
    return (
      `${campaign}: the plan of ${people} people costs ${km(before.total)} and can't be made ` +
      `cheaper. Nobody moves.${near}`
    )
  return [
    `${campaign}: ${people} people with a time that they have not been told of.${near}`,
    `  ${''.padEnd(26)}${'before'.padStart(12)}${'after'.padStart(12)}`,
    line('cost, kilometres', Math.round(before.total), Math.round(after.total)),
    line('at their listed clinic', before.listed, after.listed),
    line('households together', before.together, after.together),
    `  no plan costs less than ${km(bound)}`,
    `${done ? 'Moved' : 'Would move'} ${moved} people; the cost falls by ` +
      `${percent(1 - after.total / before.total)}. ` +
      `${done ? 'Nobody had been told of the earlier time.' : `Do it: campaign improve ${campaign} --by <name>`}`,
  ].join('\n')
}

const km = (cost: number): string => `${Math.round(cost)} km`
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`
const line = (what: string, before: number, after: number): string =>
  `  ${what.padEnd(26)}${String(before).padStart(12)}${String(after).padStart(12)}`
