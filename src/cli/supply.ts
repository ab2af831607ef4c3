import type { Command } from 'commander'
import { doseFollowUp, type DoseFollowUp } from '../clinics/doses/follow-up.ts'
import { sayDoses, sayReceived, type DosesNow, type SaidOfDoses } from '../clinics/doses/say.ts'
import { saySupply, type SaidChange } from '../clinics/said/say.ts'
import { saidNow, type SaidSupply } from '../clinics/said/store.ts'
import { overdueDeliveries } from '../clinics/supply-store.ts'
import { dayOf } from '../people/dates.ts'
import { saidDays } from '../release/model/said.ts'
import type { Cli, Register } from './command.ts'
import { wholeNumber } from './reserve.ts'

interface SaidOptions {
  clinic: string
  day?: string
  doses: string
  vials?: string
  reason?: string
  note?: string
  by: string
}

export const register: Register = (supply, cli) => {
  supply.addHelpText('after', help)
  supply
    .command('status')
    .description('doses by clinic: what there is, who lacks one, what comes, what was thrown away')
    .option('--clinic <hsa-id>', 'of this clinic only')
    .action(async (options: { clinic?: string }, command: Command) => {
      await cli.withApp(async (app) => {
        const now = app.clock.now()
        const clinics = await doseFollowUp(app.pool, now, options.clinic ?? null)
        const overdue = await overdueDeliveries(app.pool, now)
        const said = (await saidNow(app.pool, dayOf(now))).filter(
          ({ hsaId }) => (options.clinic ?? hsaId) === hsaId,
        )
        const text = [
          ...clinics.map(line),
          ...said.map((s) => `${s.hsaId} ${s.clinic}: supply is said to continue ${saidWords(s)}`),
          ...overdue.map(
            (d) =>
              `${d.hsaId} ${d.clinic}: ${d.vials} vials on ${d.day} should have been confirmed by ` +
              `${d.confirmedBy}; they no longer count. Ask, and import supply again.`,
          ),
        ]
        cli.answer(
          command,
          text.join('\n') || 'No deliveries or doses are known: clinics are limited by places.',
          { clinics, overdue, said },
        )
      })
    })
  supply
    .command('received')
    .description('a delivery has come, or not')
    .requiredOption('--clinic <hsa-id>', 'the clinic')
    .requiredOption('--day <day>', 'the day of the delivery, YYYY-MM-DD')
    .option('--vials <n>', 'how many came, 0 if none (default: as many as expected)')
    .option('--note <text>', 'e.g. two vials damaged', '')
    .action(async (o: SaidOptions, command: Command) => {
      await cli.withApp(async (app) => {
        const vials = o.vials === undefined ? null : wholeNumber(o.vials, '--vials')
        answer(cli, command, await sayReceived(app, o.clinic, o.day!, vials, o.note ?? ''))
      })
    })
  says(supply, cli, 'discard', 'doses were thrown away', (o) => ({
    kind: 'discarded',
    doses: wholeNumber(o.doses, '--doses'),
    reason: o.reason ?? '',
  }))
    .requiredOption('--doses <n>', 'how many')
    .requiredOption('--reason <text>', 'why: cold-chain, out-of-date, damaged, no-show …')
  says(supply, cli, 'drawn', 'how many doses the opened vials gave', (o) => ({
    kind: 'drawn',
    vials: wholeNumber(o.vials ?? '', '--vials'),
    doses: wholeNumber(o.doses, '--doses'),
  }))
    .requiredOption('--vials <n>', 'how many vials were opened')
    .requiredOption('--doses <n>', 'how many doses they gave')
  says(supply, cli, 'count', 'how many usable doses there are now', (o) => ({
    kind: 'counted',
    doses: wholeNumber(o.doses, '--doses'),
  })).requiredOption('--doses <n>', 'all of them, in opened and unopened vials')
  saidCommand(supply, cli)
}

function saidCommand(supply: Command, cli: Cli): void {
  supply
    .command('said <hsa-id>')
    .description(
      'supply at a clinic continues as usual: waves count on its last known week of places, again and again, ' +
        'until a day',
    )
    .option('--until <day>', 'the last day of which it is said, YYYY-MM-DD')
    .option('--stop', 'it is taken back')
    .requiredOption('--by <name>', 'who says so')
    .option('--dry-run', 'show what it would give, and keep nothing')
    .addHelpText('after', saidHelp)
    .action(
      async (
        hsaId: string,
        o: { until?: string; stop?: boolean; by: string; dryRun?: boolean },
        command: Command,
      ) => {
        if ((o.until === undefined) === (o.stop !== true))
          command.error('error: say either --until DAY or --stop')
        await cli.withApp(async (app) => {
          const done = await saySupply(app, {
            hsaId,
            until: o.until ?? null,
            by: o.by,
            dryRun: o.dryRun ?? false,
          })
          const days = done.now ? saidDays(done.now, dayOf(app.clock.now())) : []
          const places = days.reduce((sum, day) => sum + day.places, 0)
          const text = [...changeText(done, o.by, days.length, places), ...(o.dryRun ? [kept] : [])]
          cli.answer(command, text.join('\n'), { ...done, days, places })
        })
      },
    )
}

const kept = 'Nothing was kept: this was a dry run.'

function changeText({ before, now }: SaidChange, by: string, days: number, places: number) {
  const clinic = (now ?? before)!.clinic
  return [
    now
      ? `${clinic}: supply is said to continue ${saidWords(now)}`
      : `${clinic}: ${by} takes back that supply continues. Waves count only on what is free or planned.`,
    ...(now ? [`That is ${places} places on ${days} days that nobody has planned yet.`] : []),
    ...(before ? [`Before: ${saidWords(before)}`] : []),
  ]
}

/** as usual until 2021-04-30 (anna, 2021-03-08): 100 places a week */
function saidWords({ until, by, at, week, doses }: SaidSupply): string {
  const places = week.reduce((sum, day) => sum + day.places, 0)
  const usual = Math.min(places, doses ?? places)
  return (
    `as usual until ${until} (${by}, ${dayOf(at)}): ${usual} places a week, as in that of ` +
    `${week.at(-1)?.day ?? 'none'}` +
    (usual < places ? `, of ${places} as far as a week's doses go` : '')
  )
}

const saidHelp = `
Examples:
  npm run kallelse -- supply said SE2321000180-1001 --until 2021-04-30 --by anna --dry-run
  npm run kallelse -- supply said SE2321000180-1001 --until 2021-04-30 --by anna
  npm run kallelse -- supply said SE2321000180-1001 --stop --by anna

It gives nobody a time. From the next wave on, letters may count on the days after the clinic's last known one. Times
that are imported take the place of what was said. More: docs/operator/release.md`

const help = `
Examples:
  npm run kallelse -- supply status
  npm run kallelse -- supply received --clinic SE2321000180-1001 --day 2021-03-15 --vials 58
  npm run kallelse -- supply discard --clinic SE2321000180-1001 --doses 6 --reason cold-chain --by anna

What is said counts at once: times without a dose can't be booked. People who have a time without a dose are shown;
give them new ones with reissue. More: docs/operator/doses.md`

/** A command by which a clinic says something of its doses. */
function says(
  supply: Command,
  cli: Cli,
  name: string,
  does: string,
  said: (o: SaidOptions) => Omit<SaidOfDoses, 'day'>,
): Command {
  return supply
    .command(name)
    .description(does)
    .requiredOption('--clinic <hsa-id>', 'the clinic')
    .option('--day <day>', 'the day, YYYY-MM-DD (default: today)')
    .requiredOption('--by <name>', 'who says so')
    .action(async (o: SaidOptions, command: Command) => {
      const what = { ...said(o), day: o.day ?? null } as SaidOfDoses
      await cli.withApp(async (app) =>
        answer(cli, command, await sayDoses(app, o.clinic, what, o.by)),
      )
    })
}

const answer = (cli: Cli, command: Command, now: DosesNow): void =>
  cli.answer(
    command,
    `${now.doses} sure doses until the next delivery.` +
      (now.short
        ? ` ${now.short} people have a time without a dose. Give them new ones: reissue --clinic …`
        : ' Everybody who has a time has a dose.'),
    now,
  )

function line(clinic: DoseFollowUp): string {
  const { next } = clinic
  const parts = [
    `${clinic.doses} doses until the next delivery`,
    `${clinic.booked} booked`,
    ...(clinic.short ? [`${clinic.short} WITHOUT A DOSE`] : []),
    next ? `next ${next.day}: ${next.vials} vials, ${next.state}` : 'no delivery known',
    ...(clinic.overdue ? [`${clinic.overdue} not confirmed in time`] : []),
    ...(clinic.notReceived ? [`${clinic.notReceived} not said to have come`] : []),
    `${clinic.given} visits`,
    ...(clinic.discarded ? [`${clinic.discarded} thrown away (${reasons(clinic)})`] : []),
    ...(clinic.dosesPerVial === null ? [] : [`${clinic.dosesPerVial} doses a vial seen`]),
  ]
  return `${clinic.hsaId} ${clinic.clinic} (${clinic.area}): ${parts.join(', ')}`
}

const reasons = (clinic: DoseFollowUp): string =>
  Object.entries(clinic.reasons)
    .map(([reason, doses]) => `${doses} ${reason}`)
    .join(', ')
