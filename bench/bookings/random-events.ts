// Random book, move, cancel, cut and reissue events from eight connections at once, against the real store.
//   node bench/bookings/random-events.ts [events] [seed] [seconds at most]
// On an embedded server of its own that doesn't wait for the disk and tidies up as often as a month of events in
// minutes needs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../src/db/embedded.ts'
import { sealInBench } from '../sealing.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { analyze, play } from './play.ts'
import { makeWorld, violations } from './world.ts'

const [events = 100_000, seed = 1, seconds = Infinity] = process.argv.slice(2).map(Number)
const connections = 8
const folder = mkdtempSync(join(tmpdir(), 'kallelse-events-'))
const server = await startEmbedded(folder, {
  settings: {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '256MB',
    autovacuum_naptime: '5s',
  },
})
const pool = openPool(server.url, connections + 2)
try {
  sealInBench()
  await migrate(pool)
  const jobs = await openJobs(pool, openLog('silent'))
  const world = await makeWorld(pool, 3000)
  await analyze(pool)
  console.log(
    `${events} events, seed ${seed}, ${connections} connections, ${world.people} people, ${world.slots.length} slots`,
  )
  const started = performance.now()
  const took = () => (performance.now() - started) / 1000
  const played = await play(pool, jobs, world, {
    events,
    seed,
    connections,
    until: seconds * 1000,
    onProgress: (done) => console.log(`${done} events, ${Math.round(done / took())} a second`),
  })
  const rate = Math.round(played.events / took())
  const broken = await violations(pool, world.people)
  console.table(played.outcomes)
  console.log(
    `${played.events} events in ${took().toFixed(0)} s: ${rate} a second; violations: ${Object.keys(broken).length ? JSON.stringify(broken) : 'none'}`,
  )
  if (Object.keys(broken).length) process.exitCode = 1
  await jobs.close()
} finally {
  await pool.end()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
}
