import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import type { Register } from './command.ts'

const simulator = fileURLToPath(new URL('../../bench/release/main.ts', import.meta.url))

const help = `
The simulator is a process of its own that plays residents, post, phones, clinics and supply. The controller is
\`release advise\` in another process and sees only the product's own events. Every policy meets the same people.

Examples:
  $ kallelse simulate --list
  $ kallelse simulate base --seeds 10 --out plots
  $ kallelse simulate draws --seeds 60 --policy steady --policy oracle --json
  $ kallelse simulate small-draws --seeds 20 --policy steady
  $ kallelse simulate draws --seeds 60 --policy steady --policy oracle --beside ../kallelse-before`

interface SimulateOptions {
  seeds: string
  from: string
  policy?: string[]
  beside?: string
  out?: string
  list?: boolean
}

export const register: Register = (command) => {
  command
    .argument('[scenario]')
    .option('--seeds <n>', 'how many worlds', '3')
    .option('--from <seed>', 'the first seed', '1')
    .option(
      '--policy <name...>',
      'only these: all-at-once, fixed, weekly, strict, steady, eager, oracle',
    )
    .option(
      '--beside <dir>',
      'also the steady policy of another checkout of the program, as beside',
    )
    .option('--out <dir>', 'write an SVG plot of each scenario here')
    .option('--list', 'list the scenarios')
    .addHelpText('after', help)
    .action(async (scenario: string | undefined, options: SimulateOptions, command: Command) => {
      const args = [
        ...(scenario === undefined ? [] : [scenario]),
        '--seeds',
        options.seeds,
        '--from',
        options.from,
        ...(options.policy ?? []).flatMap((name) => ['--policy', name]),
        ...(options.beside === undefined ? [] : ['--beside', resolve(options.beside)]),
        ...(options.out === undefined ? [] : ['--out', options.out]),
        ...(options.list ? ['--list'] : []),
        ...(command.optsWithGlobals()['json'] ? ['--json'] : []),
      ]
      const child = spawn(process.execPath, [simulator, ...args], { stdio: 'inherit' })
      const [code] = (await once(child, 'close')) as [number | null]
      process.exitCode = code ?? 1
    })
}
