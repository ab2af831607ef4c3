import type { Command } from 'commander'
import { campaignNamed, campaignsInState } from '../campaigns/store.ts'
import { Refused } from '../errors.ts'
import { dayOf } from '../people/dates.ts'
import { parseDay } from '../release/model/calendar.ts'
import { keepPhone, linesOf, type KeptLine } from '../release/line-store.ts'
import { projectCampaign } from '../release/projection.ts'
import { saidFor, saidText } from '../release/said.ts'
import type { Band } from '../release/model/whatif.ts'
import type { App } from '../app.ts'
import type { Cli, Register } from './command.ts'

interface CutOptions {
  cut?: string
  from?: string
  to?: string
}

/** The commands of `release` that read and write the database; `release advise` and `release what-if` need none. */
export const registerReleaseCampaign: Register = (release, cli) => {
  addOutlook(release, cli)
  addDays(release, cli)
  addPhone(release, cli)
}

function addOutlook(release: Command, cli: Cli): void {
  release
    .command('outlook <campaign>')
    .description(
      'how a campaign will go from here: waves, calls, last day, and how many find no time, each ' +
        'with a band; with --cut also if places are lost',
    )
    .option('--cut <percent>', 'how much of the places is lost')
    .option('--from <date>', 'first day of the cut')
    .option('--to <date>', 'last day of the cut')
    .addHelpText(
      'after',
      `
Example: what happens if next week's delivery is halved?
  kallelse release outlook dalarna-75-79 --cut 50 --from 2021-03-22 --to 2021-03-28`,
    )
    .action((name: string, options: CutOptions, command: Command) =>
      cli.withApp(async (app) => {
        const campaign = await campaignNamed(app.pool, name)
        if (campaign.way !== 'open')
          throw new Refused('not-open', `${name} gives fixed times: there is nothing to foresee.`)
        if (['draft', 'approved', 'planning'].includes(campaign.state))
          throw new Refused(
            'not-planned',
            `${name} is ${campaign.state}: there is no plan yet. What is known before it starts: campaign check ${name}`,
          )
        const cut = readCut(options)
        const asPlanned = await projectCampaign(
          app.pool,
          app.clock,
          campaign,
          app.config.PHONE_CAPACITY,
          null,
        )
        const withCut =
          cut &&
          (await projectCampaign(app.pool, app.clock, campaign, app.config.PHONE_CAPACITY, cut))
        const said = await saidFor(app.pool, campaign, dayOf(app.clock.now()))
        const text = [
          `${name}, as things stand`,
          outlookText(asPlanned),
          ...said.map(saidText),
          ...(withCut
            ? [
                `With ${options.cut} % fewer places from ${options.from} to ${options.to}`,
                outlookText(withCut),
              ]
            : []),
        ].join('\n')
        cli.answer(command, text, { asPlanned, withCut, said })
      }),
    )
}

function addDays(release: Command, cli: Cli): void {
  release
    .command('days <campaign>')
    .description(
      'how many were invited on each day, and what bound it; with --json what the controller was told, one document ' +
        'a line: the numbers can be calculated again from it',
    )
    .option('--answers', 'with --json: the answers instead of what was told')
    .addHelpText(
      'after',
      `
Example, calculating every day again:
  kallelse --json release days dalarna-75-79 | kallelse release advise`,
    )
    .action((name: string, options: { answers?: boolean }, command: Command) =>
      cli.withApp(async (app) => {
        const campaign = await campaignNamed(app.pool, name)
        const days = await linesOf(app.pool, campaign.id)
        const json = command.optsWithGlobals<{ json?: boolean }>().json ?? false
        for (const day of days)
          process.stdout.write(
            json
              ? `${JSON.stringify(options.answers ? day.answer : day.line)}\n`
              : `${dayShown(day)}\n`,
          )
        if (!json && days.length === 0) process.stdout.write('No day has been decided yet.\n')
      }),
    )
}

function addPhone(release: Command, cli: Cli): void {
  release
    .command('phone <date>')
    .description('say what the booking phone can take, or took, on a day')
    .option('--capacity <n>', 'calls it can take')
    .option('--calls <n>', 'calls it took')
    .action((day: string, options: { capacity?: string; calls?: string }, command: Command) =>
      cli.withApp(async (app) => {
        if (Number.isNaN(parseDay(day)))
          throw new Refused('bad-date', `${day} is not a date. Write it YYYY-MM-DD.`)
        const count = (text: string | undefined, name: string) => {
          if (text !== undefined && !/^\d{1,7}$/.test(text))
            throw new Refused('bad-number', `--${name} ${text} is not a whole number.`)
          return text === undefined ? {} : { [name]: Number(text) }
        }
        const phone = { ...count(options.capacity, 'capacity'), ...count(options.calls, 'calls') }
        if (!Object.keys(phone).length)
          throw new Refused('nothing-said', 'Give --capacity, --calls or both.')
        await keepPhone(app.pool, day, phone)
        cli.answer(command, `Kept for ${day}.`, { day, ...phone })
      }),
    )
}

function readCut({ cut, from = '', to = '' }: CutOptions) {
  if (cut === undefined) return null
  const share = Number(cut) / 100
  if (!(share >= 0 && share <= 1))
    throw new Refused('bad-cut', `--cut ${cut} is not a percentage. Give a number from 0 to 100.`)
  const days = { from: parseDay(from), to: parseDay(to) }
  if (!(days.from <= days.to))
    throw new Refused(
      'bad-dates',
      `--from ${from} --to ${to} are not two dates in order. Write them YYYY-MM-DD.`,
    )
  return { ...days, share }
}

const band = ({ low, mid, high }: Band | { low: string; mid: string; high: string }): string =>
  `${mid} (${low}–${high})`

function outlookText(outlook: Awaited<ReturnType<typeof projectCampaign>>): string {
  const peak = outlook.days.toSorted((a, b) => b.calls.mid - a.calls.mid)[0]
  return [
    `  last wave           ${band(outlook.lastWave)}`,
    `  99 % have answered  ${band(outlook.end)}`,
    `  find no free time   ${band(outlook.noTime)}`,
    ...(peak ? [`  most calls a day    ${band(peak.calls)} on ${peak.date}`] : []),
  ].join('\n')
}

/** The outlook of every open campaign that runs, in a few lines: shown when deliveries have changed. */
export async function outlookOfAll(app: App): Promise<string[]> {
  const open = (await campaignsInState(app.pool, ['running', 'paused'])).filter(
    (campaign) => campaign.way === 'open',
  )
  return Promise.all(
    open.map(
      async (campaign) =>
        `${campaign.name} from ` +
        `here\n${outlookText(await projectCampaign(app.pool, app.clock, campaign, app.config.PHONE_CAPACITY, null))}`,
    ),
  )
}

/** 2021-03-15   120 invited in 3 areas: 2 capacity, 1 phone; 80 places said */
function dayShown({ line, answer: { date, areas, paused } }: KeptLine): string {
  const said = line.areas.reduce(
    (sum, area) => sum + Object.values(area.said ?? {}).reduce((a, b) => a + b, 0),
    0,
  )
  const invited = areas.reduce((sum, area) => sum + area.invite, 0)
  const bounds = [...Map.groupBy(areas, (area) => area.bound)].map(
    ([bound, alike]) => `${alike.length} ${bound}`,
  )
  return (
    `${date}  ${String(invited).padStart(6)} invited in ${areas.length} areas` +
    (bounds.length ? `: ${bounds.join(', ')}` : '') +
    (said ? `; ${said} places said` : '') +
    (paused ? `; paused: ${paused}` : '')
  )
}
