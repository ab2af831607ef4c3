// A host that does the work, as `kallelse work`, but for its clock: it can be stepped from outside, and the minute after
// which it sweeps is shorter. Started by hosts.ts.
import { once } from 'node:events'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { startWorker } from '../../src/worker.ts'

/** What the torturer tells a host. */
export type Told = { clock: number } | { sweep: true }

/** milliseconds that the host's clock is off the real time */
let off = Number(process.argv[2])
const clock = { now: () => new Date(Date.now() + off) }
const app = await openApp(readConfig(), clock)
const worker = await startWorker(app)
process.on('message', (told: Told) => {
  if ('clock' in told) off = told.clock
  else worker.sweep().catch(() => {}) // the database is away: the next one does it
})
process.once('disconnect', () => process.exit()) // the torturer has ended
process.send?.('works')
await once(process, 'SIGTERM')
await worker.stop()
await app.close()
process.disconnect?.()
