import type { Command } from 'commander'
import { DateTime } from 'luxon'
import type { App } from '../app.ts'
import { answerByCode } from '../reserve/answer-offer.ts'
import { joinReserveList, leaveReserveList, reserveOrder, roundStatus } from '../reserve/list.ts'
import {
  endRound,
  openRound,
  passOver,
  usualAnswerMinutes,
  type RoundDeps,
} from '../reserve/round.ts'
import { zone } from '../clock.ts'
import { Refused } from '../errors.ts'
import { isQuiet, quietHours } from '../messages/dispatch/quiet-hours.ts'
import { findPerson } from '../evidence/find-person.ts'
import type { Cli, Register } from './command.ts'

const help = `
Examples:
  kallelse reserve add 19440229-9806 --purpose covid-19/dose-1 --by anna
  kallelse reserve open --clinic SE2321000180-FALU --purpose covid-19/dose-1 --places 6 --at 2021-03-15T16:30 --by anna
  kallelse reserve answer 4821 yes --by anna
How it goes: docs/operator/reserve-list.md`

/** A whole number, or a refusal that names the option. */
export function wholeNumber(text: string, option: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Refused('bad-number', `${option} must be a whole number.`)
  return Number(text)
}

/** A time as people at the clinic write it: Swedish time when it has no zone. */
export function localTime(text: string, option: string): Date {
  const time = DateTime.fromISO(text, { zone })
  if (!time.isValid)
    throw new Refused('bad-time', `${option} must be a time like 2021-03-15T16:30.`)
  return time.toJSDate()
}

const deps = async (app: App): Promise<RoundDeps> => ({
  pool: app.pool,
  clock: app.clock,
  jobs: await app.jobs(),
  quiet: isQuiet(app.clock.now(), quietHours(app.config)),
})

export const register: Register = (reserve, cli) => {
  reserve.addHelpText('after', help)
  addJoin(reserve, cli)
  addRemove(reserve, cli)
  addList(reserve, cli)
  addOpen(reserve, cli)
  addStatus(reserve, cli)
  addAnswer(reserve, cli)
  addPassOver(reserve, cli)
  addClose(reserve, cli)
}

function addJoin(reserve: Command, cli: Cli): void {
  reserve
    .command('add <number>')
    .description('put a person (identity number) on the reserve list')
    .requiredOption('--purpose <purpose>', 'e.g. covid-19/dose-1')
    .requiredOption('--by <name>', 'who does it')
    .option(
      '--area <area>',
      'the release area they can reach quickly; else that of their invitation',
    )
    .action((number: string, o: { purpose: string; by: string; area?: string }, command: Command) =>
      cli.withApp(async (app) => {
        const joined = await joinReserveList(app, {
          personId: await findPerson(app, { identityNumber: number }, o.by, 'reserve list'),
          purpose: o.purpose,
          area: o.area,
          saidBy: 'clinic',
        })
        cli.answer(command, `On the reserve list in ${joined.area}.`, joined)
      }),
    )
}

function addRemove(reserve: Command, cli: Cli): void {
  reserve
    .command('remove <number>')
    .description('take a person off the reserve list')
    .requiredOption('--purpose <purpose>', 'e.g. covid-19/dose-1')
    .requiredOption('--by <name>', 'who does it')
    .option('--why <reason>', 'the reason on record', 'asked-to')
    .action((number: string, o: { purpose: string; by: string; why: string }, command: Command) =>
      cli.withApp(async (app) => {
        await leaveReserveList(
          app,
          await findPerson(app, { identityNumber: number }, o.by, 'reserve list'),
          o.purpose,
          o.why,
        )
        cli.answer(command, 'No longer on the reserve list.', { removed: true })
      }),
    )
}

function addList(reserve: Command, cli: Cli): void {
  reserve
    .command('list')
    .description("the list in current priority order, by the persons' ids")
    .requiredOption('--purpose <purpose>', 'e.g. covid-19/dose-1')
    .requiredOption('--area <area>', 'the release area')
    .option('--limit <n>', 'how many at most', '50')
    .action((o: { purpose: string; area: string; limit: string }, command: Command) =>
      cli.withApp(async (app) => {
        const people = await reserveOrder(
          app.pool,
          o.purpose,
          o.area,
          wholeNumber(o.limit, '--limit'),
        )
        cli.answer(
          command,
          people.map((p) => `${String(p.rank).padStart(5)}  person ${p.personId}`).join('\n') ||
            'Nobody is on the list.',
          { people },
        )
      }),
    )
}

function addOpen(reserve: Command, cli: Cli): void {
  reserve
    .command('open')
    .description("open a round: offer a clinic's left-over doses, in priority order")
    .requiredOption('--clinic <hsa-id>', 'the clinic')
    .requiredOption('--purpose <purpose>', 'e.g. covid-19/dose-1')
    .requiredOption('--places <n>', 'doses left')
    .requiredOption('--at <time>', 'when to come, e.g. 2021-03-15T16:30')
    .requiredOption('--by <name>', 'who does it')
    .option('--minutes <n>', 'how long an offer stands', String(usualAnswerMinutes))
    .option('--burst <n>', 'open offers at once at most; else as many as there are places left')
    .action(
      (
        o: {
          clinic: string
          purpose: string
          places: string
          at: string
          by: string
          minutes: string
          burst?: string
        },
        command: Command,
      ) =>
        cli.withApp(async (app) => {
          const burst = o.burst === undefined ? undefined : wholeNumber(o.burst, '--burst')
          const asked = {
            clinic: o.clinic,
            purpose: o.purpose,
            places: wholeNumber(o.places, '--places'),
            at: localTime(o.at, '--at'),
            minutes: wholeNumber(o.minutes, '--minutes'),
            burst,
          }
          const opened = await openRound(await deps(app), asked, o.by)
          cli.answer(
            command,
            `Round ${opened.round}: ${opened.people} on the list, ${opened.offered} asked now. ` +
              `Follow it: reserve status ${opened.round}`,
            opened,
          )
        }),
    )
}

function addStatus(reserve: Command, cli: Cli): void {
  reserve
    .command('status <round>')
    .description('what has happened in a round')
    .action((round: string, _o: object, command: Command) =>
      cli.withApp(async (app) => {
        const status = await roundStatus(app.pool, wholeNumber(round, 'The round'))
        const lines = [
          `Round ${status.id}, ${status.clinic}: ${status.places} places, ` +
            `${status.closedWhy ? `closed (${status.closedWhy})` : 'open'}`,
          ...status.offers.map((f) => `${String(f.number).padStart(6)}  ${f.state}`),
          ...status.passedOver.map((p) => `  passed over: ${p.rank} (${p.why})`),
        ]
        cli.answer(command, lines.join('\n'), status)
      }),
    )
}

function addAnswer(reserve: Command, cli: Cli): void {
  reserve
    .command('answer <code> <yes|no>')
    .description('the answer of somebody who calls and says the code')
    .requiredOption('--by <name>', 'who enters it')
    .action((code: string, said: string, o: { by: string }, command: Command) => {
      if (said !== 'yes' && said !== 'no')
        throw new Refused('bad-answer', 'The answer is yes or no.')
      return cli.withApp(async (app) => {
        const outcome = await answerByCode(await deps(app), code, said, o.by)
        cli.answer(command, outcome, { outcome })
      })
    })
}

function addPassOver(reserve: Command, cli: Cli): void {
  reserve
    .command('pass-over <round> <rank>')
    .description('leave somebody out of a round, with the reason on record')
    .requiredOption('--why <reason>', 'the reason')
    .requiredOption('--by <name>', 'who does it')
    .action((round: string, rank: string, o: { why: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        await passOver(
          app,
          wholeNumber(round, 'The round'),
          wholeNumber(rank, 'The rank'),
          `${o.why} (${o.by})`,
        )
        cli.answer(command, 'Passed over.', { passedOver: Number(rank) })
      }),
    )
}

function addClose(reserve: Command, cli: Cli): void {
  reserve
    .command('close <round>')
    .description('end a round: nobody else is asked, people with an open offer are thanked')
    .requiredOption('--why <reason>', 'the reason')
    .action((round: string, o: { why: string }, command: Command) =>
      cli.withApp(async (app) => {
        await endRound(await deps(app), wholeNumber(round, 'The round'), o.why)
        cli.answer(command, 'Closed.', { closed: Number(round) })
      }),
    )
}
