import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bookByCode } from '../../src/bookings/book.ts'
import { cancelByCode } from '../../src/bookings/cancel.ts'
import { namedConflicts, openConflicts } from '../../src/bookings/external/conflicts.ts'
import { takeOutside } from '../../src/bookings/external/import-bookings.ts'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { callsToMake } from '../../src/visits/call-list.ts'
import { solveConflict, type Side } from '../../src/visits/solve-conflict.ts'
import { databaseWithJobs } from '../support/database.ts'
import { invite } from '../support/invited.ts'

const number = '194401019809'
let clock: MovableClock
let db: Awaited<ReturnType<typeof databaseWithJobs>>
beforeEach(async () => {
  clock = new MovableClock(new Date('2021-03-11T08:00:00Z'))
  db = await databaseWithJobs()
  await invite(db.pool, 2, [1, 2, 2])
  await run(
    db.pool,
    `update person set identity_number = $1, email = 'ann@post.example' where id = 1`,
    [number],
  )
})
afterEach(() => db.drop())

const deps = () => ({
  pool: db.pool,
  clock,
  jobs: () => Promise.resolve(db.jobs),
  config: { PRINT_CUT_OFF: '12:00' },
})
/** Times are 08:05, 08:10, 08:15 for slots 1, 2, 3. */
const outside = (reference: string, slot: number, state: 'booked' | 'cancelled' = 'booked') =>
  takeOutside(deps(), {
    reference,
    identityNumber: number,
    purpose: 'covid-19/dose-1',
    hsaId: 'SE2321000180-1',
    startsAt: new Date(`2021-03-15T08:${slot === 1 ? '05' : slot * 5}:00+01:00`),
    state,
  })
const bookedTwice = async () => {
  await bookByCode(db.pool, clock, 'C1', 1, 'person')
  expect(await outside('b1', 2)).toBe('conflict')
}
const solve = (keep: Side, id = 1) => solveConflict(deps(), id, keep, 'anna')
const times = () =>
  rows(db.pool, 'select slot_id as slot, state from appointment where person_id = 1 order by id')
const messages = () =>
  rows(
    db.pool,
    `select step, channel, template, appointment_id as about from message where person_id = 1 and state = 'queued'`,
  )

describe('a double booking', () => {
  beforeEach(bookedTwice)

  it('is listed with name and both times, and each look is in the access log; the protected are not', async () => {
    expect(await namedConflicts(deps(), 'anna')).toMatchObject([
      {
        identityNumber: number,
        ours: { startsAt: new Date('2021-03-15T08:05:00+01:00') },
        outside: { reference: 'b1', startsAt: new Date('2021-03-15T08:10:00+01:00') },
      },
    ])
    expect((await openConflicts(db.pool))[0]).not.toHaveProperty('name')
    expect(
      await rows(
        db.pool,
        `select actor, person_id as person from access_log where action = 'double bookings'`,
      ),
    ).toEqual([{ actor: 'anna', person: 1 }])
    await run(db.pool, `update person set protection = 'sekretessmarkering' where id = 1`)
    expect(await namedConflicts(deps(), 'anna')).toEqual([])
  })

  it('keeps ours: the person is told, and the other clinic is to cancel; then it is off the list', async () => {
    expect(await solve('ours')).toMatchObject({
      appointment: 1,
      told: 'email',
      cancelThere: [{ reference: 'b1' }],
    })
    expect(await times()).toEqual([{ slot: 1, state: 'booked' }])
    expect(await messages()).toEqual([
      { step: 'confirmation:kept', channel: 'email', template: 'kept-time', about: 1 },
    ])
    expect(await openConflicts(db.pool)).toMatchObject([{ keep: 'ours' }])
    await outside('b1', 2, 'cancelled')
    expect(await openConflicts(db.pool)).toEqual([])
  })

  it('keeps the other: ours ends, theirs takes its place, and the invitation goes with it', async () => {
    expect(await solve('outside')).toMatchObject({
      appointment: 2,
      told: 'email',
      cancelThere: [],
    })
    expect(await times()).toEqual([
      { slot: 1, state: 'cancelled' },
      { slot: 2, state: 'booked' },
    ])
    expect(
      await row(
        db.pool,
        'select state, appointment_id as time from invitation where person_id = 1',
      ),
    ).toEqual({ state: 'answered', time: 2 })
    expect(await row(db.pool, 'select booked from slot where id = 1')).toEqual({ booked: 0 })
    expect(await messages()).toMatchObject([{ step: 'confirmation:kept', about: 2 }])
    expect(await openConflicts(db.pool)).toEqual([])
  })

  it('of somebody without e-mail is told by SMS', async () => {
    await run(
      db.pool,
      `update person
          set email = null, phone = '+46701740605',
              registered_address = '{"street": "Provgatan 1", "postcode": "79131", "town": "Falun"}'
        where id = 1`,
    )
    expect(await solve('ours')).toMatchObject({ told: 'sms' })
    expect(await messages()).toEqual([
      { step: 'confirmation:kept', channel: 'sms', template: 'kept-time', about: 1 },
    ])
  })

  it('of somebody with an address alone is told by letter, unless it would come too late', async () => {
    await run(
      db.pool,
      `update person
          set email = null, phone = null,
              registered_address = '{"street": "Provgatan 1", "postcode": "79131", "town": "Falun"}'
        where id = 1`,
    )
    await run(db.pool, `update campaign set spec = '{"postDays": 1}'`) // there on Friday; the time is on Monday
    expect(await solve('ours')).toMatchObject({ told: 'letter' })
    expect(await messages()).toMatchObject([{ channel: 'letter', template: 'kept-time' }])
  })

  it('of somebody whom nothing reaches in time puts them on the call list of the clinic whose time stays', async () => {
    await run(
      db.pool,
      `update person
          set email = null,
              registered_address = '{"street": "Provgatan 1", "postcode": "79131", "town": "Falun"}'
        where id = 1`,
    ) // a letter would come on Tuesday
    expect(await solve('outside')).toMatchObject({ told: 'call' })
    expect(await messages()).toEqual([])
    expect(await callsToMake(deps(), 'SE2321000180-1', 'anna')).toMatchObject([
      { personId: 1, why: 'moved-time' },
    ])
  })

  it('is decided once, and not for a time that has passed', async () => {
    clock.moveTo(new Date('2021-03-15T08:12:00+01:00'))
    await expect(solve('outside')).rejects.toMatchObject({ code: 'slot-past' })
    await solve('ours')
    await expect(solve('outside')).rejects.toMatchObject({ code: 'conflict-decided' })
    await expect(solve('ours', 99)).rejects.toMatchObject({ code: 'unknown-conflict' })
    expect(await times()).toEqual([{ slot: 1, state: 'booked' }])
  })
})

describe('a time that ended with us and is still booked elsewhere', () => {
  it('is taken up again when that is what holds', async () => {
    await outside('b1', 1)
    await cancelByCode(db.pool, clock, 'C1')
    await outside('b1', 1)
    expect(await openConflicts(db.pool)).toMatchObject([{ kind: 'ended-with-us' }])
    expect(await solve('outside')).toMatchObject({ appointment: 2, cancelThere: [] })
    expect(await times()).toEqual([
      { slot: 1, state: 'cancelled' },
      { slot: 1, state: 'booked' },
    ])
    expect(await openConflicts(db.pool)).toEqual([])
  })
})

describe('two bookings in other systems', () => {
  it('keeping the second tells the first clinic to cancel', async () => {
    await outside('b1', 1)
    expect(await outside('b2', 2)).toBe('conflict')
    expect(await solve('outside')).toMatchObject({ cancelThere: [{ reference: 'b1' }] })
    expect(await times()).toEqual([
      { slot: 1, state: 'cancelled' },
      { slot: 2, state: 'booked' },
    ])
  })
})
