import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { pauseCampaign } from '../../../src/campaigns/actions.ts'
import { row, rows, run } from '../../../src/db/pool.ts'
import { dispatch } from '../../../src/messages/dispatch/dispatch.ts'
import { recordReceipts } from '../../../src/messages/receipts.ts'
import { settleDoubts } from '../../../src/messages/dispatch/settle.ts'
import { finishCampaigns } from '../../../src/ledger/campaigns.ts'
import { withdrawUndelivered } from '../../../src/messages/sweep.ts'
import { openLog } from '../../../src/log.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { openSpec } from '../../support/region.ts'
import { sending, type Sending } from '../../support/sending.ts'

const log = openLog('silent')
const byEmail = (over: object = {}) =>
  openSpec({
    channels: [
      {
        route: 'digital',
        needs: ['email', 'mobile'],
        steps: [
          { step: 'invitation', channel: 'email', template: 'invitation-open' },
          { step: 'reminder', channel: 'sms', template: 'reminder', after: 3 },
        ],
      },
    ],
    ...over,
  })

let s: Sending
beforeEach(async () => {
  s = await sending({ people: 12, places: 12 })
})
afterEach(() => s.close())

async function released(spec: object = byEmail()): Promise<void> {
  const id = await s.started(spec)
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
}
const states = async () =>
  Object.fromEntries(
    (
      await rows<{ k: string; n: number }>(
        s.db.pool,
        `select channel || ' ' || state || coalesce(' ' || reason, '') as k, count(*)::int as n from message group by 1`,
      )
    ).map((r) => [r.k, r.n]),
  )

describe('dispatch', () => {
  it('sends each message once, with the bytes that were stored', async () => {
    await released()
    await Promise.all([s.send('email'), s.send('email'), s.send('email')])
    expect(await states()).toEqual({ 'email sent': 4, 'sms queued': 4 })
    const stored = await rows<{ id: string; sha: string }>(
      s.db.pool,
      `select id, content_sha256 as sha from message where channel = 'email'`,
    )
    const taken = s.mails()
    expect(taken.map((m) => [m.reference, m.sha256]).sort()).toEqual(
      stored.map((m) => [m.id, m.sha]).sort(),
    )
    expect(taken).toHaveLength(4)
  })

  it('sends the reminder three days later, by SMS, but not to those who have booked', async () => {
    await released()
    await s.send('email')
    expect(await s.send('sms')).toBe(0)
    await run(
      s.db.pool,
      `with a as (insert into appointment (person_id, purpose, slot_id, made_by, made_at) select person_id, purpose, 1, 'person', now() from invitation where state = 'released' limit 1 returning id, person_id)
      update invitation i set state = 'answered', appointment_id = a.id from a where i.person_id = a.person_id`,
    )
    s.clock.moveTo(new Date('2021-03-11T09:00:00+01:00'))
    await s.send('sms')
    expect(await states()).toEqual({
      'email sent': 4,
      'sms sent': 3,
      'sms suppressed already-booked': 1,
    })
    expect(s.texts()).toHaveLength(3)
  })

  it('looks again just before: who has died, become protected or opted out since is not written to', async () => {
    await released()
    await run(s.db.pool, `update person set deceased_on = '2021-03-08' where given_name = 'Namn3'`)
    await run(
      s.db.pool,
      `update person set protection = 'sekretessmarkering' where given_name = 'Namn6'`,
    )
    await run(s.db.pool, `update person set opted_out = true where given_name = 'Namn9'`)
    await s.send('email')
    expect(await states()).toMatchObject({
      'email sent': 1,
      'email suppressed deceased': 1,
      'email suppressed protected': 1,
      'email suppressed opted-out': 1,
    })
    expect(s.mails()).toHaveLength(1)
  })

  it('a pause takes effect before the next message; resumed, the same bytes leave', async () => {
    await released()
    const channel = s.deps('email').channel
    let sent = 0
    const pausing = {
      ...channel,
      send: async (outgoing: Parameters<typeof channel.send>[0]) => {
        if (++sent === 1)
          await pauseCampaign(
            { pool: s.db.pool, clock: s.clock },
            'open-campaign',
            'anna',
            'wrong text',
          )
        return channel.send(outgoing)
      },
      connections: 1, // one at a time
    }
    await dispatch(s.deps('email', { channel: pausing }), 200)
    expect(s.mails()).toHaveLength(1)
    expect(await states()).toEqual({ 'email sent': 1, 'email queued': 3, 'sms queued': 4 })
    const before = await rows(
      s.db.pool,
      `select id, content_sha256 from message where channel = 'email' order by id`,
    )
    await run(s.db.pool, `update campaign set state = 'running', paused_why = null`)
    await run(s.db.pool, `update person set given_name = 'Annat'`)
    await s.send('email')
    expect(s.mails()).toHaveLength(4)
    expect(
      await rows(
        s.db.pool,
        `select id, content_sha256 from message where channel = 'email' order by id`,
      ),
    ).toEqual(before)
  })

  it('tries again after a passing fault, later each time, and gives up a bad address', async () => {
    await released()
    s.faults.mail = { reply: 451 }
    await s.send('email')
    expect(await states()).toMatchObject({ 'email queued': 4 })
    expect(await s.send('email')).toBe(0) // not at once
    s.clock.moveTo(new Date('2021-03-08T07:01:00+01:00'))
    s.faults.mail = { reply: 550 }
    await s.send('email')
    expect(
      await rows<{ state: string; attempts: number }>(
        s.db.pool,
        `select distinct state, attempts from message where channel = 'email'`,
      ),
    ).toEqual([{ state: 'failed', attempts: 2 }])
    expect(s.mails()).toHaveLength(0)
  })

  it('loses nobody: whom no channel reached is withdrawn with the reason, and the reminder is recalled', async () => {
    await released()
    await run(s.db.pool, `update person set deceased_on = '2021-03-08' where given_name = 'Namn3'`)
    s.faults.mail = { reply: 550 }
    await s.send('email')
    expect(await withdrawUndelivered(s.db.pool, s.clock.now())).toBe(4)
    expect(
      await rows(
        s.db.pool,
        `select reason, count(*)::int as n from invitation where state = 'withdrawn' group by 1 order by 1`,
      ),
    ).toEqual([
      { reason: 'deceased', n: 1 },
      { reason: 'not-delivered', n: 3 },
    ])
    expect(await states()).toMatchObject({ 'sms recalled invitation-withdrawn': 4 })
  })

  it('pauses the campaign when the provider refuses our account, and loses nothing', async () => {
    await released()
    await s.send('email')
    s.clock.moveTo(new Date('2021-03-11T09:00:00+01:00'))
    s.faults.sms = { status: 401 }
    await s.send('sms')
    expect(await row(s.db.pool, 'select state, paused_why as why from campaign')).toEqual({
      state: 'paused',
      why: 'sms: unauthorized',
    })
    expect(await states()).toEqual({ 'email sent': 4, 'sms queued': 4 })
  })

  it.each([
    ['cut-after', 4],
    ['cut-before', 0],
  ] as const)(
    'asks the provider about messages in doubt (%s) and sends only what it does not have',
    async (fault, alreadyThere) => {
      await released()
      s.faults.mail = fault
      await s.send('email')
      expect(await states()).toMatchObject({ 'email in-doubt': 4 })
      s.faults.mail = undefined
      await settleDoubts(s.db.pool, s.deps('email').channel, 0, log)
      expect(await states()).toMatchObject(
        alreadyThere ? { 'email delivered': 4 } : { 'email queued': 4 },
      ) // the relay's trace says delivered
      s.clock.moveTo(new Date('2021-03-08T07:01:00+01:00')) // the lane waited, for the relay may be in trouble
      await s.send('email')
      expect(await states()).toMatchObject(
        alreadyThere ? { 'email delivered': 4 } : { 'email sent': 4 },
      )
      expect(new Set(s.mails().map((m) => m.reference)).size).toBe(4)
      expect(s.mails()).toHaveLength(4)
    },
  )

  it('holds a message in doubt when nobody can say, unless the campaign says to send it again', async () => {
    await released()
    s.faults.mail = 'cut-after'
    await s.send('email')
    s.faults.mail = undefined
    const silent = {
      ...s.deps('email').channel,
      find: () => Promise.resolve({ kind: 'cannot-say' as const }),
    }
    await settleDoubts(s.db.pool, silent, 0, log)
    expect(await states()).toMatchObject({ 'email in-doubt': 4 })
    await finishCampaigns(s.db.pool, s.clock.now())
    expect(await row(s.db.pool, 'select state from campaign')).toEqual({ state: 'running' })
    await run(s.db.pool, `update campaign set spec = jsonb_set(spec, '{inDoubt}', '"resend"')`)
    await settleDoubts(s.db.pool, silent, 0, log)
    expect(await states()).toMatchObject({ 'email queued': 4 })
  })

  it('does not record for a worker whose claim was given up', async () => {
    await released()
    const channel = s.deps('email').channel
    const taken = {
      ...channel,
      send: async (outgoing: Parameters<typeof channel.send>[0]) => {
        await run(s.db.pool, `update message set state = 'in-doubt' where id = $1`, [
          outgoing.reference,
        ])
        return channel.send(outgoing)
      },
    }
    await dispatch(s.deps('email', { channel: taken }), 200)
    expect(await states()).toMatchObject({ 'email in-doubt': 4 })
    await settleDoubts(s.db.pool, channel, 0, log)
    expect(await states()).toMatchObject({ 'email delivered': 4 })
    expect(s.mails()).toHaveLength(4)
  })
})

describe('quiet hours', () => {
  it('hold back an SMS that comes due in them until they end, and e-mail not at all', async () => {
    await released()
    const at = (time: string) => s.clock.moveTo(new Date(`2021-03-${time}:00+01:00`))
    expect(await s.send('email')).toBe(4) // at seven
    at('11T07:00')
    expect(await s.send('sms')).toBe(0)
    at('11T07:59')
    expect(await s.send('sms')).toBe(0)
    at('11T08:00')
    expect(await s.send('sms')).toBe(4)
  })

  it('let the urgent lane through', async () => {
    await released()
    await run(s.db.pool, `update message set priority = 5 where channel = 'sms' and person_id = 3`)
    s.clock.moveTo(new Date('2021-03-11T23:00:00+01:00'))
    expect(await s.send('sms')).toBe(1)
  })
})

describe('receipts', () => {
  it('settle a message that was to be tried again: it is not sent a second time', async () => {
    await released()
    s.faults.mail = { reply: 451 }
    await s.send('email')
    const { id } = (await row<{ id: string }>(
      s.db.pool,
      `select id from message where channel = 'email' limit 1`,
    ))!
    await recordReceipts(s.db.pool, [
      { messageId: id, status: 'delivered', at: s.clock.now(), errorCode: null, raw: {} },
    ])
    expect(await states()).toMatchObject({ 'email delivered': 1, 'email queued': 3 })
  })

  it('count once, in any order, and a late failure does not undo a delivery', async () => {
    await released()
    await s.send('email')
    const { id } = (await row<{ id: string }>(
      s.db.pool,
      `select id from message where channel = 'email' limit 1`,
    ))!
    const receipt = (status: 'delivered' | 'failed', minute: number) => ({
      messageId: id,
      status,
      at: new Date(Date.UTC(2021, 2, 8, 7, minute)),
      errorCode: status === 'failed' ? 'unreachable' : null,
      raw: {},
    })
    expect(await recordReceipts(s.db.pool, [receipt('failed', 1)])).toBe(1)
    expect(await row(s.db.pool, 'select state, reason from message where id = $1', [id])).toEqual({
      state: 'failed',
      reason: 'unreachable',
    })
    expect(
      await recordReceipts(s.db.pool, [receipt('delivered', 2), receipt('delivered', 2)]),
    ).toBe(1)
    expect(await recordReceipts(s.db.pool, [receipt('failed', 3)])).toBe(1)
    expect(await row(s.db.pool, 'select state, reason from message where id = $1', [id])).toEqual({
      state: 'delivered',
      reason: null,
    })
    expect(
      await recordReceipts(s.db.pool, [
        { ...receipt('delivered', 2), messageId: '00000000-0000-4000-8000-000000000000' },
      ]),
    ).toBe(0)
  })
})

describe('the rate limit', () => {
  it('holds over workers that share nothing but the database', async () => {
    await released()
    const slow = { ...s.deps('email').channel, perSecond: 8 }
    const started = performance.now()
    await Promise.all([1, 2].map(() => dispatch(s.deps('email', { channel: slow }), 2)))
    // four at eight a second: the first at once, the last after three eighths
    expect(performance.now() - started).toBeGreaterThan(350)
    expect(s.mails()).toHaveLength(4)
  })
})

describe("a fault of the campaign's texts", () => {
  it('pauses the campaign and leaves nobody out', async () => {
    await released()
    await run(s.db.pool, `update message set template = 'invitation-opne' where channel = 'email'`) // approved once, taken away since
    await s.send('email')
    expect(await states()).toEqual({ 'email queued': 4, 'sms queued': 4 })
    expect(
      await row<{ why: string }>(s.db.pool, 'select paused_why as why from campaign'),
    ).toMatchObject({ why: expect.stringContaining('invitation-opne') })
  })
})
