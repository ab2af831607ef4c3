import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const againAfter = 300 // ms

/** A program that is started again whenever it ends, as an operator's supervisor does. */
export interface Kept {
  child(): ChildProcess
  /** resolves when it has said for the first time that it works */
  ready: Promise<void>
  /** everything it wrote to stderr */
  log(): string
  /** how often it ended without being asked or killed by us */
  fell(): number
  kill(): void
  stop(): Promise<void>
}

interface Options {
  file: 'host.ts' | '../../src/main.ts'
  args: () => readonly string[]
  env: Readonly<Record<string, string>>
  /** its line of JSON on stdout */
  said?: (line: string) => void
}

export function keep({ file, args, env, said }: Options): Kept {
  let [child, stopping, killed, fell, log] = [undefined! as ChildProcess, false, false, 0, '']
  let again: NodeJS.Timeout | undefined
  const ready = Promise.withResolvers<void>()
  const start = () => {
    killed = false
    child = spawn(process.execPath, [fileOf(file), ...args()], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(file === 'host.ts' ? (['ipc'] as const) : [])],
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text))
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      said?.(text)
      ready.resolve()
    })
    child.once('message', () => ready.resolve())
    child.once('exit', () => {
      if (stopping) return
      if (!killed) fell++
      again = setTimeout(start, againAfter)
    })
  }
  start()
  return {
    ready: ready.promise,
    child: () => child,
    log: () => log,
    fell: () => fell,
    kill: () => {
      killed = true
      child.kill('SIGKILL')
    },
    async stop() {
      stopping = true
      clearTimeout(again)
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await once(child, 'exit')
      clearTimeout(late)
    },
  }
}
