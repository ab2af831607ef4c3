import type { Command } from 'commander'
import { newSealingKey } from '../db/sealing-keys.ts'
import { resealAll } from '../messages/reseal.ts'
import type { Register } from './command.ts'

export const register: Register = (group, cli) => {
  group.addHelpText(
    'after',
    `
Examples:
  kallelse keys create
  kallelse keys rotate      # after the new key was put first in SEALING_KEYS
See docs/operator/keys.md.`,
  )

  group
    .command('create')
    .description('make a key that kept bytes are sealed with, and print it, once')
    .action((_options: unknown, command: Command) => {
      const key = newSealingKey()
      cli.answer(
        command,
        `SEALING_KEYS=${key}\nKeep it as a secret, and apart from back-ups: without it what was sent can't be read.`,
        { key },
      )
    })

  group
    .command('rotate')
    .description(
      'seal all kept bytes with the first key; broken off it continues when it is run again',
    )
    .action((_options: unknown, command: Command) =>
      cli.withApp(async (app) => {
        const done = await resealAll(app.pool, cli.stop)
        cli.answer(
          command,
          `${done.messages} messages, ${done.letters} packs of letters and ${done.protectedLetters} letters to ` +
            `protected people were sealed with the first key.${cli.stop.aborted ? ' Stopped: run it again.' : ''}`,
          { ...done, whole: !cli.stop.aborted },
        )
        if (cli.stop.aborted) cli.failed()
      }),
    )
}
