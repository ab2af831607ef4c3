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
    for (const kind of [
      'book',
      'move',
      'shift',
      'cancel',
      'cut',
      'supply',
      'doses',
      'reissue',
      'assign',
    ])
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

/** What a mistake in the program would do, done to the database that else would refuse it. */
const planted: [fault: string, sql: string, found: string][] = [
  [
    'a path that does not ask for doses',
    `alter table dose_span drop constraint dose_span_never_more_than_doses;
     alter table dose_span alter column spent drop expression;
     create function never_spent() returns trigger language plpgsql as $$
       begin
         new.spent := false;
         return new;
       end $$;
     create trigger never_spent before insert or update on dose_span for each row execute function never_spent()`,
    'clinic with more people without a dose than the deliveries took from',
  ],
  [
    'a cut that forgets who is booked',
    `alter table slot drop constraint slot_never_more_than_fits;
     create function forgets() returns trigger language plpgsql as $$
       begin
         new.overbooked := 0;
         return new;
       end $$;
     create trigger forgets before update of capacity on slot for each row execute function forgets()`,
    'slot above what it holds and what a cut has left',
  ],
  [
    'a move that keeps the old time',
    `drop index appointment_one_live;
     create function stays() returns trigger language plpgsql as $$ begin return null; end $$;
     create trigger stays before update of state on appointment
       for each row when (new.state = 'moved') execute function stays()`,
    'person with two times',
  ],
]

describe(`the same events (EVENTS_SEED=${seed})`, () => {
  it.each(planted)(
    'find %s',
    async (_fault, sql, found) => {
      const broken = await databaseWithJobs()
      try {
        const world = await makeWorld(broken.pool, 1500)
        await analyze(broken.pool)
        await run(broken.pool, sql)
        // A fault may also meet a constraint, which ends the play: what it has done until then must be seen all the same.
        const ended = await play(broken.pool, broken.jobs, world, {
          events: 2000,
          seed,
          connections: 8,
        }).catch((error: unknown) => error)
        if (ended instanceof Error) expect(ended).toMatchObject({ code: '23514' })
        expect(Object.keys(await violations(broken.pool, world.people))).toContain(found)
      } finally {
        await broken.drop()
      }
    },
    120_000,
  )
})
