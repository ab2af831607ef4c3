import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { MovableClock } from '../../../src/clock.ts'
import { row, run } from '../../../src/db/pool.ts'
import { invite } from '../../support/invited.ts'
import { until } from '../../support/sending.ts'
import { openBrowser, wcagFaults } from '../support/browser.ts'
import { openSite, type Site } from '../support/site.ts'

// A server that answers one request at a time: the second resident waits for the first.
let site: Site
let browser: Browser
beforeAll(async () => {
  site = await openSite(
    { BOOKING_PAGES_AT_ONCE: '1' },
    new MovableClock(new Date('2021-03-11T08:00:00Z')),
  )
  await invite(site.db.pool, 2, [2, 2])
  await run(site.db.pool, `update invitation set code = 'ABCDEFG' || person_id`)
  await run(site.db.pool, `update person set birth_date = '1944-01-25'`)
  browser = await openBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await site.close()
})

const signIn = (code: string) =>
  site.post('/boka/sv', `kod=${code}&fodd=19440125`, undefined, {
    'content-type': 'application/x-www-form-urlencoded',
    'sec-fetch-site': 'same-origin',
  })

/** Keeps a sign-in waiting in the database. @returns what lets it go on, and waits for its answer */
async function signInThatTakesLong(code: string): Promise<() => Promise<number>> {
  const client = await site.db.pool.connect()
  await client.query('begin')
  await client.query('lock table guess in access exclusive mode')
  const answer = signIn(code)
  await until(
    async () =>
      (await row(
        site.db.pool,
        `select from pg_stat_activity
          where datname = current_database()
            and wait_event_type = 'Lock'`,
      )) !== undefined,
  )
  return async () => {
    await client.query('rollback')
    client.release()
    return (await answer).status
  }
}

describe('when more residents come than can be served', () => {
  it('keeps a place for those who come, says which, and lets them in with what they typed', async () => {
    const goOn = await signInThatTakesLong('ABCDEFG1')
    const page = await (
      await browser.newContext({ viewport: { width: 320, height: 640 } })
    ).newPage()
    await page.goto(`${site.web.url}/boka/sv`)
    await page.fill('#kod', 'ABCDEFG2')
    await page.fill('#fodd', '19440125')
    await page.click('form button')
    expect(new URL(page.url()).pathname).toBe('/boka/sv/ko')
    expect(await page.title()).toBe('Du är nummer 1 i kön – Region Dalarna')
    const cookie = (await page.context().cookies()).find(({ name }) => name === 'ko')!
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/boka' })
    expect(cookie.value).not.toContain('ABCDEFG')

    // It reloads itself until told not to; that is all that axe has to say of it.
    expect(await page.getAttribute('meta[http-equiv=refresh]', 'content')).toBe('5')
    expect(await wcagFaults(page)).toEqual([expect.stringContaining('meta-refresh')])
    await page.click('text=Ladda inte om sidan av sig själv')
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0)
    expect(await wcagFaults(page)).toEqual([])
    await page.click('text=English')
    expect(await page.title()).toBe('You are number 1 in the line – Region Dalarna')

    expect(await goOn()).toBe(303)
    await page.click('text=See if it is my turn')
    expect(new URL(page.url()).pathname).toBe('/boka/en/tider')
    expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['boka'])
  })

  it('forms no line for wrong answers that are kept waiting', async () => {
    const network = 'booking from 127.0.0.1'
    await run(
      site.db.pool,
      `insert into guess (bucket, ends_at, number) values ($1, $2::timestamptz + interval '10 minutes', 30)`,
      [network, site.app.clock.now()],
    )
    const counted = async (number: number) =>
      (await row(site.db.pool, 'select from guess where bucket = $1 and number = $2', [
        network,
        number,
      ])) !== undefined
    const wrong = [signIn('ABCDEFG8')]
    await until(() => counted(31))
    wrong.push(signIn('ABCDEFG9'))
    await until(() => counted(32))
    expect((await signIn('ABCDEFG1')).headers.get('location')).toBe('/boka/sv/tider')
    expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual([422, 422])
  })

  it('serves those who have signed in, whoever waits', async () => {
    const cookie = (await signIn('ABCDEFG1')).headers.get('set-cookie')!.split(';')[0]!
    const goOn = await signInThatTakesLong('ABCDEFG2')
    expect((await signIn('ABCDEFG1')).headers.get('location')).toBe('/boka/sv/ko')
    expect((await site.get('/boka/sv/tider', undefined, { cookie })).status).toBe(200)
    await goOn()
  })

  it('sends people without a place to the start', async () => {
    for (const cookie of ['', 'ko=', 'ko=x'])
      expect((await site.get('/boka/sv/ko', undefined, { cookie })).headers.get('location')).toBe(
        '/boka/sv',
      )
  })
})
