import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { row, rows, run, transaction } from '../../../src/db/pool.ts'
import { takeNextChannel } from '../../../src/messages/dispatch/next-channel.ts'
import { printLetters } from '../../../src/messages/print/print.ts'
import { reconcile } from '../../../src/messages/print/reconcile.ts'
import { finishCampaigns } from '../../../src/ledger/campaigns.ts'
import { undelivered, withdrawUndelivered } from '../../../src/messages/sweep.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { openSpec } from '../../support/region.ts'
import { sending, type Sending } from '../../support/sending.ts'

const letter = {
  route: 'post',
  needs: ['address'],
  steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
}
const email = {
  route: 'digital',
  needs: ['email', 'mobile'],
  steps: [
    { step: 'invitation', channel: 'email', template: 'invitation-open' },
    { step: 'reminder', channel: 'sms', template: 'reminder', after: 3 },
  ],
}
const sms = {
  route: 'mobile',
  needs: ['mobile'],
  steps: [{ step: 'invitation', channel: 'sms', template: 'invitation-open' }],
}

let s: Sending
let folder: string
beforeEach(async () => {
  s = await sending({ people: 6, places: 6 })
  folder = mkdtempSync(join(tmpdir(), 'kallelse-returned-'))
})
afterEach(async () => {
  await s.close()
  rmSync(folder, { recursive: true })
})

const released = async (...channels: object[]) => {
  const id = await s.started(openSpec({ channels }))
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  return id
}
const takeOver = () => transaction(s.db.pool, (tx) => takeNextChannel(tx, s.clock.now()))
const messages = async () =>
  Object.fromEntries(
    (
      await rows<{ k: string; n: number }>(
        s.db.pool,
        `select channel || ' ' || step || ' ' || state || coalesce(' ' || reason, '') as k, count(*)::int as n from message group by 1`,
      )
    ).map((r) => [r.k, r.n]),
  )
const invitations = async () =>
  Object.fromEntries(
    (
      await rows<{ k: string; n: number }>(
        s.db.pool,
        `select state || coalesce(' ' || reason, '') || ' ' || route as k, count(*)::int as n from invitation group by 1`,
      )
    ).map((r) => [r.k, r.n]),
  )
/** The post brings back every letter. */
const allReturned = async () => {
  const lines = await rows<{ batch: string; id: string }>(
    s.db.pool,
    'select b.name as batch, m.id from message m join batch b on b.id = m.batch_id order by m.id',
  )
  const receipt = join(folder, 'returned.csv')
  writeFileSync(
    receipt,
    [
      'batch,id,event,at,copies,sha256,reason',
      ...lines.map((l) => `${l.batch},${l.id},returned,2021-03-20T10:00:00+01:00,,,unknown`),
      `${lines[0]!.batch},,total,,${lines.length},,`,
      '',
    ].join('\n'),
  )
  return reconcile({ pool: s.db.pool, clock: s.clock }, receipt, { folder })
}

describe('the next channel of the plan', () => {
  it('takes over for whom the e-mail did not reach, and the reminder of it is recalled', async () => {
    const id = await released(email, letter)
    s.faults.mail = { reply: 550 }
    await s.send('email')
    expect(await takeOver()).toBe(2)
    expect(await takeOver()).toBe(0)
    expect(await withdrawUndelivered(s.db.pool, s.clock.now())).toBe(0)
    expect(await messages()).toEqual({
      'email invitation failed unknown-mailbox': 2,
      'sms reminder recalled next-channel': 2,
      'letter invitation queued': 6,
    })
    expect(await invitations()).toEqual({ 'released post': 6 })
    expect(await printLetters(s.printDeps(), id)).toBe(6)
  })

  it('still takes over for whom a receipt told of after the look for it', async () => {
    await released(email, letter)
    const lost = await undelivered(s.db.pool)
    expect(await takeOver()).toBe(0)
    s.faults.mail = { reply: 550 }
    await s.send('email')
    expect(await withdrawUndelivered(s.db.pool, s.clock.now(), lost)).toBe(0)
    expect(await takeOver()).toBe(2)
  })

  it('takes over for letters that come back, whatever time has passed, and the address is marked', async () => {
    const id = await released(letter, sms)
    await printLetters(s.printDeps(), id)
    await finishCampaigns(s.db.pool, s.clock.now())
    expect(await row(s.db.pool, 'select state from campaign')).toEqual({ state: 'finished' })
    expect((await allReturned()).found).toEqual({ returned: 6 })
    expect(await messages()).toEqual({ 'letter invitation failed post-returned': 6 })
    expect(await takeOver()).toBe(2) // those who have a mobile
    expect(await withdrawUndelivered(s.db.pool, s.clock.now())).toBe(4)
    expect(await invitations()).toEqual({ 'released mobile': 2, 'withdrawn post-returned post': 4 })
    expect(await row(s.db.pool, 'select state from campaign')).toEqual({ state: 'running' })
    s.clock.moveTo(new Date('2021-03-08T12:00:00+01:00'))
    await s.send('sms')
    expect(s.texts()).toHaveLength(2)
    expect(
      await rows(
        s.db.pool,
        'select distinct returned_address as address, returned_why as why from person',
      ),
    ).toEqual([
      { address: { street: 'Provgatan 1', postcode: '79131', town: 'Falun' }, why: 'unknown' },
    ])
  })

  it('does not use an address that post came back from, until the register has another', async () => {
    const id = await released(letter)
    await printLetters(s.printDeps(), id)
    await allReturned()
    await run(
      s.db.pool,
      `update person set registered_address = '{"street": "Nygatan 2", "postcode": "79131", "town": "Falun"}' where id <= 2`,
    )
    await s.started(openSpec({ name: 'second', purpose: 'covid-19/dose-2', channels: [letter] }))
    expect(
      await rows(
        s.db.pool,
        `select i.state, i.reason, count(*)::int as n from invitation i join campaign c on c.id = i.campaign_id and c.name = 'second' group by 1, 2 order by 1`,
      ),
    ).toEqual([
      { state: 'planned', reason: null, n: 2 },
      { state: 'suppressed', reason: 'no-reachable-channel', n: 4 },
    ])
  })

  it('does not mark the new address of somebody who has moved since the letter was printed', async () => {
    const id = await released(letter)
    await printLetters(s.printDeps(), id)
    await run(
      s.db.pool,
      `update person set registered_address = '{"street": "Nygatan 2", "postcode": "79131", "town": "Falun"}' where id = 1`,
    )
    await allReturned()
    expect(
      await row(
        s.db.pool,
        'select count(*)::int as n, bool_or(id = 1) as moved from person where returned_address is not null',
      ),
    ).toEqual({ n: 5, moved: false })
  })

  it('is not taken for those whom no channel may reach', async () => {
    await released(email, letter)
    await run(s.db.pool, `update person set deceased_on = '2021-03-08'`)
    await s.send('email')
    expect(await takeOver()).toBe(0)
  })
})
