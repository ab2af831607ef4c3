import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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

/** Seconds of processor time that a process has used until now, with its threads. */
export function processorSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
