import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { Lane } from '../../jobs/queues.ts'
import type { Log } from '../../log.ts'

/** The sender of a lane in this process. */
export interface Sender {
  /** Looks at once for messages that are due; while it sends, once more afterwards. */
  wake(): void
  /** Resolves when it has stopped. */
  stopped: Promise<void>
}

export interface LaneDeps {
  lane: Lane
  /** Sends until nothing is due. */
  drain: () => Promise<unknown>
  /** milliseconds after which it looks for work that nobody has told of */
  patience: () => number
  stop: AbortSignal
  log: Log
}

/** After a fault, wakened or not: a database that is down is not asked without end. */
const rest = 1000

/**
 * Drains a lane when it is woken and from time to time. What is to be done is in the rows, so a wake-up that is lost or
 * comes twice costs nothing but time.
 */
export function openLane({ lane, drain, patience, stop, log }: LaneDeps): Sender {
  let woken = true
  let rouse = () => {}
  const wake = () => {
    woken = true
    rouse()
  }
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      rouse = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const work = async () => {
    while (!stop.aborted) {
      woken = false
      try {
        await drain()
      } catch (error) {
        log.error({ lane, reason: messageOf(error) }, 'a lane failed and goes on in a moment')
        await sleep(rest, undefined, { signal: stop }).catch(() => {})
      }
      if (!woken && !stop.aborted) await pause(patience())
    }
  }
  stop.addEventListener('abort', wake, { once: true })
  return { wake, stopped: work() }
}
