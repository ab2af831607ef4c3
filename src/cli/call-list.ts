import type { Command } from 'commander'
import type { App } from '../app.ts'
import {
  callsToMake,
  makeCallList,
  markForCall,
  recordTry,
  tryOutcomes,
  type Call,
} from '../visits/call-list.ts'
import { bookForCall } from '../visits/call-list-book.ts'
import { callFacts } from '../visits/call-list-facts.ts'
import { clinicName } from '../clinics/store.ts'
import { freeTimes } from '../bookings/find.ts'
import { findPerson } from '../evidence/find-person.ts'
import { Refused } from '../errors.ts'
import { blocksAsText } from '../texts/blocks.ts'
import { callScript } from '../texts/call-script.ts'
import { clockTime, shortDate, shownPhone } from '../texts/format.ts'
import { loadTexts } from '../texts/texts.ts'
import { heightenedNow } from '../notices/heightened.ts'
import type { Cli, Register } from './command.ts'
import { imprintOf, paperFile, paperFormat, writePaper, type PaperOptions } from './paper.ts'
import { localTime, wholeNumber } from './reserve.ts'

export const register: Register = (list, cli) => {
  list.addHelpText(
    'after',
    `
Examples:
  kallelse call-list make covid-19-dose-1
  kallelse call-list next --clinic SE2321000180-FALU --by anna
  kallelse call-list next --clinic SE2321000180-FALU --by anna --format pdf --out samtal.pdf
  kallelse call-list script 17 --by anna
  kallelse call-list book 17 --slot 4711 --by anna
  kallelse call-list tried 17 no-answer --by anna`,
  )
  addMake(list, cli)
  addMark(list, cli)
  addNext(list, cli)
  addScript(list, cli)
  addBook(list, cli)
  addTried(list, cli)
}

function addMake(list: Command, cli: Cli): void {
  list
    .command('make <campaign>')
    .description("put those the campaign can't reach on their clinics' call lists")
    .action((campaign: string, _o: object, command: Command) =>
      cli.withApp(async (app) => {
        const added = await makeCallList(app, campaign)
        cli.answer(command, `${added} added.`, { added })
      }),
    )
}

function addMark(list: Command, cli: Cli): void {
  list
    .command('mark <number>')
    .description('mark a person (identity number) to be called')
    .requiredOption('--purpose <purpose>', 'e.g. covid-19/dose-1')
    .requiredOption('--by <name>', 'who does it')
    .action((number: string, o: { purpose: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        await markForCall(
          app,
          await findPerson(app, { identityNumber: number }, o.by, 'mark for call'),
          o.purpose,
        )
        cli.answer(command, 'On the call list.', { marked: true })
      }),
    )
}

function aboutTime({ why, newTime }: Call): string {
  if (newTime) {
    const at = new Date(newTime.startsAt)
    return `; new time ${shortDate(at, 'sv')} kl. ${clockTime(at, 'sv')}, ${newTime.clinic}`
  }
  return why === 'lost-time' ? '; the time is cancelled: a new one comes by letter' : ''
}

function addNext(list: Command, cli: Cli): void {
  list
    .command('next')
    .description('the calls a clinic has to make now; noted in the access log')
    .requiredOption('--clinic <hsa-id>', 'the clinic')
    .requiredOption('--by <name>', 'who calls')
    .option('--limit <n>', 'how many at most', '20')
    .addOption(paperFormat('text'))
    .option('--out <file>', 'with pdf: the file to write; only you can read it')
    .action((o: { clinic: string; by: string; limit: string } & PaperOptions, command: Command) =>
      cli.withApp(async (app) => {
        const file = paperFile(o)
        const calls = await callsToMake(app, o.clinic, o.by, wholeNumber(o.limit, '--limit'))
        if (file !== undefined) {
          const { callListPaper } = await import('../documents/call-list.ts')
          const clinic = (await clinicName(app.pool, o.clinic)) ?? o.clinic
          await writePaper(file, await callListPaper({ ...imprintOf(app, o.by), clinic, calls }))
          cli.answer(command, `${calls.length} calls in ${file}.`, { calls: calls.length, file })
          return
        }
        cli.answer(
          command,
          calls
            .map(
              (c) =>
                `${String(c.id).padStart(7)}  ` +
                `${(c.phone ? shownPhone(c.phone) : '(find a number)').padEnd(18)} ${c.name}, ${c.language}, ` +
                `${c.tries} tries${aboutTime(c)}`,
            )
            .join('\n') || 'No calls to make now.',
          { calls },
        )
      }),
    )
}

function addScript(list: Command, cli: Cli): void {
  list
    .command('script <call>')
    .description('what to say, and the first free times')
    .requiredOption('--by <name>', 'who calls')
    .action((id: string, o: { by: string }, command: Command) =>
      cli.withApp(async (app: App) => {
        const { facts, area } = await callFacts(app, wholeNumber(id, 'The call'), app.config, o.by)
        const times = await freeTimes(app.pool, { area, from: app.clock.now(), limit: 10 })
        const shown = times.map(
          (t) =>
            `  slot ${t.slotId}  ${shortDate(t.startsAt, 'sv')} kl. ${clockTime(t.startsAt, 'sv')}, ${t.clinicName}`,
        )
        const warned = await heightenedNow(app.pool)
        const warning = warned && blocksAsText((await loadTexts()).warning('sv', facts).body)
        const script = callScript(facts, warning)
        cli.answer(command, [script, '', 'Lediga tider:', ...shown].join('\n'), { script, times })
      }),
    )
}

function addBook(list: Command, cli: Cli): void {
  list
    .command('book <call>')
    .description('book a time for the person on the phone')
    .requiredOption('--slot <id>', 'the time')
    .requiredOption('--by <name>', 'who books')
    .action((id: string, o: { slot: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        const booked = await bookForCall(
          app,
          wholeNumber(id, 'The call'),
          wholeNumber(o.slot, '--slot'),
          o.by,
        )
        cli.answer(command, 'Booked.', booked)
      }),
    )
}

function addTried(list: Command, cli: Cli): void {
  list
    .command('tried <call> <outcome>')
    .description(`a call without a booking: ${tryOutcomes.join(', ')}`)
    .requiredOption('--by <name>', 'who called')
    .option('--next <time>', 'when to try again, e.g. 2021-03-16T13:00')
    .action((id: string, said: string, o: { by: string; next?: string }, command: Command) => {
      const outcome = tryOutcomes.find((known) => known === said)
      if (!outcome) throw new Refused('bad-outcome', `An outcome is ${tryOutcomes.join(', ')}.`)
      return cli.withApp(async (app) => {
        const after = await recordTry(
          app,
          wholeNumber(id, 'The call'),
          outcome,
          o.by,
          o.next === undefined ? undefined : localTime(o.next, '--next'),
        )
        cli.answer(
          command,
          after.nextTry
            ? `Next try ${shortDate(after.nextTry, 'sv')} kl. ${clockTime(after.nextTry, 'sv')}.`
            : `Ended: ${after.outcome}.`,
          after,
        )
      })
    })
}
