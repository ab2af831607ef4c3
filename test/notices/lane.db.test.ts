import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { approveCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { startWorker, type Worker } from '../../src/worker.ts'
import { createNotice } from '../../src/notices/notice.ts'
import { noticesIn, warningOrder } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, until, type Sending } from '../support/sending.ts'

// The real worker, a provider that takes 40 SMS a second, and a campaign whose next seconds are claimed already.
// The whole size is played by: kallelse bench notices
let s: Sending
let worker: Worker
beforeAll(async () => {
  s = await sending({ people: 360, places: 500, env: { SMS_QUIET_FROM: '0', SMS_QUIET_TO: '0' } })
  await run(
    s.db.pool,
    `update person set birth_date = birth_date, phone = '+46701740605', email = null`,
  )
  s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
  const app = appOf(s, { SMS_PER_SECOND: 40 })
  worker = await startWorker(app)
}, 60_000)
afterAll(async () => {
  await worker.stop()
  await s.close()
})

it('a fraud warning starts leaving within 5 s while a campaign is under way, overtakes it, and the campaign goes on after', async () => {
  const { deps } = noticesIn(s)
  await createNotice(deps, warningOrder({ channels: ['sms'] }), 'anna')
  for (const by of ['anna', 'bertil']) await approveCampaign(deps, 'bluffsamtal', by)
  const sms = {
    route: 'sms',
    needs: ['mobile'],
    steps: [{ step: 'invitation', channel: 'sms', template: 'invitation-open' }],
  }
  await s.started(openSpec({ channels: [sms] }))
  const campaign = (await row<{ id: number }>(
    s.db.pool,
    `select id from campaign where name = 'open-campaign'`,
  ))!.id
  await s.jobs.enqueue(s.db.pool, 'release', [{ campaign }])
  await until(() => s.texts().length > 20)

  const ordered = performance.now()
  const { id } = await startCampaign(deps, 'bluffsamtal', 'anna')
  const sentOf = async (which: number) =>
    (await row<{ n: number }>(
      s.db.pool,
      `select count(*)::int as n from message where campaign_id = $1 and state = 'sent'`,
      [which],
    ))!.n
  await until(async () => (await sentOf(id)) > 0)
  expect(performance.now() - ordered).toBeLessThan(5000)
  expect(await sentOf(campaign)).toBeLessThan(360)

  await until(async () => (await sentOf(id)) === 360)
  expect(await sentOf(campaign)).toBeLessThan(360) // it had the start, and is overtaken
  await until(async () => (await sentOf(campaign)) === 360)
  const twice = await rows(
    s.db.pool,
    `select person_id from message group by person_id, campaign_id having count(*) > 1`,
  )
  expect([s.texts().length, new Set(s.texts().map((t) => t.reference)).size, twice]).toEqual([
    720,
    720,
    [],
  ])
}, 120_000)
