import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface Program {
  /** what it printed first, as JSON */
  said: Record<string, unknown>
  child: ChildProcess
  /** Stops it as an operator would, and waits until it has ended. */
  stop(): Promise<void>
}

/** Starts a command of the product as a process of its own and waits for its first line of JSON, if it gives one. */
export async function startProgram(
  args: readonly string[],
  env: Record<string, string>,
  answers: boolean,
): Promise<Program> {
  const child = spawn(process.execPath, [main, ...args, '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  const said = await new Promise<Record<string, unknown>>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}`)))
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (answers && text.trimEnd().endsWith('}'))
        resolve(JSON.parse(text) as Record<string, unknown>)
    })
    if (!answers) resolve({})
  })
  return {
    said,
    child,
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Seconds of processor time that the processes whose command line matches have used until now. */
export function processorSeconds(pattern: RegExp): number {
  const { stdout } = spawnSync('ps', ['-eo', 'cputimes=,args='], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .filter((line) => pattern.test(line))
    .reduce((sum, line) => sum + Number(/^\s*(\d+)/.exec(line)?.[1] ?? 0), 0)
}
