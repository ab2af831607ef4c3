import type { Command } from 'commander'
import { readHomePositions, saveHomePositions } from '../allocation/home-positions.ts'
import { readSource } from '../clinics/source.ts'
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
      const source = await readSource(file)
      const positions = readHomePositions(source.name, source.bytes)
      const changed = await cli.withApp((app) => saveHomePositions(app.pool, positions))
      cli.answer(
        command,
        `Imported positions: ${changed} new or changed, ${positions.length - changed} unchanged.`,
        { changed, unchanged: positions.length - changed },
      )
    })
}
