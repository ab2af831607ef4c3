import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { rows, run } from '../../src/db/pool.ts'
import { doubtGroups, settleDoubtsBy } from '../../src/messages/doubts.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'
import { openBrowser, wcagFaults } from './support/browser.ts'

let s: Sending
let web: Listening
let browser: Browser
beforeAll(async () => {
  s = await sending({ people: 12, places: 12 })
  s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
  await run(
    s.db.pool,
    `update person set email = 'p' || id || '@example.se', phone = '+46701740605'`,
  )
  const id = await s.started(openSpec())
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  s.faults.mail = 'cut-after'
  await s.send('email')
  web = await listen(appOf(s, { PORT: 0 }))
  browser = await openBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await web.close()
  await s.close()
})

const inDoubt = async () => (await doubtGroups(s.db.pool))[0]?.number ?? 0
const deps = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs })

it('settles one by its id, and refuses what fits nothing', async () => {
  const before = await inDoubt()
  expect(before).toBeGreaterThan(2)
  const [one] = await rows<{ id: string }>(
    s.db.pool,
    `select id from message where state = 'in-doubt' limit 1`,
  )
  await settleDoubtsBy(deps(), { id: one!.id }, 'sent', 'anna')
  expect(await inDoubt()).toBe(before - 1)
  const refused = (which: object) =>
    settleDoubtsBy(deps(), which, 'sent', 'anna').catch((error: { code: string }) => error.code)
  expect(await refused({ id: one!.id })).toBe('not-in-doubt')
  expect(await refused({ campaign: 'open-campaign', channel: 'sms' })).toBe('not-in-doubt')
  expect(await refused({ since: new Date('2100-01-01') })).toBe('not-in-doubt')
  expect(await refused({ campaign: 'ingen' })).toBe('unknown-campaign')
  expect(await inDoubt()).toBe(before - 1)
})

it('are settled on the page, all of a campaign and channel, and sent again at once with the same bytes', async () => {
  const many = await inDoubt()
  const bytes = () =>
    rows(s.db.pool, `select id, content_sha256 from message where content is not null order by id`)
  const before = await bytes()
  const heard: string[] = []
  const listener = await s.db.pool.connect()
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''))
  await listener.query('listen kallelse_work')

  const page = await (await browser.newContext({ viewport: { width: 360, height: 800 } })).newPage()
  await page.goto(`${web.url}/admin/oklara`)
  expect(await page.textContent('h2')).toBe(`open-campaign, e-post: ${many}`)
  expect(await wcagFaults(page)).toEqual([])
  await page.fill('input[name=by]', 'anna')
  await page.click('button[value=resend]')
  expect(await page.textContent('[role=status]')).toBe(`${many} meddelanden skickas igen nu.`)
  expect(await page.textContent('main')).toContain('Inget meddelande är oklart.')
  expect(await wcagFaults(page)).toEqual([])
  await listener.query('select 1')
  expect(heard).toContain('email')
  listener.release(true)

  expect(await bytes()).toEqual(before)
  expect(
    await rows(
      s.db.pool,
      `select actor, details->>'as' as "as", (details->>'number')::int as number from campaign_event where event = 'settled' order by id`,
    ),
  ).toEqual([
    { actor: 'anna', as: 'sent', number: null },
    { actor: 'anna', as: 'resend', number: many },
  ])
})
