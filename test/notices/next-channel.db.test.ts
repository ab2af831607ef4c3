import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { rows, run, transaction } from '../../src/db/pool.ts'
import { finishCampaigns } from '../../src/ledger/campaigns.ts'
import { takeNextChannel } from '../../src/messages/dispatch/next-channel.ts'
import { withdrawUndelivered } from '../../src/messages/sweep.ts'
import { noticeRegion, type Notices } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import { releaseWave } from '../../src/release/wave.ts'
import type { Sending } from '../support/sending.ts'

// Of twelve people four have a mobile and an e-mail address; all have a postal address.
let s: Sending
let n: Notices
beforeEach(async () => {
  ;({ s, n } = await noticeRegion())
})
afterEach(() => s.close())

const takeOver = () => transaction(s.db.pool, (tx) => takeNextChannel(tx, s.clock.now()))
/** The provider gives up what has been sent on the channel. */
const giveUp = (channel: string, campaign: number) =>
  run(
    s.db.pool,
    `update message set state = 'failed', reason = 'not-delivered' where channel = $1 and campaign_id = $2`,
    [channel, campaign],
  )

it('a warning whose SMS reaches nobody goes by e-mail, and by letter when that fails too', async () => {
  const { id } = await n.warn()
  await n.deliver(id)
  await giveUp('sms', id)
  await transaction(s.db.pool, (tx) => finishCampaigns(tx, s.clock.now()))
  expect(await takeOver()).toBe(4)
  await n.deliver(id)
  expect(await n.messages(id)).toEqual({
    'letter sent': 8,
    'sms failed not-delivered': 4,
    'email sent': 4,
  })
  await giveUp('email', id)
  expect(await takeOver()).toBe(4)
  await n.deliver(id)
  expect(await n.messages(id)).toEqual({
    'letter sent': 12,
    'sms failed not-delivered': 4,
    'email failed not-delivered': 4,
  })
  expect(await rows(s.db.pool, 'select distinct priority from message')).toEqual([{ priority: 20 }])
  expect(await n.funnel(id)).toEqual({ released: 12 })
})

it('a warning by SMS and letter only goes by letter to those whose SMS failed', async () => {
  const { id } = await n.warn({ channels: ['sms', 'letter'] })
  s.faults.sms = { status: 422 } // the provider will not take the number
  await n.deliver(id)
  expect(await takeOver()).toBe(4)
  await n.deliver(id)
  expect(await n.messages(id)).toMatchObject({ 'letter sent': 12 })
  expect(s.texts()).toEqual([])
  expect(await n.funnel(id)).toEqual({ released: 12 })
})

it('is given up only when the plan has come to its end', async () => {
  const { id } = await n.warn({ channels: ['sms'] })
  await n.deliver(id)
  await giveUp('sms', id)
  expect(await takeOver()).toBe(0)
  await withdrawUndelivered(s.db.pool, s.clock.now())
  expect(await n.funnel(id)).toEqual({
    'suppressed no-reachable-channel': 8,
    'withdrawn not-delivered': 4,
  })
})

it('a correction tries every channel, beginning with that of the wrong message', async () => {
  const campaign = await s.started(openSpec())
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
  await n.deliver(campaign)
  const { id } = await n.correct({ of: 'open-campaign' })
  await n.deliver(id)
  expect(await n.messages(id)).toEqual({ 'letter sent': 8, 'email sent': 4 })
  await giveUp('email', id)
  expect(await takeOver()).toBe(4)
  await n.deliver(id)
  expect(await n.messages(id)).toEqual({
    'letter sent': 12,
    'email failed not-delivered': 4,
  })
  await giveUp('letter', id)
  expect(await takeOver()).toBe(4)
  await n.deliver(id)
  expect(await n.messages(id)).toEqual({
    'letter failed not-delivered': 12,
    'email failed not-delivered': 4,
    'sms sent': 4,
  })
})
