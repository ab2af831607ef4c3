import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const help = `How much processor time the start of a command takes, beside node that starts and does nothing.

  node bench/start/main.ts [--rounds 7] [--json]
`
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const commands = ['--help', 'check id 19121212-1212', 'campaign status --help', 'work --help']

/** Imported first: writes the processor time of the whole process, in microseconds, as the last line of stderr. */
const report = `data:text/javascript,${encodeURIComponent(`process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  process.stderr.write('\\n' + (user + system))
})`)}`

/** Milliseconds of processor time, user and system, that node takes with these arguments. */
function processorTime(args: readonly string[]): number {
  const { stderr } = spawnSync(process.execPath, ['--import', report, ...args], {
    encoding: 'utf8',
  })
  return Number(stderr.split('\n').at(-1)) / 1000
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Starts everything once a round, so that a machine that is busy for a while slows all of it. */
function measure(rounds: number): { yardstick: number; starts: { command: string; ms: number }[] } {
  const programs = [['-e', '0'], ...commands.map((command) => [main, ...command.split(' ')])]
  const times: number[][] = programs.map(() => [])
  for (let round = 0; round < rounds; round++)
    for (const [i, program] of programs.entries()) times[i]!.push(processorTime(program))
  const [yardstick = NaN, ...starts] = times.map(median)
  return { yardstick, starts: starts.map((ms, i) => ({ command: commands[i]!, ms })) }
}

if (values.help) process.stdout.write(help)
else {
  const { yardstick, starts } = measure(Number(values.rounds))
  const lines = starts.map(
    ({ command, ms }) =>
      `  ${command.padEnd(26)} ${ms.toFixed(0).padStart(5)} ms  ${(ms / yardstick).toFixed(1)} times node -e 0`,
  )
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ yardstick, starts })}\n`
      : `Processor time, median of ${values.rounds} starts; node -e 0: ${yardstick.toFixed(0)} ms\n${lines.join('\n')}\n`,
  )
}
