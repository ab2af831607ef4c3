import type { Command } from 'commander'
import { text } from 'node:stream/consumers'
import { systemClock } from '../clock.ts'
import { dayOf } from '../people/dates.ts'
import { parseIdentityNumber } from '../people/identity/identity.ts'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command
    .argument('<number...>', 'identity numbers; - reads one a line from standard input')
    .addHelpText(
      'after',
      `
Examples:
  kallelse check id 19440229-9806 990101-9829
  kallelse check id - --json < numbers.txt

Exit code 1 when any of them is not valid.`,
    )
    .action(async (numbers: string[], _options: unknown, command: Command) => {
      const today = dayOf(systemClock.now())
      const given: string[] = []
      for (const number of numbers)
        given.push(
          ...(number === '-'
            ? (await text(process.stdin)).split(/\r?\n/).filter((line) => line.trim())
            : [number]),
        )
      const results = given.map((number) => parseIdentityNumber(number, today))
      const lines = results.map((r) =>
        r.valid
          ? `${r.normalized}  ${r.kind}, ${r.birthDate ? `born ${r.birthDate}` : 'age unknown'}`
          : `${r.input}  not valid: ${r.error}`,
      )
      cli.answer(command, lines.join('\n'), results)
      if (results.some((result) => !result.valid)) cli.failed()
    })
}
