import type { Log } from '../log.ts'

/** Who asks a program to stop kills it after 10 s: systemd's and Docker's habit. */
const patience = 9000

/**
 * Ends the program by itself a little before it would be killed, when something doesn't end in order: a provider that
 * doesn't answer, a job of minutes, a database that is gone. What was under way is then as after a kill: tried again,
 * or asked about.
 */
export function endInTime(stop: AbortSignal, log: Log): void {
  const begin = () =>
    setTimeout(() => {
      log.error({}, 'stopped without waiting for all that was under way')
      process.exit(1)
    }, patience).unref()
  if (stop.aborted) begin()
  else stop.addEventListener('abort', begin, { once: true })
}
