import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bookByCode } from '../../src/bookings/book.ts'
import { confirmByEmail } from '../../src/bookings/confirm.ts'
import { bookTime, cancelTime, moveTime, type Desk } from '../../src/bookings/desk.ts'
import { subjectByCode, subjectByNumber } from '../../src/bookings/booking-subject.ts'
import { recordFailedSearch } from '../../src/bookings/cancel.ts'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import { Refused } from '../../src/errors.ts'
import { openJobs, type Jobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { invite } from '../support/invited.ts'

let db: TestDatabase
let desk: Desk
let jobs: Promise<Jobs> | undefined
beforeEach(async () => {
  db = await testDatabase()
  jobs = undefined
  desk = {
    pool: db.pool,
    clock: new MovableClock(new Date('2021-03-11T08:00:00Z')),
    jobs: () => (jobs ??= openJobs(db.pool, openLog('silent'))),
  }
})
afterEach(async () => {
  await (await jobs)?.close()
  await db.drop()
})

const subject = async (code: string) => (await subjectByCode(db.pool, code, null))!
const book = async (code: string, slot: number) =>
  bookTime(desk, await subject(code), slot, 'person')
const move = async (code: string, slot: number) =>
  moveTime(desk, await subject(code), slot, 'person')
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error as Error)),
  )
const booked = () =>
  rows<{ booked: number }>(db.pool, 'select booked from slot order by id').then((found) =>
    found.map((slot) => slot.booked),
  )

describe('people who book at the same time', () => {
  it('do not wait for each other, confirmation included, unless they want the same place', async () => {
    const { slots } = await invite(db.pool, 2, [1, 1])
    await run(db.pool, `update person set email = 'person' || id || '@post.example'`)
    await transaction(db.pool, async (tx) => {
      const first = await subject('C1')
      const { appointmentId } = await bookByCode(tx, desk.clock, 'C1', slots[0]!, 'person')
      await confirmByEmail(tx, first.invitation!.id, appointmentId, desk.clock.now())
      // The first is not committed yet: a lock that both need would keep the second waiting for ever.
      expect(await book('C2', slots[1]!)).toMatchObject({ slotId: slots[1], mailed: true })
    })
    expect(await booked()).toEqual([1, 1])
  })
})

describe('moving', () => {
  it('takes the new place and gives the old one back, and keeps what was', async () => {
    const { slots } = await invite(db.pool, 1, [1, 1])
    await book('C1', slots[0]!)
    expect(await move('C1', slots[1]!)).toMatchObject({
      slotId: slots[1],
      clinic: { name: 'Älvmottagningen' },
    })
    expect(await booked()).toEqual([0, 1])
    expect(
      await rows(
        db.pool,
        'select state, ended_at is not null as ended from appointment order by id',
      ),
    ).toEqual([
      { state: 'moved', ended: true },
      { state: 'booked', ended: false },
    ])
    expect(
      await row(
        db.pool,
        'select i.state, a.slot_id from invitation i join appointment a on a.id = i.appointment_id',
      ),
    ).toEqual({ state: 'answered', slot_id: slots[1] })
  })

  it('of a time that the person has not been told of yet changes what they will be told', async () => {
    const { slots } = await invite(db.pool, 1, [1, 1], 'planned')
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, state, made_by, made_at)
       values (1, 'covid-19/dose-1', $1, 'booked', 'assigned', now())`,
      [slots[0]!],
    )
    await run(db.pool, 'update invitation set appointment_id = 1')
    const caller = (await subjectByNumber(db.pool, '194400000001', 'covid-19/dose-1'))!
    await moveTime(desk, caller, slots[1]!, 'clinic')
    expect(
      await row(
        db.pool,
        'select i.state, a.slot_id from invitation i join appointment a on a.id = i.appointment_id',
      ),
    ).toEqual({ state: 'planned', slot_id: slots[1] })
  })

  it("keeps the time when the new one can't be had", async () => {
    const { slots } = await invite(db.pool, 3, [1, 1])
    const past = (await row<{ id: number }>(
      db.pool,
      `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-11 08:55+01', 5) returning id`,
    ))!.id
    await book('C1', slots[0]!)
    await book('C2', slots[1]!)
    expect(await codeOf(move('C1', slots[1]!))).toBe('slot-full')
    expect(await codeOf(move('C1', slots[0]!))).toBe('same-time')
    expect(await codeOf(move('C1', past))).toBe('slot-past')
    expect(await codeOf(move('C1', 9999))).toBe('slot-unknown')
    expect(await codeOf(move('C3', slots[0]!))).toBe('nothing-booked')
    await run(db.pool, `update clinic set area = 'mora' where id = 1`)
    await run(db.pool, 'update slot set capacity = 2')
    expect(await codeOf(move('C1', slots[1]!))).toBe('slot-elsewhere')
    expect(
      await rows(
        db.pool,
        `select person_id, slot_id from appointment where state = 'booked' order by 1`,
      ),
    ).toEqual([
      { person_id: 1, slot_id: slots[0] },
      { person_id: 2, slot_id: slots[1] },
    ])
  })

  it('lets two people change places with a third free one without deadlock or loss', async () => {
    const { slots } = await invite(db.pool, 4, [1, 1, 1, 1, 1])
    for (const [i, code] of ['C1', 'C2', 'C3', 'C4'].entries()) await book(code, slots[i]!)
    const outcomes = await Promise.all(
      Array.from({ length: 120 }, (_, i) => codeOf(move(`C${(i % 4) + 1}`, slots[(i * 7) % 5]!))),
    )
    expect(outcomes.filter((o) => !['done', 'slot-full', 'same-time'].includes(o))).toEqual([])
    expect(
      await rows(db.pool, `select person_id from appointment where state = 'booked' order by 1`),
    ).toEqual([{ person_id: 1 }, { person_id: 2 }, { person_id: 3 }, { person_id: 4 }])
    expect((await booked()).reduce((sum, n) => sum + n, 0)).toBe(4)
  })
})

describe('who may book', () => {
  it('is whoever is invited, also late, and not again after the visit', async () => {
    const { slots } = await invite(db.pool, 3, [5])
    await run(db.pool, `update invitation set state = 'expired' where code = 'C1'`)
    await run(
      db.pool,
      `insert into dose (person_id, purpose, given_on) values (2, 'covid-19/dose-1', '2021-02-01')`,
    )
    await book('C1', slots[0]!)
    expect(await codeOf(book('C2', slots[0]!))).toBe('already-vaccinated')
    expect(await row(db.pool, `select state from invitation where code = 'C1'`)).toEqual({
      state: 'answered',
    })
  })

  it("is only in their own area and on the campaign's days, unless a clinic sees to it", async () => {
    const { slots } = await invite(db.pool, 2, [5])
    await run(db.pool, `update campaign set spec = '{"slots": {"from": "2021-03-16"}}'`)
    expect(await codeOf(book('C1', slots[0]!))).toBe('slot-elsewhere')
    await bookTime(desk, await subject('C1'), slots[0]!, 'clinic')
    await run(db.pool, `update campaign set spec = '{"slots": {"to": "2021-03-15"}}'`)
    await book('C2', slots[0]!)
  })

  it("is, without an invitation, whoever fits a running campaign's cohort; the wrong age group is told why", async () => {
    const { slots } = await invite(db.pool, 1, [5])
    await run(
      db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name, birth_date) values ('194401019809', 'personnummer', 'A', 'B', '1944-01-01'), ('198001019804', 'personnummer', 'C', 'D', '1980-01-01')`,
    )
    await run(db.pool, `update cohort set rule = '{"born": {"to": 1946}}'`)
    const old = (await subjectByNumber(db.pool, '194401019809', 'covid-19/dose-1'))!
    const young = (await subjectByNumber(db.pool, '198001019804', 'covid-19/dose-1'))!
    expect(await codeOf(bookTime(desk, old, slots[0]!, 'clinic'))).toBe('not-eligible')
    await run(
      db.pool,
      `insert into campaign_approval select 1, x, now() from unnest(array['a', 'b']) x`,
    )
    for (const state of ['approved', 'planning'])
      await run(db.pool, 'update campaign set state = $1', [state])
    await run(db.pool, `update campaign set state = 'running', cohort_size = 1`)
    expect(await bookTime(desk, old, slots[0]!, 'clinic')).toMatchObject({ slotId: slots[0] })
    expect(await codeOf(bookTime(desk, old, slots[0]!, 'clinic'))).toBe('already-booked')
    await expect(bookTime(desk, young, slots[0]!, 'clinic')).rejects.toMatchObject({
      code: 'not-eligible',
      swedish: expect.stringContaining('inte personens tur än') as unknown,
      details: { why: 'not-in-cohort' },
    })
    await cancelTime(desk, old)
    expect(await codeOf(cancelTime(desk, old))).toBe('nothing-booked')
  })
})

describe("an old letter's code", () => {
  it('leads to the invitation that replaced it', async () => {
    const { slots } = await invite(db.pool, 1, [1, 1])
    await run(db.pool, `update invitation set state = 'superseded'`)
    expect(await subjectByCode(db.pool, 'C1', null)).toBeUndefined()
    await run(
      db.pool,
      `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at) values ('again', 'covid-19/dose-1', 'timed', 1, '{}', 'x', now())`,
    )
    await run(
      db.pool,
      `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at) values (2, 'falun', '2021-03-11', 1, 'x', '{}', now())`,
    )
    await run(
      db.pool,
      `insert into invitation (campaign_id, person_id, purpose, generation, replaces_id, state, area, route, language, code, wave_id, state_since) values (2, 1, 'covid-19/dose-1', 2, 1, 'released', 'falun', 'x', 'sv', 'NEW', 2, now())`,
    )
    expect((await subjectByCode(db.pool, 'C1', null))?.invitation?.code).toBe('NEW')
    await book('C1', slots[0]!)
    expect(await row(db.pool, `select state from invitation where code = 'NEW'`)).toEqual({
      state: 'answered',
    })
  })

  it('opens nothing with another birth date, for the dead, or for those protected since', async () => {
    await invite(db.pool, 3, [1])
    await run(db.pool, `update person set birth_date = '1944-01-25'`)
    await run(db.pool, `update person set deceased_on = '2021-03-01' where id = 2`)
    await run(db.pool, `update person set protection = 'sekretessmarkering' where id = 3`)
    const opens = async (code: string, birth: string) =>
      Boolean(await subjectByCode(db.pool, code, birth))
    expect(
      await Promise.all([
        opens('C1', '19440125'),
        opens('C1', '440125'),
        opens('C1', '19440126'),
        opens('C2', '19440125'),
        opens('C3', '19440125'),
      ]),
    ).toEqual([true, true, false, false, false])
    await run(db.pool, 'update person set birth_date = null')
    expect(await opens('C1', '19440125')).toBe(false)
  })
})

describe('searches in vain', () => {
  it('count once a person and day, by the day in Sweden', async () => {
    await invite(db.pool, 1, [0])
    const at = (time: string) => recordFailedSearch(db.pool, new MovableClock(new Date(time)), 'C1')
    await Promise.all(Array.from({ length: 10 }, () => at('2021-03-11T21:00:00Z')))
    await at('2021-03-11T23:30:00Z')
    await at('2021-03-12T08:00:00Z')
    expect(await row(db.pool, 'select count(*)::int as n from failed_search')).toEqual({ n: 2 })
  })
})
