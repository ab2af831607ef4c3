import { InvalidArgumentError, type Command } from 'commander'
import { DateTime } from 'luxon'
import { stringify } from 'yaml'
import { fixedTimesSpec } from '../reissue/campaign-spec.ts'
import { approveReissue, proposeReissue, type Approved, type Proposed } from '../reissue/reissue.ts'
import type { MoveLine } from '../reissue/store.ts'
import { createCampaign } from '../campaigns/actions.ts'
import { campaignNamed } from '../campaigns/store.ts'
import { readAnySlots } from '../clinics/import.ts'
import { refuseIfMostlyBad } from '../clinics/rejected.ts'
import { readSource } from '../clinics/source.ts'
import { zone } from '../clock.ts'
import type { Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { campaignStatus } from '../reports/status.ts'
import type { Cli, Register } from './command.ts'

interface ReissueOptions {
  clinic?: string
  from?: string
  to?: string
  slots?: string
  within: number
  chains?: true
  campaign?: string
  who: 'not-booked' | 'no-free-time'
  name?: string
  dryRun?: true
  by: string
}

export const register: Register = (reissue, cli) => {
  reissue
    .option('--clinic <hsa-id>', 'the clinic whose times no longer fit')
    .option('--from <day>', 'first day, YYYY-MM-DD', isoDay)
    .option('--to <day>', 'last day, YYYY-MM-DD', isoDay)
    .option(
      '--slots <file>',
      'what the clinic can do now (CSV or SMART Scheduling Links); without: what the database says',
    )
    .option('--within <days>', 'how many days after --to a new time may be', days, 28)
    .option(
      '--chains',
      'somebody whose time fits may be moved to make room for one who can come nowhere else',
    )
    .option(
      '--campaign <name>',
      'instead: fixed times for people this open campaign left without a time',
    )
    .option(
      '--who <group>',
      'with --campaign: not-booked (all of them) or no-free-time (who searched and found no time)',
      group,
      'not-booked',
    )
    .option('--name <name>', "with --campaign: the new campaign's name")
    .option('--dry-run', 'show and store nothing; with --campaign: print the campaign file')
    .option('--by <name>', 'who proposes it')
    .addHelpText('after', help)
    .action(async (_options: object, command: Command) => {
      const options = command.opts<ReissueOptions>()
      if (!options.by) command.error("error: required option '--by <name>' not specified")
      if (options.campaign && !options.clinic) return fixedTimes(cli, command, options)
      if (!options.clinic || !options.from || !options.to || options.campaign)
        command.error('error: give --clinic with --from and --to, or --campaign')
      return propose(cli, command, {
        ...options,
        clinic: options.clinic,
        from: options.from,
        to: options.to,
      })
    })

  reissue
    .command('approve <id>')
    .description(
      'do what was proposed, all of it or nothing; by another person than the one who proposed it',
    )
    .option('--by <name>', 'who approves')
    .action(async (id: string, _options: object, command: Command) => {
      const { by } = command.optsWithGlobals<{ by?: string }>() // reissue has the same option and may have taken it
      if (!by) command.error("error: required option '--by <name>' not specified")
      await cli.withApp(async (app) => {
        const done = await approveReissue({ ...app, jobs: await app.jobs() }, proposalId(id), by)
        const text = [
          `Reissue ${id} is done: ${done.moved} moved (${done.beforeTold} of all before their ` +
            `letter had left), ${done.queued} wait for a new time.`,
          ...inTime(done.inTime),
          ...(await Promise.all(done.campaigns.map((name) => tellsText(app.pool, name)))),
        ].join('\n')
        cli.answer(command, text, done)
      })
    })
}

/** How many a reissue's campaign tells, of those in it; who waits in the queue is told that. */
async function tellsText(db: Db, name: string): Promise<string> {
  const { funnel, cohortSize } = await campaignStatus(db, name)
  const told = funnel
    .filter(({ state }) => !['suppressed', 'withdrawn'].includes(state))
    .reduce((sum, { number }) => sum + number, 0)
  return told === 0
    ? `${name} tells nobody: none of its ${cohortSize ?? 0} people can be reached by it. See why: campaign status ${name}`
    : `${name} tells ${told} of ${cohortSize ?? told}; the worker (work or serve) sends. Follow it: campaign status ${name}`
}

const help = `
Examples:
  kallelse reissue --clinic SE2321000180-1001 --from 2021-03-15 --to 2021-03-19 --slots halved.csv --by anna
  kallelse reissue approve 1 --by bertil
  kallelse reissue --campaign covid-19-dose-1 --who not-booked --by anna

Who keeps: those who booked themselves, then by priority and when they were booked. More: docs/operator/reissue.md`

async function propose(
  cli: Cli,
  command: Command,
  options: ReissueOptions & { clinic: string; from: string; to: string },
): Promise<void> {
  await cli.withApp(async (app) => {
    const source = options.slots === undefined ? null : await readSource(options.slots)
    const read = source && (await readAnySlots(app.pool, app.clock, source))
    if (source && read) refuseIfMostlyBad(source.name, read, { force: false })
    const proposed = await proposeReissue(app, {
      hsaId: options.clinic,
      from: options.from,
      to: options.to,
      slots: read && read.slots,
      chains: options.chains ?? false,
      withinDays: options.within,
      by: options.by,
      dryRun: options.dryRun ?? false,
    })
    cli.answer(command, changeset(proposed), { ...proposed, rejected: read?.bad ?? 0 })
  })
}

async function fixedTimes(cli: Cli, command: Command, options: ReissueOptions): Promise<void> {
  await cli.withApp(async (app) => {
    const spec = fixedTimesSpec(
      (await campaignNamed(app.pool, options.campaign!)).spec,
      options.who,
      options,
    )
    if (options.dryRun) return cli.answer(command, stringify(spec).trimEnd(), spec)
    const made = await createCampaign(app, spec, options.by)
    cli.answer(
      command,
      `${made.name} is ${made.state}: fixed times for those of ${options.campaign} who ` +
        `${options.who === 'not-booked' ? 'have not booked' : 'searched and found no time'}. Next: ` +
        `campaign preview ${made.name}`,
      made,
    )
  })
}

/** What is done about old times that come before the letters do. */
function inTime({ sms, email, call }: Approved['inTime']): string[] {
  const n = sms + email + call
  return n === 0
    ? []
    : [
        `${n} have a time that comes before a letter can: ${sms} are told by SMS too, ${email} by ` +
          `e-mail, and ${call} must be called: call-list next --clinic HSA-ID --by NAME`,
      ]
}

const tooMany = ({ overflow, doseless }: Proposed): string =>
  [
    ...(overflow > 0 ? [`${overflow} people too many for the places.`] : []),
    ...(doseless > 0 ? [`${doseless} people ${overflow > 0 ? 'more ' : ''}without a dose.`] : []),
  ].join(' ')

const changeset = (proposed: Proposed): string =>
  proposed.overflow === 0 && proposed.doseless === 0
    ? 'Everybody fits, and there is a dose for each: nobody has to move.'
    : [
        `${tooMany(proposed)} ${proposed.kept} keep their time, ` +
          `${proposed.moved} move, ${proposed.queued} get a place in the ` +
          `queue${proposed.shortNotice ? ` (${proposed.shortNotice} of them since the free times are too near)` : ''}${proposed.byHand ? `, ${proposed.byHand} must be settled by hand` : ''}.`,
        ...proposed.lines.map(line),
        proposed.id === null
          ? 'Nothing was stored.'
          : `Stored as ${proposed.id}. Next, by another person: reissue approve ${proposed.id} --by NAME`,
      ].join('\n')

const at = (time: Date): string => DateTime.fromJSDate(time, { zone }).toFormat('yyyy-MM-dd HH:mm')

function line(move: MoveLine): string {
  const marks = `${move.chosen ? ' (booked it themselves)' : ''}${move.chain ? ' (makes room)' : ''}`
  if (move.outcome === 'moved')
    return `  ${move.person.padEnd(10)} ${at(move.from)} → ${at(move.to!)} ${move.clinic}${marks}`
  return (
    `  ${move.person.padEnd(10)} ${at(move.from)} → ` +
    `${move.outcome === 'queued' ? `queue${move.reason ? `: ${move.reason}` : ''}` : `by hand: ${move.reason}`}${marks}`
  )
}

function isoDay(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !DateTime.fromISO(text).isValid)
    throw new InvalidArgumentError('Write the day as YYYY-MM-DD.')
  return text
}

function days(text: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1 || n > 366)
    throw new InvalidArgumentError('Give 1 to 366 days.')
  return n
}

function group(text: string): 'not-booked' | 'no-free-time' {
  if (text !== 'not-booked' && text !== 'no-free-time')
    throw new InvalidArgumentError('Give not-booked or no-free-time.')
  return text
}

function proposalId(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Refused(
      'unknown-proposal',
      `There is no reissue proposal ${text}: its number is what reissue answered with.`,
    )
  return Number(text)
}
