import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { pauseCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { withdrawUndelivered } from '../../src/messages/sweep.ts'
import { keepPhone } from '../../src/release/line-store.ts'
import { createNotice, liftNotice } from '../../src/notices/notice.ts'
import { passOnInHouseholds } from '../../src/notices/people.ts'
import { advanceNotice } from '../../src/notices/plan.ts'
import { noticeAudience } from '../../src/notices/audience.ts'
import { noticeNamed, publishedNotices } from '../../src/notices/store.ts'
import { noticeRegion, type Notices, warningOrder } from '../support/notices.ts'
import type { Sending } from '../support/sending.ts'

let s: Sending
let n: Notices
beforeEach(async () => {
  ;({ s, n } = await noticeRegion())
})
afterEach(() => s.close())

describe('a fraud warning', () => {
  it('goes to everybody once, on the first channel that reaches them, and not to the dead, the protected and those who said no', async () => {
    await run(s.db.pool, `update person set deceased_on = '2021-03-01' where given_name = 'Namn1'`)
    await run(
      s.db.pool,
      `update person set protection = 'sekretessmarkering' where given_name = 'Namn3'`,
    )
    await run(s.db.pool, `update person set opted_out = true where given_name = 'Namn2'`)
    const { id, released } = await n.warn()
    expect(released).toBe(9)
    await n.deliver(id)
    expect(await n.funnel(id)).toEqual({
      released: 9,
      'suppressed deceased': 1,
      'suppressed protected': 1,
      'suppressed opted-out': 1,
    })
    expect(await n.messages(id)).toEqual({ 'sms sent': 3, 'letter sent': 6 })
    expect(s.texts()).toHaveLength(3)
    expect(await advanceNotice(n.deps, id)).toBe(0)
  })

  it('needs two people', async () => {
    await createNotice(n.deps, warningOrder(), 'anna')
    await expect(startCampaign(n.deps, 'bluffsamtal', 'anna')).rejects.toThrow(
      expect.objectContaining({ code: 'illegal-transition' }),
    )
  })

  it('is the same when ordered again, and another under the same name is refused', async () => {
    const first = await createNotice(n.deps, warningOrder(), 'anna')
    expect((await createNotice(n.deps, warningOrder(), 'bertil')).campaignId).toBe(first.campaignId)
    await expect(createNotice(n.deps, warningOrder({ audience: '65+' }), 'anna')).rejects.toThrow(
      expect.objectContaining({ code: 'notice-exists' }),
    )
    await expect(
      createNotice(n.deps, warningOrder({ name: 'tom', channels: [], public: false }), 'anna'),
    ).rejects.toThrow(expect.objectContaining({ code: 'bad-notice' }))
  })

  it('can be aimed at an age', async () => {
    await run(s.db.pool, `update person set birth_date = '1990-01-01' where id > 4`)
    expect((await n.warn({ audience: '65+' })).released).toBe(4)
  })

  it('says before it is sent what it will be, and then is that', async () => {
    await run(
      s.db.pool,
      `update person set protection = 'sekretessmarkering' where given_name = 'Namn3'`,
    )
    await createNotice(n.deps, warningOrder(), 'anna')
    const preview = await noticeAudience({ ...n.deps, phoneCapacity: 2 }, 'bluffsamtal')
    expect(preview).toMatchObject({ people: 12, told: 11, perDay: 36 })
    expect(preview.groups).toContainEqual({
      route: null,
      language: null,
      reason: 'protected',
      number: 1,
    })
    expect(await row(s.db.pool, 'select count(*)::int as n from invitation')).toEqual({ n: 0 })
    expect(await n.send('bluffsamtal')).toBe(11)
  })

  it("reaches a household once, and goes on to the next member when it can't reach the first", async () => {
    await run(
      s.db.pool,
      `update person set household = case when id <= 3 then 'ett' when id <= 5 then 'två' end`,
    )
    const { id, released } = await n.warn({ perHousehold: true, channels: ['letter'] })
    expect(released).toBe(9)
    expect(await n.funnel(id)).toEqual({ released: 9, 'suppressed household-told': 3 })
    await run(
      s.db.pool,
      `update person set deceased_on = '2021-03-08' where id in (select person_id from invitation where state = 'released' and person_id <= 3)`,
    )
    await n.deliver(id)
    await withdrawUndelivered(s.db.pool, s.clock.now())
    expect(await passOnInHouseholds(s.db.pool, s.clock.now())).toBe(1)
    s.clock.moveTo(new Date('2021-03-09T07:00:00+01:00'))
    expect(await advanceNotice(n.deps, id)).toBe(1)
    await n.deliver(id)
    const households = await rows(
      s.db.pool,
      `select p.household, count(*)::int as n from message m join person p on p.id = m.person_id where m.state = 'sent' group by 1 order by 1 nulls last`,
    )
    expect(households).toEqual([
      { household: 'ett', n: 1 },
      { household: 'två', n: 1 },
      { household: null, n: 7 },
    ])
  })

  it('leaves no faster than the phones can take those who call, day by day, and counts the weekend to Monday', async () => {
    // 12 people, 100 of 100 call, the phones take 5 a day of which 92 % may be planned for: 4 a day.
    const { id, released } = await n.warn({ callsPer100: 100 }, 5)
    const released2 = async (day: string) => {
      s.clock.moveTo(new Date(`${day}T10:00:00+01:00`))
      return advanceNotice({ ...n.deps, phoneCapacity: 5 }, id)
    }
    expect([released, await released2('2021-03-08'), await released2('2021-03-09')]).toEqual([
      4, 0, 4,
    ])
    await keepPhone(s.db.pool, '2021-03-09', { calls: 3 })
    expect(await released2('2021-03-10')).toBe(1) // 4.6 less the 3 calls of the day before
    expect(await released2('2021-03-13')).toBe(1) // Saturday: they call on Monday
    expect(await released2('2021-03-14')).toBe(0)
    expect(
      await rows(s.db.pool, 'select day, number, bound from wave order by day'),
    ).toContainEqual({ day: '2021-03-13', number: 1, bound: 'phone' })
  })

  it('stops before the next message', async () => {
    const { id } = await n.warn()
    await pauseCampaign(n.deps, 'bluffsamtal', 'anna', 'fel text')
    await n.deliver(id)
    expect(await n.messages(id)).toEqual({ 'sms queued': 4, 'letter queued': 8 })
  })

  it("stands on the region's pages from when it is sent until it is lifted; one for the pages only is sent to nobody", async () => {
    const { id } = await n.warn({ name: 'pa-sidan', channels: [] })
    expect(await n.funnel(id)).toEqual({})
    expect((await publishedNotices(s.db.pool)).map(({ name }) => name)).toEqual(['pa-sidan'])
    await liftNotice(n.deps, 'pa-sidan', 'bertil')
    expect(await publishedNotices(s.db.pool)).toEqual([])
    expect((await noticeNamed(s.db.pool, 'pa-sidan')).liftedAt).toEqual(s.clock.now())
    expect((await n.warn({ name: 'hemlig', public: false })).released).toBe(12)
    expect(await publishedNotices(s.db.pool)).toEqual([])
  })
})
