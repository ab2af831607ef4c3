import type { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { readHomePositions, saveHomePositions } from '../allocation/home-positions.ts'
import { Refused, messageOf } from '../errors.ts'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command
    .argument('<file>')
    .addHelpText(
      'after',
      `
Example:
  npm run kallelse -- import positions samples/geo/dalarna.csv`,
    )
    .action(async (file: string, _options: object, command: Command) => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw new Refused('unreadable-file', `${file} can't be read: ${messageOf(error)}`)
      })
      const positions = readHomePositions(text)
      const changed = await cli.withApp((app) => saveHomePositions(app.pool, positions))
      cli.answer(
        command,
        `Imported positions: ${changed} new or changed, ${positions.length - changed} unchanged.`,
        { changed, unchanged: positions.length - changed },
      )
    })
}
