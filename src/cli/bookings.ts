import type { Command } from 'commander'
import { openConflicts } from '../bookings/external/conflicts.ts'
import type { Register } from './command.ts'

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
  npm run kallelse -- bookings conflicts --json`,
    )
    .action((_options: unknown, command: Command) =>
      cli.withApp(async (app) => {
        const conflicts = await openConflicts(app.pool)
        const lines = conflicts.map(
          ({ kind, person, purpose, ours, outside }) =>
            `person ${person}, ${purpose}, ${kind}: with us ${ours.state} at ${ours.clinic} ` +
            `${moment.format(ours.startsAt)} (by ${ours.madeBy}); elsewhere ${outside.reference} at ` +
            `${outside.clinic} ${moment.format(outside.startsAt)}`,
        )
        cli.answer(command, lines.length ? lines.join('\n') : 'There are no conflicts.', {
          conflicts,
        })
      }),
    )
}
