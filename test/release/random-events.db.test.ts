import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { playRandom } from '../../bench/release/random-events.ts'
import { databaseWithJobs } from '../support/database.ts'

let db: Awaited<ReturnType<typeof databaseWithJobs>>
beforeAll(async () => void (db = await databaseWithJobs()))
afterAll(() => db.drop())

it('never has more letters out than the hard bound, nor a wave twice, whatever happens (bench/release/random-events.ts plays a million)', async () => {
  const played = await playRandom(db.pool, db.jobs, { events: 2500, seed: 7 })
  expect(played.violations).toEqual([])
  expect(played.released).toBeGreaterThan(100)
}, 300_000)
