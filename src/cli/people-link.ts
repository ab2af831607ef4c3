import type { Command } from 'commander'
import { followLinks } from '../campaigns/follow-links.ts'
import { systemClock } from '../clock.ts'
import { transaction } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { dayOf } from '../people/dates.ts'
import { parseIdentityNumber } from '../people/identity/identity.ts'
import { linkPeople } from '../people/link.ts'
import { unknownNumbers } from '../people/person-store.ts'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command
    .argument('<number>', 'the identity number used now')
    .argument('<earlier>', 'the identity number used before')
    .addHelpText(
      'after',
      `
Example:
  kallelse people link 19440229-9806 991981000010`,
    )
    .action(async (used: string, earlier: string, _options: unknown, command: Command) => {
      const today = dayOf(systemClock.now())
      const [a, b] = [used, earlier].map((number) => {
        const parsed = parseIdentityNumber(number, today)
        if (parsed.normalized === null)
          throw new Refused(
            'bad-identity-number',
            `One of the numbers is not valid. ${parsed.error}`,
          )
        return parsed.normalized
      }) as [string, string]
      const linked = await cli.withApp((app) =>
        transaction(app.pool, async (tx) => {
          const unknown = await unknownNumbers(tx, [a, b])
          if (a === b || unknown.length)
            throw new Refused(
              'unknown-person',
              a === b
                ? 'The two numbers are the same.'
                : 'Nobody in the register has one of these numbers. Import both people first.',
            )
          const linked = await linkPeople(tx, [[a, b]])
          await followLinks(tx, app.clock.now())
          return linked
        }),
      )
      cli.answer(
        command,
        linked.length
          ? 'The two records count as one now.'
          : 'The two records were linked already.',
        { linked },
      )
    })
}
