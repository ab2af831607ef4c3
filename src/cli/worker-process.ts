import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { messageOf, Refused } from '../errors.ts'
import type { Log } from '../log.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const firstPause = 2000 // ms
const longestPause = 30_000

/**
 * Runs `kallelse work` beside this program, as a process of its own: residents' pages then wait for no mail that is
 * composed and no letter that is drawn. Once it has worked it is started again when it dies, and ends when this program
 * does, whatever ends it (the channel between them closes).
 * @param stop ends the waiting too
 * @returns when it works
 * @throws Refused when it can't start; its own words are in the log
 */
export async function startWorkerProcess(
  log: Log,
  stop: AbortSignal,
): Promise<{ stop(): Promise<void> }> {
  let stopping = false
  let worked = false
  let pause = firstPause
  let again: NodeJS.Timeout | undefined
  let child: ChildProcess | undefined
  const worker = {
    async stop() {
      stopping = true
      clearTimeout(again)
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      // Not a signal: Ctrl-C reaches the worker too, and a second signal would end it at once.
      if (child.connected) child.disconnect()
      await once(child, 'exit')
    },
  }
  await new Promise<void>((works, failed) => {
    const start = (): void => {
      child = spawn(process.execPath, [main, 'work'], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      const ended = (why: { code?: number | null; signal?: string | null; reason?: string }) => {
        if (stopping) return
        if (!worked) return failed(notStarted(why))
        log.error(why, 'the worker ended unexpectedly and is started again')
        clearTimeout(again)
        again = setTimeout(start, pause)
        pause = Math.min(longestPause, pause * 2)
      }
      child.once('exit', (code, signal) => ended({ code, signal }))
      child.on('error', (error) => ended({ reason: messageOf(error) })) // not even started: no memory, no process
      child.on('message', () => {
        worked = true
        pause = firstPause
        works()
      })
    }
    if (stop.aborted) return works()
    stop.addEventListener('abort', () => works(), { once: true })
    start()
  })
  return worker
}

const notStarted = (why: {
  code?: number | null
  signal?: string | null
  reason?: string
}): Refused =>
  new Refused(
    'worker-not-started',
    `The worker could not start (${why.reason ?? (why.signal ? `ended by ${why.signal}` : `exit code ${why.code}`)}): ` +
      'what it said is above. Correct that and start again, or serve with --no-work.',
  )
