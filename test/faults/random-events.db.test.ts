import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomInt } from 'node:crypto'
import { analyze, play } from '../../bench/bookings/play.ts'
import { makeWorld, violations } from '../../bench/bookings/world.ts'
import { run } from '../../src/db/pool.ts'
import { databaseWithJobs } from '../support/database.ts'

let db: Awaited<ReturnType<typeof databaseWithJobs>>
beforeAll(async () => void (db = await databaseWithJobs()))
afterAll(() => db.drop())

// bench/bookings/random-events.ts plays many more.
const seed = Number(process.env['EVENTS_SEED'] ?? randomInt(1_000_000))

describe(`random events from eight connections at once (EVENTS_SEED=${seed})`, () => {
  it('book nobody twice, fill no slot above what fits, and lose nobody', async () => {
    const world = await makeWorld(db.pool, 1500)
    await analyze(db.pool)
    const { events, outcomes } = await play(db.pool, db.jobs, world, {
      events: 4000,
      seed,
      connections: 8,
    })
    expect(await violations(db.pool, world.people)).toEqual({})
    expect(events).toBe(4000)
    for (const kind of ['book', 'move', 'cancel', 'cut', 'reissue', 'assign'])
      expect(outcomes).toHaveProperty([`${kind}: done`])
    expect(outcomes['book: done']).toBeGreaterThan(200)
  }, 180_000)

  it('would be seen if they did: each check finds what breaks it', async () => {
    await run(db.pool, 'alter table slot drop constraint slot_never_more_than_fits')
    await run(db.pool, 'alter table slot disable trigger all')
    await run(db.pool, 'update slot set booked = booked + 30 where id = 1')
    await run(
      db.pool,
      `update appointment set state = 'cancelled', ended_at = now() where id = (select appointment_id from invitation where state = 'answered' limit 1)`,
    )
    expect(Object.keys(await violations(db.pool, 1501))).toEqual(
      expect.arrayContaining([
        'slot whose count is wrong',
        'slot above what it holds and what a cut has left',
        'person lost',
        "invitation that holds a time that has ended, or another's",
      ]),
    )
  })
})
