import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { dayList, recordAttendance } from '../../src/visits/attendance.ts'
import { addInterval, dueForDose, planNextDoses } from '../../src/visits/dose-interval.ts'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { Refused } from '../../src/errors.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { invite } from '../support/invited.ts'

const [one, two] = ['covid-19/dose-1', 'covid-19/dose-2']
let db: TestDatabase
let clock: MovableClock
let deps: { pool: TestDatabase['pool']; clock: MovableClock }
beforeEach(async () => {
  db = await testDatabase()
  clock = new MovableClock(new Date('2021-03-15T12:00:00+01:00'))
  deps = { pool: db.pool, clock }
  await invite(db.pool, 4, [10])
  await run(
    db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-04-26 09:00+02', 10)`,
  )
  await run(
    db.pool,
    `insert into appointment (person_id, purpose, slot_id, made_by, made_at) select id, $1, 1, 'person', now() from person where id <= 3 order by id`,
    [one],
  )
})
afterEach(() => db.drop())
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error as Error)),
  )
const doses = () =>
  rows(
    db.pool,
    'select person_id as person, purpose, given_on as "givenOn", vaccine from dose order by 1, 2',
  )

describe('attendance', () => {
  it('notes the dose of who came, and takes it back when it was a slip', async () => {
    await recordAttendance(deps, 1, 'attended', 'anna', 'comirnaty')
    await recordAttendance(deps, 2, 'no-show', 'anna')
    expect(await doses()).toEqual([
      { person: 1, purpose: one, givenOn: '2021-03-15', vaccine: 'comirnaty' },
    ])
    await recordAttendance(deps, 1, 'no-show', 'anna')
    await recordAttendance(deps, 2, 'attended', 'bertil', 'comirnaty')
    expect(await doses()).toEqual([
      { person: 2, purpose: one, givenOn: '2021-03-15', vaccine: 'comirnaty' },
    ])
    expect(
      await row(db.pool, 'select state, recorded_by as by from appointment where id = 2'),
    ).toEqual({ state: 'attended', by: 'bertil' })
  })

  it('is refused before the day, for a cancelled time, and for one that has been replaced', async () => {
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at) values (4, $1, 2, 'person', now())`,
      [two],
    )
    expect(await codeOf(recordAttendance(deps, 4, 'attended', 'anna'))).toBe('too-early')
    await run(db.pool, `update appointment set state = 'cancelled', ended_at = now() where id = 3`)
    expect(await codeOf(recordAttendance(deps, 3, 'attended', 'anna'))).toBe('appointment-state')
    expect(await codeOf(recordAttendance(deps, 99, 'attended', 'anna'))).toBe('unknown-appointment')
    await recordAttendance(deps, 1, 'no-show', 'anna')
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at) values (1, $1, 2, 'person', now())`,
      [one],
    )
    expect(await codeOf(recordAttendance(deps, 1, 'attended', 'anna'))).toBe('already-booked')
    expect(await doses()).toEqual([])
  })

  it('shows a clinic its day, without the names of the protected, and notes who looked', async () => {
    await run(db.pool, `update person set phone = '+46701740605'`)
    await run(db.pool, `update person set protection = 'sekretessmarkering' where id = 2`)
    const list = await dayList(deps, 'SE2321000180-1', '2021-03-15', 'anna')
    expect(list.map((e) => [e.personId, e.name, e.phone])).toEqual([
      [1, 'A B', '+46701740605'],
      [2, '(skyddad identitet)', null],
      [3, 'A B', '+46701740605'],
    ])
    expect(
      await row(
        db.pool,
        `select count(*)::int as n from access_log where action = 'day list' and actor = 'anna'`,
      ),
    ).toEqual({ n: 3 })
  })
})

describe('the next dose', () => {
  const rule = (minDays: number, maxDays: number, validFrom = '2021-03-01') =>
    addInterval(
      deps,
      { vaccine: 'comirnaty', purpose: one, nextPurpose: two, validFrom, minDays, maxDays },
      'anna',
    )
  const plans = () =>
    rows(db.pool, 'select person_id as person, earliest, latest from next_dose order by 1')
  beforeEach(async () => {
    for (const id of [1, 2]) await recordAttendance(deps, id, 'attended', 'anna', 'comirnaty')
  })

  it("is planned by the vaccine's rule; who has a time booked keeps it and its plan when the rule changes", async () => {
    expect(await rule(21, 28)).toBe(1)
    expect([await planNextDoses(deps, one), await planNextDoses(deps, one)]).toEqual([2, 0])
    expect(await plans()).toEqual([
      { person: 1, earliest: '2021-04-05', latest: '2021-04-12' },
      { person: 2, earliest: '2021-04-05', latest: '2021-04-12' },
    ])
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at) values (1, $1, 2, 'person', now())`,
      [two],
    )
    expect(await rule(42, 49)).toBe(2)
    expect(await planNextDoses(deps, one)).toBe(1)
    expect(await plans()).toEqual([
      { person: 1, earliest: '2021-04-05', latest: '2021-04-12' },
      { person: 2, earliest: '2021-04-26', latest: '2021-05-03' },
    ])
    expect(
      await row(db.pool, 'select state, slot_id as slot from appointment where purpose = $1', [
        two,
      ]),
    ).toEqual({ state: 'booked', slot: 2 })
    expect(await dueForDose(db.pool, two, '2021-04-01', '2021-05-31')).toEqual([
      { personId: 2, earliest: '2021-04-26', latest: '2021-05-03' },
    ])
  })

  it('follows a rule only from its day, and says nothing of a vaccine without one', async () => {
    await rule(21, 28)
    await rule(84, 84, '2021-04-01')
    await recordAttendance(deps, 3, 'attended', 'anna', 'another')
    await planNextDoses(deps, one)
    expect(await plans()).toEqual([
      { person: 1, earliest: '2021-04-05', latest: '2021-04-12' },
      { person: 2, earliest: '2021-04-05', latest: '2021-04-12' },
    ])
    clock.moveTo(new Date('2021-04-01T08:00:00+02:00'))
    await planNextDoses(deps, one)
    expect((await plans())[0]).toEqual({ person: 1, earliest: '2021-06-07', latest: '2021-06-07' })
  })

  it('is not due for the dead, nor again for who has had it; a rule is never changed', async () => {
    await rule(21, 28)
    await planNextDoses(deps, one)
    await run(db.pool, `update person set deceased_on = '2021-03-20' where id = 1`)
    await run(
      db.pool,
      `insert into dose (person_id, purpose, given_on) values (2, $1, '2021-04-06')`,
      [two],
    )
    expect(await dueForDose(db.pool, two, '2021-04-01', '2021-05-31')).toEqual([])
    await expect(run(db.pool, 'update dose_interval set min_days = 1')).rejects.toThrow(
      'never changed',
    )
    expect(await codeOf(rule(28, 21))).toBe('bad-interval')
  })
})
