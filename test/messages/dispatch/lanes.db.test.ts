import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { row, run } from '../../../src/db/pool.ts'
import { startWorker, type Worker } from '../../../src/worker.ts'
import { openSpec } from '../../support/region.ts'
import { appOf, sending, until, type Sending } from '../../support/sending.ts'

// The real worker, and a relay that takes 5 mails a second: the campaign has a minute's work.
let s: Sending
let worker: Worker | undefined
beforeAll(async () => {
  s = await sending({ people: 360, places: 500, env: { SMS_QUIET_FROM: '0', SMS_QUIET_TO: '0' } })
  await run(
    s.db.pool,
    `update person set phone = '+46701740605', email = 'namn' || id || '@post.example'`,
  )
  const steps = [
    { step: 'invitation', channel: 'email', template: 'invitation-open' },
    { step: 'reminder', channel: 'sms', template: 'reminder', after: 0 },
  ]
  const id = await s.started(
    openSpec({ channels: [{ route: 'digital', needs: ['email', 'mobile'], steps }] }),
  )
  worker = await startWorker(appOf(s, { SMTP_PER_SECOND: 5 }))
  await s.jobs.enqueue(s.db.pool, 'release', [{ campaign: id }])
  await until(() => s.mails().length > 5)
}, 60_000)
afterAll(async () => {
  await worker?.stop()
  await s.close()
})

const waiting = () =>
  row<{ email: number; first: number }>(
    s.db.pool,
    `select count(*) filter (where state = 'queued' and channel = 'email')::int as email,
            count(*) filter (where priority = 10 and state = 'sent')::int as first
       from message`,
  )

it('a confirmation leaves at once though a campaign has a minute of mails to send', async () => {
  expect((await waiting())!.email).toBeGreaterThan(100)
  await run(
    s.db.pool,
    `update message
        set priority = 10
      where id = (select id from message where state = 'queued' and channel = 'email' order by id desc limit 1)`,
  )
  await s.jobs.wake(s.db.pool, 'email-first')
  const woken = performance.now()
  await until(async () => (await waiting())!.first === 1)
  expect(performance.now() - woken).toBeLessThan(2000)
  expect((await waiting())!.email).toBeGreaterThan(100)
}, 30_000)

it('SMS start though e-mail has a minute of work', async () => {
  await until(() => s.texts().length > 0)
  expect((await waiting())!.email).toBeGreaterThan(100)
}, 30_000)

it('what the worker holds when it is stopped goes back', async () => {
  const before = performance.now()
  await worker?.stop()
  expect(performance.now() - before).toBeLessThan(3000)
  expect(
    await row(
      s.db.pool,
      `select count(*)::int as n from message where state not in ('queued', 'sent')`,
    ),
  ).toEqual({ n: 0 })
  worker = await startWorker(appOf(s, { SMTP_PER_SECOND: 500 }))
  await until(async () => (await waiting())!.email === 0)
  expect(new Set(s.mails().map((mail) => mail.reference)).size).toBe(s.mails().length)
}, 60_000)
