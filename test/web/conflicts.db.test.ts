import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { bookByCode } from '../../src/bookings/book.ts'
import { takeOutside } from '../../src/bookings/external/import-bookings.ts'
import { MovableClock } from '../../src/clock.ts'
import { rows, run } from '../../src/db/pool.ts'
import { invite } from '../support/invited.ts'
import { openBrowser, wcagFaults } from './support/browser.ts'
import { openSite, type Site } from './support/site.ts'

let site: Site
let browser: Browser
beforeAll(async () => {
  const clock = new MovableClock(new Date('2021-03-11T08:00:00Z'))
  site = await openSite({}, clock)
  await invite(site.db.pool, 2, [2, 2])
  for (const n of [1, 2]) {
    const identityNumber = ['194401019809', '194401029808'][n - 1]!
    await run(
      site.db.pool,
      'update person set identity_number = $2, given_name = $3 where id = $1',
      [n, identityNumber, `Namn${n}`],
    )
    await bookByCode(site.db.pool, clock, `C${n}`, 1, 'person')
    await takeOutside(site.app, {
      reference: `b${n}`,
      identityNumber,
      purpose: 'covid-19/dose-1',
      hsaId: 'SE2321000180-1',
      startsAt: new Date('2021-03-15T08:10:00+01:00'),
      state: 'booked',
    })
  }
  browser = await openBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await site.close()
})

it('a double booking is shown to who says who they are, and solved with one button', async () => {
  const page = await (await browser.newContext({ viewport: { width: 360, height: 800 } })).newPage()
  await page.goto(`${site.web.url}/admin/dubbelbokningar`)
  expect(await page.textContent('main')).toContain('2 personer har')
  expect(await page.textContent('main')).not.toContain('Namn1')

  await page.fill('input[name=by]', 'anna')
  await page.click('main button')
  expect(await page.textContent('main')).toContain('15 mars 2021 kl. 8.05, Älvmottagningen')
  expect(await wcagFaults(page)).toEqual([])

  await page.click('section:has-text("Namn1") button[value=outside]')
  expect(await page.textContent('[role=status]')).toContain('Den andra mottagningens tid gäller.')
  expect(await page.textContent('main')).not.toContain('Namn1')
  await page.click('section:has-text("Namn2") button[value=ours]')
  expect(await page.textContent('[role=status]')).toContain('be dem avboka b2')
  expect(await page.textContent('section:has-text("Namn2")')).toContain('Avgjord.')
  expect(await wcagFaults(page)).toEqual([])
  expect(
    await rows(
      site.db.pool,
      `select person_id as person, slot_id as slot from appointment where state = 'booked' order by 1`,
    ),
  ).toEqual([
    { person: 1, slot: 2 },
    { person: 2, slot: 1 },
  ])
}, 60_000)
