import type { Command } from 'commander'
import { groups } from '../cohorts/groups/store.ts'
import { dayOf } from '../people/dates.ts'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command.action((_options: unknown, command: Command) =>
    cli.withApp(async (app) => {
      const found = await groups(app.pool, dayOf(app.clock.now()))
      const text = found.map(
        ({ name, answers, importedAt, members, known }) =>
          `${name}: ${members} people, ${known} of them in the register; ${answers} answers for it, ` +
          `last came ${dayOf(importedAt)}`,
      )
      cli.answer(command, text.join('\n') || 'There are none.', found)
    }),
  )
}
