import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { doseFollowUp } from '../../../src/clinics/doses/follow-up.ts'
import { sayDoses, sayReceived, type SaidOfDoses } from '../../../src/clinics/doses/say.ts'
import type { MovableClock } from '../../../src/clock.ts'
import { run } from '../../../src/db/pool.ts'
import { Refused } from '../../../src/errors.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'
import { deliver } from '../../support/doses.ts'
import { smallRegion } from '../../support/region.ts'

const hsaId = 'SE2321000180-PROV'
let db: TestDatabase
let clock: MovableClock
beforeEach(async () => {
  db = await testDatabase()
  clock = await smallRegion(db.pool, { people: 6, places: 3 })
})
afterEach(() => db.drop())

const say = (said: SaidOfDoses) => sayDoses({ pool: db.pool, clock }, hsaId, said, 'anna')
const received = (day: string, vials: number | null) =>
  sayReceived({ pool: db.pool, clock }, hsaId, day, vials, '')
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error as Error)),
  )
const book = (people: number, slot: number, state = 'booked') =>
  run(
    db.pool,
    `insert into appointment (person_id, purpose, slot_id, state, made_by, made_at)
     select id, 'covid-19/dose-1', $2, $3, 'clinic', $4
       from (select p.id from person p
              where not exists (select from appointment where person_id = p.id) order by p.id limit $1) p`,
    [people, slot, state, clock.now()],
  )

describe('what a clinic says of its doses', () => {
  it('answers with what there is then, and who lacks a dose', async () => {
    await deliver(db.pool, clock, { day: '2021-03-08', doses: 5 })
    await book(3, 1)
    expect(await say({ kind: 'discarded', doses: 3, reason: 'cold-chain', day: null })).toEqual({
      doses: 2,
      short: 1,
    })
    expect(await say({ kind: 'drawn', vials: 2, doses: 3, day: null })).toEqual({
      doses: 3, // vials of one dose: one more was drawn
      short: 0,
    })
  })

  it('that it counts now is beside what today’s visits have had', async () => {
    await deliver(db.pool, clock, { day: '2021-03-08', doses: 5 })
    await run(
      db.pool,
      `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-08 07:30+01', 3)`,
    )
    await book(2, 6, 'attended')
    expect(await say({ kind: 'counted', doses: 1, day: null })).toEqual({ doses: 3, short: 0 })
    await book(1, 1)
    await expect(book(1, 2)).rejects.toMatchObject({
      constraint: 'dose_span_never_more_than_doses',
    })
  })

  it('of a delivery: it came, less came, or nothing', async () => {
    await deliver(db.pool, clock, { day: '2021-03-08', doses: 5 })
    expect(await received('2021-03-08', 4)).toEqual({ doses: 4, short: 0 })
    expect(await received('2021-03-08', 0)).toEqual({ doses: 0, short: 0 })
    expect(await codeOf(received('2021-03-05', null))).toBe('unknown-delivery')
    expect(await codeOf(received('2021-03-09', null))).toBe('bad-date')
  })

  it('is refused when it can not be', async () => {
    expect(await codeOf(say({ kind: 'discarded', doses: 1, reason: ' ', day: null }))).toBe(
      'no-reason',
    )
    expect(await codeOf(say({ kind: 'counted', doses: 1, day: '2021-03-09' }))).toBe('bad-date')
    expect(await codeOf(say({ kind: 'drawn', vials: 0, doses: 1, day: null }))).toBe('bad-number')
    expect(
      await codeOf(
        sayDoses(
          { pool: db.pool, clock },
          'SE2321000180-NONE',
          { kind: 'counted', doses: 1, day: null },
          'anna',
        ),
      ),
    ).toBe('unknown-clinic')
  })
})

it('the follow-up says what came of the doses, clinic by clinic', async () => {
  expect(await doseFollowUp(db.pool, clock.now(), null)).toEqual([])
  await deliver(
    db.pool,
    clock,
    { day: '2021-03-05', doses: 4 },
    { day: '2021-03-08', doses: 6, state: 'received' },
    { day: '2021-03-12', doses: 8, state: 'planned' },
  )
  await book(3, 2)
  await say({ kind: 'discarded', doses: 2, reason: 'cold-chain', day: null })
  await say({ kind: 'discarded', doses: 1, reason: 'damaged', day: null })
  await say({ kind: 'discarded', doses: 1, reason: 'cold-chain', day: null })
  await say({ kind: 'drawn', vials: 2, doses: 3, day: null })
  expect(await doseFollowUp(db.pool, clock.now(), hsaId)).toEqual([
    {
      hsaId,
      clinic: 'Provkliniken',
      area: 'falun',
      doses: 7, // 4 + 6, less 4 thrown away, and one more drawn
      booked: 3,
      short: 0,
      next: { day: '2021-03-12', vials: 8, state: 'planned' },
      overdue: 1, // it should have been confirmed on the 5th
      notReceived: 1,
      given: 0,
      discarded: 4,
      reasons: { 'cold-chain': 3, damaged: 1 },
      dosesPerVial: 1.5,
    },
  ])
})
