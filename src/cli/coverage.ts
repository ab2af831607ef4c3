import { Option, type Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import { goalsInForce } from '../goals/store.ts'
import { dayOf } from '../people/dates.ts'
import { knownPurpose } from '../purposes/register.ts'
import { goalCoverage, type GoalCoverage, type Shown } from '../reports/goals/coverage.ts'
import { coverageCsv } from '../reports/goals/csv.ts'
import { dimensions, type Dimension } from '../reports/goals/read.ts'
import type { Register } from './command.ts'

interface Options {
  purpose?: string
  by?: Dimension
  csv?: string | true
}

export const register: Register = (coverage, cli) => {
  coverage
    .option('--purpose <code>', 'only goals for this purpose')
    .addOption(new Option('--by <what>', 'split by this too').choices(dimensions))
    .option('--csv [file]', 'as CSV for a spreadsheet, in a file or on stdout; split by everything')
    .addHelpText(
      'after',
      `
What is of fewer than 5 people is not shown, nor what it could be found from (docs/operator/goals.md).

Examples:
  kallelse coverage
  kallelse coverage --purpose covid-19/dose-1 --by area
  kallelse coverage --csv out/coverage.csv`,
    )
    .action(({ purpose, by, csv }: Options, command: Command) =>
      cli.withApp(async (app) => {
        if (purpose !== undefined) await knownPurpose(app.pool, purpose)
        const today = dayOf(app.clock.now())
        const found: GoalCoverage[] = []
        for (const goal of await goalsInForce(app.pool, purpose))
          found.push(await goalCoverage(app.pool, goal, today))
        if (typeof csv === 'string') await writeFile(csv, coverageCsv(found, by))
        const text =
          typeof csv === 'string'
            ? `The coverage of ${found.length} goals: ${csv}`
            : csv
              ? coverageCsv(found, by)
              : found
                  .map((goal) => [coverageLine(goal), ...splitLines(goal, by)].join('\n'))
                  .join('\n')
        cli.answer(command, text || 'There are no goals. Set some: goal set FILE', found)
      }),
    )
}

/** 70; 66.67 */
export const inPercent = (share: number): number => Math.round(share * 10_000) / 100

/** A goal and how it is doing, in a line of English. */
export const coverageLine = (goal: GoalCoverage): string =>
  `${goal.name}: ${goal.who}, ${inPercent(goal.target)} % by ${goal.by}\n  ${shownLine(goal.total)}`

function splitLines(goal: GoalCoverage, by: Dimension | undefined): string[] {
  if (!by) return []
  const parts = goal.parts[by].map((part) => ({ name: part.key ?? 'not known', shown: part.shown }))
  const wide = Math.max(...parts.map((part) => part.name.length))
  return parts.map(({ name, shown }) => `    ${name.padEnd(wide)}  ${shownLine(shown)}`)
}

function shownLine(part: Shown | null): string {
  if (!part) return 'too few people to be shown'
  const share = part.share === null ? '' : ` (${(part.share * 100).toFixed(1)} %)`
  return `${part.colour ?? 'nobody'}: ${part.covered} of ${part.members}${share}${progress(part)}`
}

function progress(part: Shown): string {
  if (part.why === 'nobody') return ''
  if (part.why === 'reached') return ', reached'
  const missing = `, ${part.missing} missing`
  if (part.why === 'passed') return `${missing}, its day has passed`
  const needs = `${Math.ceil((part.neededPace ?? 0) - 1e-9)} a day needed`
  if (part.paceHidden) return `${missing}, ${needs}, pace of too few to be shown`
  if (part.why === 'not-begun') return `${missing}, ${needs}, no pace yet`
  const reaches = part.reachesOn ? `reached on ${part.reachesOn}` : 'not reached'
  return `${missing}, ${needs}, ${reaches} at this pace (${(part.pace ?? 0).toFixed(1)} a day)`
}
