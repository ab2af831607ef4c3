import type { Command } from 'commander'
import {
  namedConflicts,
  openConflicts,
  type Conflict,
  type NamedConflict,
} from '../bookings/external/conflicts.ts'
import { Refused } from '../errors.ts'
import { solveConflict, type Solved } from '../visits/solve-conflict.ts'
import type { Cli, Register } from './command.ts'
import { wholeNumber } from './reserve.ts'

const moment = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  dateStyle: 'short',
  timeStyle: 'short',
})

export const register: Register = (bookings, cli) => {
  bookings
    .command('conflicts')
    .description(
      'list people who have a time with us and another in another system, with both sides, until one has ended',
    )
    .addHelpText(
      'after',
      `
Example:
  npm run kallelse -- bookings conflicts --json
  npm run kallelse -- bookings conflicts --by anna
  npm run kallelse -- bookings solve 17 --keep ours --by anna`,
    )
    .option('--by <name>', 'who looks: with names, and each is noted in the access log')
    .action((options: { by?: string }, command: Command) =>
      cli.withApp(async (app) => {
        const conflicts: (Conflict & Partial<NamedConflict>)[] = options.by
          ? await namedConflicts(app, options.by)
          : await openConflicts(app.pool)
        const lines = conflicts.map(
          ({ id, kind, person, name, identityNumber, phone, purpose, ours, outside, keep }) =>
            `${id}: ${name ? `${name}, ${identityNumber}, ${phone ?? 'no phone'}` : `person ${person}`}, ` +
            `${purpose}, ${kind}: with us ${ours.state} at ${ours.clinic} ` +
            `${moment.format(ours.startsAt)} (by ${ours.madeBy}); elsewhere ${outside.reference} at ` +
            `${outside.clinic} ${moment.format(outside.startsAt)}` +
            (keep ? `; decided: ${keep} stays, waits for the other clinic to cancel` : ''),
        )
        cli.answer(command, lines.length ? lines.join('\n') : 'There are no conflicts.', {
          conflicts,
        })
      }),
    )
  addSolve(bookings, cli)
}

function addSolve(bookings: Command, cli: Cli): void {
  bookings
    .command('solve <conflict>')
    .description('keep one of two times: the other ends, and the person is told which one stays')
    .requiredOption('--keep <side>', 'ours (the time with us) or outside (the one elsewhere)')
    .requiredOption('--by <name>', 'who decides')
    .action((id: string, o: { keep: string; by: string }, command: Command) => {
      if (o.keep !== 'ours' && o.keep !== 'outside')
        throw new Refused('bad-side', 'Keep ours or outside.')
      const keep = o.keep
      return cli.withApp(async (app) => {
        const solved = await solveConflict(app, wholeNumber(id, 'The conflict'), keep, o.by)
        cli.answer(command, solvedText(solved), solved)
      })
    })
}

const solvedText = ({ keep, cancelThere, told }: Solved): string =>
  [
    `${keep === 'ours' ? 'The time with us' : 'The time elsewhere'} stays. ${toldText[told]}`,
    ...cancelThere.map(
      ({ clinic, phone, reference }) =>
        `Ask ${clinic} (${phone}) to cancel ${reference}: we can't do it in their system.`,
    ),
  ].join('\n')
const toldText: Record<Solved['told'], string> = {
  email: 'The person is told by e-mail.',
  sms: 'The person is told by SMS.',
  letter: 'The person is told by letter.',
  call: 'The person has no e-mail: they are on the call list of the clinic.',
  nobody: 'There is no message to send: call the person.',
}
