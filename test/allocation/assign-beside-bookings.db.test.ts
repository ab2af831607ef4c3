import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { assignTimes } from '../../src/allocation/assign.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

let s: Sending
let campaign: number
beforeEach(async () => {
  s = await sending({ people: 4, places: 0 })
  await run(
    s.db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-15 09:10+01', 3), (1, '2021-03-16 09:10+01', 1)`,
  )
  await run(s.db.pool, `update person set birth_date = '1950-01-01' where id = 4`)
  const letters = {
    channels: [
      {
        route: 'post',
        needs: ['address'],
        steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
      },
    ],
  }
  campaign = await s.started(openSpec({ name: 'timed', way: 'timed', ...letters }))
  // Person 4 has an open invitation of another campaign with the same purpose.
  const other = await s.started(
    openSpec({
      name: 'open',
      cohort: { name: 'others', rule: { born: { from: 1950, to: 1950 } } },
    }),
  )
  await run(
    s.db.pool,
    `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at) values ($1, 'falun', '2021-03-08', 1, 'remaining', '{}', now())`,
    [other],
  )
  await run(
    s.db.pool,
    `update invitation set state = 'released', wave_id = 1, released_at = now() where campaign_id = $1 and state = 'planned'`,
    [other],
  )
})
afterEach(() => s.close())

/** Holds the waiting invitation of person 1, as somebody at work with it would, until `meanwhile` is done. */
async function whileAssigning(
  meanwhile: (holder: pg.PoolClient) => Promise<unknown>,
): Promise<number> {
  const holder = await s.db.pool.connect()
  try {
    await holder.query(`begin; set local lock_timeout = '5s'`)
    await holder.query(
      'select from invitation where campaign_id = $1 and person_id = 1 for update',
      [campaign],
    )
    const assigned = assignTimes({ pool: s.db.pool, clock: s.clock }, campaign)
    assigned.catch(() => {}) // seen below
    while (
      !(await row(
        s.db.pool,
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and state = 'active'`,
      ))
    );
    await meanwhile(holder)
    await holder.query('commit')
    return await assigned
  } finally {
    holder.release()
  }
}

const slotsOf = async () =>
  (
    await rows<{ slot: number; n: number }>(
      s.db.pool,
      `select slot_id as slot, count(*)::int as n from appointment where state = 'booked' group by 1 order by 1`,
    )
  ).map((r) => [r.slot, r.n])

describe('giving out fixed times', () => {
  it('waits for whoever holds an invitation before it holds a slot: no deadlock', async () => {
    expect(
      await whileAssigning((holder) =>
        holder.query(`update slot set overbooking = 1 where id = 6`),
      ),
    ).toBe(3)
  })

  it('lets others book meanwhile, and finds another time for those whose place they took', async () => {
    const { code } = (await row<{ code: string }>(
      s.db.pool,
      `select code from invitation where person_id = 4 and state = 'released'`,
    ))!
    const given = await whileAssigning(async () => {
      const booker = await s.db.pool.connect()
      try {
        await booker.query(`set lock_timeout = '2s'`)
        await bookByCode(booker, s.clock, code, 6, 'person')
      } finally {
        await booker.query('reset lock_timeout')
        booker.release()
      }
    })
    expect(given).toBe(3)
    expect(await slotsOf()).toEqual([
      [6, 3],
      [7, 1],
    ])
  })

  it('gives no time to somebody who became protected while the plan was made', async () => {
    expect(
      await whileAssigning(() =>
        run(s.db.pool, `update person set protection = 'sekretessmarkering' where id = 2`),
      ),
    ).toBe(2)
    expect(
      await rows(
        s.db.pool,
        `select state, reason from invitation where campaign_id = $1 and person_id = 2`,
        [campaign],
      ),
    ).toEqual([{ state: 'suppressed', reason: 'protected' }])
  })
})
