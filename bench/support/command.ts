import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Imported first: writes what the process used, as the last line of stderr. */
const used = `data:text/javascript,${encodeURIComponent(`process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  process.stderr.write('\\n' + JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS / 1024 }))
})`)}`

export interface Done<Result> {
  result: Result
  seconds: number
  /** processor seconds of the program itself */
  cpu: number
  /** the most memory it had, in MB */
  peak: number
}

/** Runs a command of the product as a process of its own, with --json. @throws Error with what it said, when it fails */
export async function runCommand<Result>(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Done<Result>> {
  const start = performance.now()
  const child = spawn(process.execPath, ['--import', used, main, ...args, '--json'], {
    env: { ...process.env, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [said, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`kallelse ${args.join(' ')} ended with ${code}: ${stderr}`)
  const seconds = (performance.now() - start) / 1000
  const { cpu, peak } = JSON.parse(stderr.slice(stderr.lastIndexOf('\n'))) as Record<
    'cpu' | 'peak',
    number
  >
  return { result: JSON.parse(said) as Result, seconds, cpu, peak }
}
