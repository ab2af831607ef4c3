import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { playRandom } from '../../bench/release/random-events.ts'
import { openJobs, type Jobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let db: TestDatabase
let jobs: Jobs
beforeAll(async () => {
  db = await testDatabase()
  jobs = await openJobs(db.pool, openLog('silent'))
})
afterAll(async () => {
  await jobs.close()
  await db.drop()
})

it('never has more letters out than the hard bound, nor a wave twice, whatever happens (bench/release/random-events.ts plays a million)', async () => {
  const played = await playRandom(db.pool, jobs, { events: 2500, seed: 7 })
  expect(played.violations).toEqual([])
  expect(played.released).toBeGreaterThan(100)
}, 300_000)
