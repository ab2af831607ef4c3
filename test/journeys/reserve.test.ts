import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { takeInbound } from '../../src/reserve/inbound.ts'
import { openRound, type RoundDeps } from '../../src/reserve/round.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'
import { openBrowser, wcagFaults } from '../web/support/browser.ts'

// Everything is full: people put themselves on the reserve list, in a real browser, and are asked by a real SMS.
const purpose = 'covid-19/dose-1'
let s: Sending
let deps: RoundDeps
let web: Listening
let browser: Browser
beforeAll(async () => {
  s = await sending({ people: 12, places: 3, env: { PORT: '0', SMS_REPLY_NUMBER: '+46701740699' } })
  deps = { pool: s.db.pool, clock: s.clock, jobs: s.jobs, quiet: false }
  await run(s.db.pool, `update person set phone = '+467017406' || (10 + id)`)
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, await s.started(openSpec()))
  await run(
    s.db.pool,
    `update message set state = 'recalled', reason = 'test' where state = 'queued'`,
  ) // the invitations are another test's matter
  await run(s.db.pool, 'update slot set capacity = 0')
  s.clock.moveTo(new Date('2021-03-08T15:00:00+01:00'))
  web = await listen(appOf(s, { SESSION_SECRET: 'a secret of at least thirty-two signs' }))
  browser = await openBrowser()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await web.close()
  await s.close()
})

const letter = async (person: number) =>
  (await row<{ code: string; birth: string }>(
    s.db.pool,
    `select code, to_char(birth_date, 'YYYYMMDD') as birth from invitation i join person p on p.id = i.person_id where person_id = $1`,
    [person],
  ))!
/** A phone of 320 pixels on which somebody has given the code of the letter. */
const signedIn = async (person: number, language = 'sv'): Promise<Page> => {
  const page = await (await browser.newContext({ viewport: { width: 320, height: 640 } })).newPage()
  const { code, birth } = await letter(person)
  await page.goto(`${web.url}/boka/${language}`)
  await page.fill('#kod', code)
  await page.fill('#fodd', birth)
  await page.click('main button')
  return page
}
const at = (page: Page) => page.url().slice(`${web.url}/boka/`.length)
const heading = (page: Page) => page.textContent('h1')
const onList = (person: number) =>
  rows(
    s.db.pool,
    `select area, said_by as "saidBy", left_why as left from reserve_list where person_id = $1 order by id`,
    [person],
  )
const isSound = async (page: Page) => {
  expect(await wcagFaults(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  expect(await page.evaluate('document.scripts.length')).toBe(0)
}

describe('when no time is free', () => {
  it.each([
    ['sv', 1, 'ltr'],
    ['sv-simple', 2, 'ltr'],
    ['en', 4, 'ltr'],
    ['ar', 5, 'rtl'],
  ] as const)(
    'in %s: onto the list, off it and onto it again; every page sound, nothing personal in an address',
    async (language, person, direction) => {
      const page = await signedIn(person, language)
      const addresses = [at(page)]
      const sound = async () => {
        addresses.push(at(page))
        await isSound(page)
      }
      await page.click('main a.button')
      expect(await page.getAttribute('html', 'dir')).toBe(direction)
      const told = (await page.textContent('main'))!
      expect([told.includes(String(10 + person)), told.includes('20'), /{\w+}/.test(told)]).toEqual(
        [true, true, false],
      )
      expect(await page.textContent('main')).not.toContain('0701')
      await sound()
      await page.click('main button')
      await sound()
      expect(await onList(person)).toEqual([{ area: 'falun', saidBy: 'person', left: null }])
      await page.click('.ways a >> nth=0')
      await sound()
      expect(await page.locator('main a.button').count()).toBe(0)
      await page.click('.note a')
      await page.click('.ways a >> nth=1')
      await sound()
      await page.click('main button')
      await sound()
      expect(await onList(person)).toEqual([{ area: 'falun', saidBy: 'person', left: 'asked-to' }])
      await page.click('main a.button')
      await page.click('main a.button')
      await page.click('main button')
      expect(await onList(person)).toEqual([
        { area: 'falun', saidBy: 'person', left: 'asked-to' },
        { area: 'falun', saidBy: 'person', left: null },
      ])
      expect(addresses).toEqual(
        ['tider', 'reserv', 'reserv?ny', 'tider', 'reserv/lamna', 'reserv/lamnad'].map(
          (path) => `${language}/${path}`,
        ),
      )
      await page.context().close()
    },
    120_000,
  )

  it('from the page to a time: asked by SMS, answered JA, off the list', async () => {
    await run(
      s.db.pool,
      `update reserve_list set left_at = now(), left_why = 'test' where left_at is null`,
    )
    const page = await signedIn(7)
    await page.click('main a.button')
    await page.click('main button')
    expect(await heading(page)).toBe('Nu står du på reservlistan')
    await openRound(
      deps,
      {
        clinic: 'SE2321000180-PROV',
        purpose,
        places: 1,
        at: new Date('2021-03-08T16:30:00+01:00'),
        minutes: 20,
      },
      'anna',
    )
    await s.send('sms')
    expect(s.texts().map((text) => text.to)).toEqual(['46701740617'])
    expect(await takeInbound(deps, { providerId: 'in-1', from: '+46701740617', text: 'Ja' })).toBe(
      'taken',
    )
    await page.goto(`${web.url}/boka/sv/reserv`)
    expect([at(page), await heading(page)]).toEqual(['sv/bokning', 'Du har en tid'])
    expect(await page.textContent('.visit')).toContain('16.30')
    expect(await onList(7)).toEqual([{ area: 'falun', saidBy: 'person', left: 'got-a-time' }])
  }, 60_000)

  it('two presses are one place on the list, and two on leaving are one leaving', async () => {
    const page = await signedIn(8)
    const press = async (path: string) =>
      (await page.request.post(`${web.url}/boka/sv/${path}`, { headers: { origin: web.url } }))
        .url()
        .slice(`${web.url}/boka/`.length)
    expect([await press('reserv'), await press('reserv')]).toEqual(['sv/reserv?ny', 'sv/reserv?ny'])
    expect(await onList(8)).toHaveLength(1)
    expect([await press('reserv/lamna'), await press('reserv/lamna')]).toEqual([
      'sv/reserv/lamnad',
      'sv/reserv/lamnad',
    ])
    expect(await onList(8)).toEqual([{ area: 'falun', saidBy: 'person', left: 'asked-to' }])
    await page.goto(`${web.url}/boka/sv/reserv/lamna`)
    expect(at(page)).toBe('sv/reserv')
  }, 60_000)

  it('who has no Swedish mobile is told to call; who would never be asked is not offered it', async () => {
    await run(s.db.pool, 'update person set phone = null where id = 9')
    await run(s.db.pool, 'update person set opted_out = true where id = 10')
    const [without, optedOut] = [await signedIn(9), await signedIn(10)]
    await without.click('main a.button')
    expect(await without.textContent('.note >> nth=0')).toContain('inget svenskt mobilnummer')
    expect(await without.textContent('ol')).not.toContain('slutar på')
    expect(await without.locator('main button').count()).toBe(0)
    await isSound(without)
    expect(await optedOut.locator('main a.button').count()).toBe(0)
    await optedOut.goto(`${web.url}/boka/sv/reserv`)
    expect(await optedOut.textContent('main')).toContain(
      'Det går inte att ställa sig på reservlistan här',
    )
    await isSound(optedOut)
    for (const page of [without, optedOut])
      await page.request.post(`${web.url}/boka/sv/reserv`, { headers: { origin: web.url } })
    expect([await onList(9), await onList(10)]).toEqual([[], []])
  }, 60_000)

  it("the door is that of the booking: no session, or another site's form, does nothing", async () => {
    const post = (headers: Record<string, string>) =>
      fetch(`${web.url}/boka/sv/reserv`, { method: 'POST', redirect: 'manual', headers })
    const stranger = await post({ origin: web.url })
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/boka/sv?borta'])
    const page = await signedIn(11)
    const cookie = (await page.context().cookies())
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    expect((await post({ cookie, origin: 'https://elsewhere.example' })).status).toBe(403)
    expect(await onList(11)).toEqual([])
    expect((await post({ cookie, origin: web.url })).headers.get('location')).toBe(
      '/boka/sv/reserv?ny',
    )
  }, 60_000)
})

it('without a number to answer to the page says to call the clinic with the code', async () => {
  const other = await listen(
    appOf(s, {
      SESSION_SECRET: 'a secret of at least thirty-two signs',
      SMS_REPLY_NUMBER: undefined,
    }),
  )
  const page = await signedIn(3)
  const cookie = (await page.context().cookies())
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
  const text = await (await fetch(`${other.url}/boka/sv/reserv`, { headers: { cookie } })).text()
  await other.close()
  expect([text.includes('Säg koden som står i sms:et'), text.includes('JA eller NEJ')]).toEqual([
    true,
    false,
  ])
}, 60_000)

it('who is on the list and books a free time is off it', async () => {
  await run(s.db.pool, 'update slot set capacity = booked + 1')
  const page = await signedIn(12)
  await page.goto(`${web.url}/boka/sv/reserv`)
  await page.click('main button')
  await page.click('.ways a >> nth=0')
  expect(await page.textContent('.note')).toContain('Du står på reservlistan')
  await isSound(page)
  await page.click('.time')
  await page.click('main button')
  expect(await heading(page)).toBe('Din tid är bokad')
  expect(await onList(12)).toEqual([{ area: 'falun', saidBy: 'person', left: 'got-a-time' }])
}, 60_000)
