import type { Command } from 'commander'
import { dayList, recordAttendance } from '../visits/attendance.ts'
import { clinicDay } from '../visits/day-list.ts'
import { addInterval, dueForDose, planNextDoses } from '../visits/dose-interval.ts'
import { Refused } from '../errors.ts'
import { clockTime } from '../texts/format.ts'
import type { Cli, Register } from './command.ts'
import { imprintOf, paperFile, paperFormat, writePaper, type PaperOptions } from './paper.ts'
import { wholeNumber } from './reserve.ts'

const isDay = (text: string, option: string): string => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new Refused('bad-date', `${option} must be a date like 2021-03-15.`)
  return text
}

export const register: Register = (attendance, cli) => {
  attendance.addHelpText(
    'after',
    `
Examples:
  kallelse attendance day --clinic SE2321000180-FALU --day 2021-03-15 --by anna
  kallelse attendance day --clinic SE2321000180-FALU --day 2021-03-15 --by anna --format pdf --out falun.pdf
  kallelse attendance record 17 attended --vaccine comirnaty --by anna
  kallelse attendance interval --vaccine comirnaty --dose covid-19/dose-1 --next covid-19/dose-2 \\
    --from 2021-03-01 --days 42-49 --by anna
  kallelse attendance next-dose covid-19/dose-1`,
  )
  addDay(attendance, cli)
  addRecord(attendance, cli)
  addIntervalRule(attendance, cli)
  addNextDose(attendance, cli)
  addDue(attendance, cli)
}

function addDay(attendance: Command, cli: Cli): void {
  attendance
    .command('day')
    .description(
      "a clinic's day: who is expected and what they answered to the reminder; noted in the access log",
    )
    .requiredOption('--clinic <hsa-id>', 'the clinic')
    .requiredOption('--day <date>', 'YYYY-MM-DD')
    .requiredOption('--by <name>', 'who looks')
    .addOption(paperFormat('text'))
    .option('--out <file>', 'with pdf: the file to write; only you can read it')
    .action((o: { clinic: string; day: string; by: string } & PaperOptions, command: Command) =>
      cli.withApp(async (app) => {
        const file = paperFile(o)
        if (file !== undefined) {
          const day = isDay(o.day, '--day')
          const { clinic, visitors } = await clinicDay(app, o.clinic, day, o.by)
          const { dayListPaper } = await import('../documents/day-list.ts')
          const noon = new Date(`${day}T12:00:00Z`)
          const about = { ...imprintOf(app, o.by), clinic, day: noon, visitors }
          await writePaper(file, await dayListPaper(about))
          cli.answer(command, `${visitors.length} people in ${file}.`, {
            people: visitors.length,
            file,
          })
          return
        }
        const expected = await dayList(app, o.clinic, isDay(o.day, '--day'), o.by)
        cli.answer(
          command,
          expected
            .map(
              (e) =>
                `${clockTime(e.startsAt, 'sv').padStart(5)}  ${String(e.appointmentId).padStart(7)}  ` +
                `${e.state.padEnd(9)} ${(e.reply ?? '').padEnd(15)} ${(e.phone ?? '').padEnd(13)} ${e.name}`,
            )
            .join('\n') || 'Nobody is expected.',
          { expected },
        )
      }),
    )
}

function addRecord(attendance: Command, cli: Cli): void {
  attendance
    .command('record <appointment> <attended|no-show>')
    .description('record that somebody came (the dose is noted) or did not')
    .requiredOption('--by <name>', 'who records it')
    .option('--vaccine <name>', 'which one was given: decides when the next dose is due')
    .action(
      (id: string, outcome: string, o: { by: string; vaccine?: string }, command: Command) => {
        if (outcome !== 'attended' && outcome !== 'no-show')
          throw new Refused('bad-outcome', 'Record attended or no-show.')
        return cli.withApp(async (app) => {
          const done = await recordAttendance(
            app,
            wholeNumber(id, 'The appointment'),
            outcome,
            o.by,
            o.vaccine ?? null,
          )
          cli.answer(command, `Recorded: ${done.state}.`, done)
        })
      },
    )
}

function addIntervalRule(attendance: Command, cli: Cli): void {
  attendance
    .command('interval')
    .description('a new version of the rule for when the next dose is due; what is booked stands')
    .requiredOption('--vaccine <name>', 'the vaccine of the dose given')
    .requiredOption('--dose <purpose>', 'the dose given')
    .requiredOption('--next <purpose>', 'the dose to come')
    .requiredOption('--from <date>', 'the day it is in force from')
    .requiredOption('--days <min-max>', 'e.g. 42-49')
    .requiredOption('--by <name>', 'who makes it')
    .action(
      (
        o: { vaccine: string; dose: string; next: string; from: string; days: string; by: string },
        command: Command,
      ) =>
        cli.withApp(async (app) => {
          const [minDays = Number.NaN, maxDays = Number.NaN] = o.days.split('-').map(Number)
          const version = await addInterval(
            app,
            {
              vaccine: o.vaccine,
              purpose: o.dose,
              nextPurpose: o.next,
              validFrom: isDay(o.from, '--from'),
              minDays,
              maxDays,
            },
            o.by,
          )
          cli.answer(
            command,
            `Version ${version} of the rule. Plan by it: attendance next-dose ${o.dose}`,
            { version },
          )
        }),
    )
}

function addNextDose(attendance: Command, cli: Cli): void {
  attendance
    .command('next-dose <dose>')
    .description('plan the next dose of everybody who has had this one')
    .action((purpose: string, _o: object, command: Command) =>
      cli.withApp(async (app) => {
        const planned = await planNextDoses(app, purpose)
        cli.answer(command, `${planned} plans are new or changed.`, { planned })
      }),
    )
}

function addDue(attendance: Command, cli: Cli): void {
  attendance
    .command('due <dose>')
    .description(
      "who is to get a dose within the days given and has no time for it, by the persons' ids",
    )
    .requiredOption('--from <date>', 'YYYY-MM-DD')
    .requiredOption('--to <date>', 'YYYY-MM-DD')
    .action((purpose: string, o: { from: string; to: string }, command: Command) =>
      cli.withApp(async (app) => {
        const due = await dueForDose(
          app.pool,
          purpose,
          isDay(o.from, '--from'),
          isDay(o.to, '--to'),
        )
        cli.answer(
          command,
          [
            `${due.length} are due.`,
            ...due.slice(0, 50).map((d) => `  person ${d.personId}: ${d.earliest} to ${d.latest}`),
          ].join('\n'),
          { due },
        )
      }),
    )
}
