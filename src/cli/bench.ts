import type { Command } from 'commander'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Refused } from '../errors.ts'
import type { Register } from './command.ts'

const folder = fileURLToPath(new URL('../../bench/', import.meta.url))
const mainOf = (name: string): string => `${folder}${name}/main.ts`

/** The folders of bench/ that have a program. */
const benches = (): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => existsSync(mainOf(name)))
        .sort()
    : []

export const register: Register = (command, cli) => {
  command
    .argument('[name]')
    .argument('[arguments...]', 'handed on to the measurement, after --')
    .addHelpText(
      'after',
      `
Example:
  npm run kallelse -- bench
  npm run kallelse -- bench allocate`,
    )
    .action(
      async (name: string | undefined, given: string[], _options: object, command: Command) => {
        const known = benches()
        if (name === undefined)
          return cli.answer(command, known.map((bench) => `bench ${bench}`).join('\n'), known)
        if (!known.includes(name))
          throw new Refused(
            'unknown-bench',
            `There is no bench ${name}. There are: ${known.join(', ')}`,
          )
        // A process of its own: what it measures is not this program's start or memory.
        const json = command.optsWithGlobals()['json'] ? ['--json'] : []
        const child = spawn(process.execPath, [mainOf(name), ...given, ...json], {
          stdio: 'inherit',
        })
        const end = () => void child.kill('SIGTERM')
        cli.stop.addEventListener('abort', end)
        const [code] = (await once(child, 'exit')) as [number | null]
        cli.stop.removeEventListener('abort', end)
        if (code !== 0) cli.failed()
      },
    )
}
