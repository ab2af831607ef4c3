import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { subjectByCode } from '../../src/bookings/booking-subject.ts'
import { bookTime } from '../../src/bookings/desk.ts'
import { pauseCampaign, resumeCampaign } from '../../src/campaigns/actions.ts'
import { lockCampaign } from '../../src/campaigns/store.ts'
import { openPool, row, rows, run, transaction } from '../../src/db/pool.ts'
import type { Jobs } from '../../src/jobs/boss.ts'
import { wake } from '../../src/messages/sweep.ts'
import { areaPeople } from '../../src/release/line-store.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'
import { anyText } from '../support/started.ts'

const eager = { release: { policy: 'eager' } }
let s: Sending
beforeEach(async () => {
  s = await sending({ people: 300, places: 5000 })
})
afterEach(() => s.close())

/** Three thousand people more: what is released today takes two transactions. */
const many = () =>
  run(
    s.db.pool,
    `insert into person (
            identity_number, identity_kind, birth_date, given_name, family_name, municipality, registered_address)
     select '1944' || to_char(birth_date, 'MMDD') || (981 + n) || n, identity_kind, birth_date, given_name,
            family_name, municipality, registered_address
       from person, generate_series(0, 8) n`,
  )
const waves = () =>
  rows<{ number: number; unreleased: number }>(s.db.pool, 'select number, unreleased from wave')
const released = async () =>
  (await row<{ n: number }>(
    s.db.pool,
    `select count(*)::int as n from invitation where state = 'released'`,
  ))!.n
const messages = async () =>
  (await row<{ n: number }>(
    s.db.pool,
    `select count(distinct invitation_id)::int as n from message where step = 'invitation'`,
  ))!.n

/** The program dies in the second chunk, when it leaves its first job: 2 000 are released, their messages queued. */
async function killedInTheSecond(campaign: number): Promise<void> {
  let chunks = 0
  const dying: Jobs = {
    ...s.jobs,
    enqueue: (db, name, payloads, options) => {
      if (name === 'print' && ++chunks === 2) throw new Error('killed')
      return s.jobs.enqueue(db, name, payloads, options)
    },
  }
  await expect(
    releaseWave({ pool: s.db.pool, clock: s.clock, jobs: dying }, campaign),
  ).rejects.toThrow('killed')
}
const release = (campaign: number) =>
  releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
const by = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs, textGate: anyText })

describe('a wave of more than a chunk', () => {
  it('is released to its number by the next run when the program was killed, and nobody twice', async () => {
    await many()
    const campaign = await s.started(openSpec(eager))
    await killedInTheSecond(campaign)
    expect([await released(), await messages()]).toEqual([2000, 2000])
    expect(await waves()).toEqual([{ number: 3000, unreleased: 1000 }])
    expect(await release(campaign)).toBe(1000)
    expect([await released(), await messages()]).toEqual([3000, 3000])
    expect(await waves()).toEqual([{ number: 3000, unreleased: 0 }])
    expect(await release(campaign)).toBe(0)
  })

  it('stops at a pause, and the sweep after it is resumed continues', async () => {
    await many()
    const campaign = await s.started(openSpec(eager))
    await killedInTheSecond(campaign)
    await pauseCampaign(by(), 'open-campaign', 'anna', 'a fault in the letter')
    expect(await release(campaign)).toBe(0)
    await run(s.db.pool, `delete from pgboss.job where name = 'release'`) // what the killed program left behind
    const waiting = () =>
      rows(s.db.pool, `select data from pgboss.job where name = 'release' and state = 'created'`)
    await wake(s.db.pool, s.jobs, s.clock.now())
    expect(await waiting()).toEqual([])
    await resumeCampaign(by(), 'open-campaign', 'anna')
    await wake(s.db.pool, s.jobs, s.clock.now())
    expect(await waiting()).toEqual([{ data: { campaign } }])
    expect(await release(campaign)).toBe(1000)
  })

  it('ends when people have been taken out meanwhile, and does not begin again when they come back', async () => {
    await many()
    const campaign = await s.started(openSpec(eager))
    await killedInTheSecond(campaign)
    const planned = `where id in (select id from invitation where state = 'planned' order by id limit 10)`
    await run(
      s.db.pool,
      `update invitation set state = 'suppressed', reason = 'opted-out' ${planned}`,
    )
    expect(await release(campaign)).toBe(990)
    await run(
      s.db.pool,
      `update invitation set state = 'planned', reason = null where state = 'suppressed'`,
    )
    expect(await release(campaign)).toBe(0)
  })

  it('counts on its places from the first chunk on: another campaign does not', async () => {
    await many()
    const campaign = await s.started(openSpec(eager))
    await killedInTheSecond(campaign)
    const other = await s.started(openSpec({ ...eager, name: 'other', purpose: 'influenza/2021' }))
    const [area] = await areaPeople(
      s.db.pool,
      await transaction(s.db.pool, (tx) => lockCampaign(tx, other)),
      '2021-03-08',
    )
    expect(area).toMatchObject({ remaining: 3000, others: 3000 })
  })
})

describe('a booking beside a release', () => {
  it('waits for nothing that the release holds, confirmation and all', async () => {
    const campaign = await s.started(openSpec(eager))
    await release(campaign)
    const { code } = (await row<{ code: string }>(
      s.db.pool,
      'select i.code from invitation i join person p on p.id = i.person_id where p.email is not null limit 1',
    ))!
    const impatient = openPool(s.db.url, 2, { lock_timeout: '100ms' })
    try {
      await transaction(s.db.pool, async (tx) => {
        await lockCampaign(tx, campaign) // as a release does, from its start to its end
        await run(tx, `select pg_advisory_xact_lock(hashtext('release'))`)
        const subject = (await subjectByCode(impatient, code, null))!
        const desk = { pool: impatient, clock: s.clock, jobs: () => Promise.resolve(s.jobs) }
        expect(await bookTime(desk, subject, 1, 'person')).toMatchObject({ slotId: 1 })
      })
    } finally {
      await impatient.end()
    }
    expect(
      await row(s.db.pool, `select state from message where step = 'confirmation'`),
    ).toMatchObject({ state: 'queued' })
  })
})
