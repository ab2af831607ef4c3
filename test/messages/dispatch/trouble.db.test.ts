import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pauseCampaign } from '../../../src/campaigns/actions.ts'
import { campaignNamed } from '../../../src/campaigns/store.ts'
import { row, rows, run } from '../../../src/db/pool.ts'
import { dispatch } from '../../../src/messages/dispatch/dispatch.ts'
import { settleDoubts } from '../../../src/messages/dispatch/settle.ts'
import { pauseInTrouble, troubles } from '../../../src/messages/dispatch/trouble.ts'
import { withdrawUndelivered } from '../../../src/messages/sweep.ts'
import { openLog } from '../../../src/log.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { openSpec } from '../../support/region.ts'
import { sending, type Sending } from '../../support/sending.ts'

/** In each test a campaign of its own, to people of another year. */
const people = 20
const tests = 11
const log = openLog('silent')
let s: Sending
let year = 1939
let monday = new Date('2021-09-06T09:00:00+02:00')
beforeAll(async () => {
  s = await sending({ people: people * tests, places: people * tests })
  s.clock.moveTo(monday)
  await run(s.db.pool, `update slot set starts_at = starts_at + interval '182 days'`)
  await run(
    s.db.pool,
    `update person
        set email = 'p' || id || '@example.se', phone = '+46701740605',
            birth_date = make_date(1940 + (id % $1)::int, 3, 1)`,
    [tests],
  )
})
afterAll(() => s.close())

/** Invites twenty people by the channel. @returns the campaign's name */
async function invited(channel: 'sms' | 'email'): Promise<string> {
  year++
  monday = new Date(monday.getTime() + 7 * 86_400_000)
  s.clock.moveTo(monday)
  await run(s.db.pool, `update slot set starts_at = starts_at + interval '7 days'`)
  s.faults.mail = undefined
  s.faults.sms = undefined
  s.received.length = 0
  await run(s.db.pool, 'delete from provider_trouble')
  await run(
    s.db.pool,
    `update campaign set state = 'cancelled', paused_why = null, waits_for = null`,
  )
  const name = `born-${year}`
  const id = await s.started(
    openSpec({
      name,
      cohort: { name, rule: { born: { from: year, to: year } } },
      channels: [
        {
          route: channel,
          needs: [channel === 'sms' ? 'mobile' : 'email'],
          steps: [{ step: 'invitation', channel, template: 'invitation-open' }],
        },
      ],
    }),
  )
  campaign = id
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  return name
}
let campaign = 0

const send = (channel: 'sms' | 'email') => dispatch(s.deps(channel))
const states = async () =>
  Object.fromEntries(
    (
      await rows<{ state: string; n: number }>(
        s.db.pool,
        'select state, count(*)::int as n from message where campaign_id = $1 group by 1',
        [campaign],
      )
    ).map(({ state, n }) => [state, n]),
  )
/** Time passes, and the worker looks again and again. */
async function pass(channel: 'sms' | 'email', hours: number, everyMinutes = 20): Promise<void> {
  for (let minutes = 0; minutes < hours * 60; minutes += everyMinutes) {
    s.clock.moveTo(new Date(s.clock.now().getTime() + everyMinutes * 60_000))
    await send(channel)
    await pauseInTrouble({ pool: s.db.pool, log, clock: s.clock }, 15)
    await withdrawUndelivered(s.db.pool, s.clock.now())
  }
}
const calls = (channel: 'sms' | 'email') => s.received.filter((r) => r.channel === channel).length

describe('an outage costs time, not people', () => {
  const outages = [
    ['sms', 'asks for patience', { status: 429, retryAfter: '30' }],
    ['sms', 'has closed our account', { status: 401 }],
    ['email', 'is closing', { reply: 421 }],
    ['email', 'has an error of its own', { reply: 451 }],
    ['email', 'takes nobody', { reply: 450 }],
    ['email', 'cuts the connection', 'cut-before'],
  ] as const

  it.each(outages)(
    '%s %s for a day and more: all get theirs once it answers',
    async (channel, _, fault) => {
      const name = await invited(channel)
      const set = (to: typeof fault | undefined) => {
        if (channel === 'sms') s.faults.sms = to as never
        else s.faults.mail = to as never
      }
      set(fault)
      await send(channel)
      await pass(channel, 26, 60)
      expect(calls(channel)).toBe(0)
      expect(await states()).not.toHaveProperty('failed')
      expect(
        await row(s.db.pool, `select count(*)::int as n from invitation where state = 'withdrawn'`),
      ).toEqual({ n: 0 })
      expect(await campaignNamed(s.db.pool, name)).toMatchObject({
        state: 'paused',
        waitsFor: channel,
      })
      set(undefined)
      await settleDoubts(s.db.pool, s.deps(channel).channel, 0, log)
      await pass(channel, 2)
      expect(await states()).toEqual({ sent: people })
      expect(calls(channel)).toBe(people)
      expect(await troubles(s.db.pool)).toEqual([])
      expect(await campaignNamed(s.db.pool, name)).toMatchObject({
        state: 'running',
        waitsFor: null,
      })
    },
  )

  it('is tried with one message at a time, ever more seldom, and no sooner than it asks for', async () => {
    await invited('sms')
    let asked = 0
    s.faults.sms = { status: 429, retryAfter: '600' }
    const { channel, ...deps } = s.deps('sms')
    const counted = {
      ...channel,
      send: (outgoing: Parameters<typeof channel.send>[0]) => (asked++, channel.send(outgoing)),
    }
    const look = () => dispatch({ ...deps, channel: counted })
    await look()
    expect(asked).toBeLessThanOrEqual(channel.connections)
    asked = 0
    for (let i = 0; i < 9; i++) {
      s.clock.moveTo(new Date(s.clock.now().getTime() + 60_000))
      await look()
    }
    expect(asked).toBe(0)
    s.clock.moveTo(new Date(s.clock.now().getTime() + 61_000))
    await Promise.all([look(), look(), look()])
    expect(asked).toBe(1)
  })
})

describe('a campaign that waits for its provider', () => {
  it('stays paused when a person pauses it meanwhile', async () => {
    const name = await invited('sms')
    s.faults.sms = { status: 401 }
    await send('sms')
    expect(await campaignNamed(s.db.pool, name)).toMatchObject({ pausedWhy: 'sms: unauthorized' })
    await pauseCampaign({ pool: s.db.pool, clock: s.clock }, name, 'anna', 'fel text')
    s.faults.sms = undefined
    await pass('sms', 1)
    expect(await campaignNamed(s.db.pool, name)).toMatchObject({
      state: 'paused',
      pausedWhy: 'fel text',
    })
    expect(calls('sms')).toBe(0)
  })

  it('stays paused when somebody has approved other texts meanwhile', async () => {
    const name = await invited('sms')
    s.faults.sms = { status: 401 }
    await send('sms')
    await run(
      s.db.pool,
      `insert into campaign_approval (campaign_id, approver, approved_at, texts) values ($1, 'cecilia', now(), '{"a": "1"}')`,
      [campaign],
    )
    s.faults.sms = undefined
    await pass('sms', 1)
    expect(await campaignNamed(s.db.pool, name)).toMatchObject({ state: 'paused', waitsFor: null })
    expect(await troubles(s.db.pool)).toEqual([])
  })

  it('pauses only after a quarter of an hour of an outage', async () => {
    const name = await invited('email')
    s.faults.mail = { reply: 421 }
    await send('email')
    await pass('email', 0.2, 1)
    expect(await campaignNamed(s.db.pool, name)).toMatchObject({ state: 'running' })
    await pass('email', 0.1, 1)
    expect(await campaignNamed(s.db.pool, name)).toMatchObject({
      pausedWhy: 'email: relay-closing',
    })
  })
})

it('a message refused for a passing reason of its own is given up by hours, while others are taken', async () => {
  await invited('email')
  s.faults.mail = { reply: 450 }
  await run(
    s.db.pool,
    `update message set due_at = due_at + interval '1 hour' where campaign_id = $1 and id <> (select min(id::text)::uuid from message where campaign_id = $1)`,
    [campaign],
  )
  await send('email')
  s.clock.moveTo(new Date(monday.getTime() + 2000))
  s.faults.mail = undefined
  await run(
    s.db.pool,
    `update message set due_at = due_at - interval '1 hour' where campaign_id = $1 and attempts = 0`,
    [campaign],
  )
  await send('email')
  expect(await states()).toEqual({ sent: people - 1, queued: 1 })
  s.faults.mail = { reply: 450 }
  await pass('email', 22)
  expect(await states()).toEqual({ sent: people - 1, queued: 1 })
  await pass('email', 4)
  expect(await states()).toEqual({ sent: people - 1, failed: 1 })
  expect(await row(s.db.pool, `select reason from message where state = 'failed'`)).toEqual({
    reason: 'gave-up: mailbox-busy',
  })
})
