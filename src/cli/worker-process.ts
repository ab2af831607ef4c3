import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const againAfter = 2000 // ms

/**
 * Runs `kallelse work` beside this program, as a process of its own: residents' pages then wait for no mail that is
 * composed and no letter that is drawn. It is started again when it dies, and ends when this program does, whatever
 * ends it (the channel between them closes).
 */
export function startWorkerProcess(log: Log): { stop(): Promise<void> } {
  let stopping = false
  let again: NodeJS.Timeout | undefined
  let child: ChildProcess
  const start = (): void => {
    child = spawn(process.execPath, [main, 'work'], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const ended = (why: object): void => {
      if (stopping) return
      log.error(why, 'the worker ended unexpectedly and is started again')
      clearTimeout(again)
      again = setTimeout(start, againAfter)
    }
    child.once('exit', (code, signal) => ended({ code, signal }))
    child.on('error', (error) => ended({ reason: messageOf(error) })) // not even started: no memory, no process
  }
  start()
  return {
    async stop() {
      stopping = true
      clearTimeout(again)
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      // Not a signal: Ctrl-C reaches the worker too, and a second signal would end it at once.
      if (child.connected) child.disconnect()
      await once(child, 'exit')
    },
  }
}
