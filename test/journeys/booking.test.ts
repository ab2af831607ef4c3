import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { row, rows, run } from '../../src/db/pool.ts'
import { keptMessages } from '../support/kept.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { createServer } from '../../src/web/server.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'
import { openBrowser, wcagFaults } from '../web/support/browser.ts'

// One campaign of open letters, a real browser at the real pages, a real mail server.
let s: Sending
let web: Server
let site: string
let browser: Browser
beforeAll(async () => {
  s = await sending({ people: 12, places: 3 })
  await run(
    s.db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone) values ('SE2321000180-ANDR', 'Andra kliniken', '2080', 'falun', 'Provgatan 3', '79131', 'Falun', '+46846500402')`,
  )
  await run(
    s.db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (2, '2021-03-15 08:00+01', 1), (2, '2021-03-15 08:05+01', 1)`,
  )
  await run(s.db.pool, `update person set listed_clinic = 'SE2321000180-PROV'`)
  const id = await s.started(openSpec({ slots: { from: '2021-03-12', to: '2021-03-31' } }))
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  await run(
    s.db.pool,
    `update message set state = 'recalled', reason = 'test' where state = 'queued'`,
  ) // the invitations are another test's matter
  const app = appOf(s, { SESSION_SECRET: 'a secret of at least thirty-two signs' })
  web = createServer(app).listen(0, '127.0.0.1')
  await new Promise((listening) => web.once('listening', listening))
  site = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
  browser = await openBrowser()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await new Promise((closed) => {
    web.close(closed)
    web.closeAllConnections()
  })
  await s.close()
})

/** What stands in a person's letter. */
const letter = async (person: number) =>
  (await row<{ code: string; birth: string }>(
    s.db.pool,
    `select code, to_char(birth_date, 'YYYYMMDD') as birth from invitation i join person p on p.id = i.person_id where person_id = $1`,
    [person],
  ))!
const newPage = async (): Promise<Page> =>
  (await browser.newContext({ viewport: { width: 320, height: 640 } })).newPage()
const signIn = async (page: Page, language: string, code: string, birth: string) => {
  await page.goto(`${site}/boka/${language}`)
  await page.fill('#kod', code)
  await page.fill('#fodd', birth)
  await page.click('main button')
}
const heading = (page: Page) => page.textContent('h1')

/**
 * Every page is looked at by axe, fits a phone of 320 pixels, has no script, and shows nothing of the person in its
 * address.
 */
const isSound = async (page: Page, secrets: readonly string[] = []) => {
  expect(await wcagFaults(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  expect(await page.evaluate('document.scripts.length')).toBe(0)
  for (const secret of secrets) expect(page.url()).not.toContain(secret)
}

describe("from the letter's code to a time", () => {
  it.each([
    ['sv', 1, 'ltr'],
    ['sv-simple', 2, 'ltr'],
    ['en', 4, 'ltr'],
    ['ar', 5, 'rtl'],
  ] as const)(
    'in %s: booked, moved, cancelled; every page sound',
    async (language, person, direction) => {
      const { code, birth } = await letter(person)
      const page = await newPage()
      const sound = () => isSound(page, [code, birth])
      await page.goto(`${site}/boka/${language}`)
      expect(await page.getAttribute('html', 'dir')).toBe(direction)
      await sound()
      await page.click('main button')
      expect(await page.locator('.errors a').count()).toBe(2)
      expect(await page.evaluate('document.activeElement.className')).toBe('errors')
      await sound()
      await page.click('.errors a >> nth=1')
      expect(await page.evaluate('document.activeElement.id')).toBe('fodd')
      await signIn(
        page,
        language,
        `${code.slice(0, 4).toLowerCase()} ${code.slice(4)}`.replaceAll('0', 'o'),
        birth,
      )
      expect(await page.textContent('h2')).toBe('Provkliniken') // the listed clinic, though another has an earlier time
      await sound()
      await page.click('.days a')
      await sound()
      await page.click('.time')
      await sound()
      await page.click('main button')
      expect(await page.textContent('.visit')).toContain('Provkliniken')
      await sound()
      const calendar = await page.request.get(`${site}/boka/${language}/kalender.ics`)
      expect([
        calendar.headers()['content-type'],
        /DTSTART:(\S+)/.exec(await calendar.text())?.[1],
      ]).toEqual(['text/calendar; charset=utf-8', '20210316T080000Z'])
      await page.click('a[href$="/tider"]')
      await sound()
      await page.click('.clinics a')
      await page.click('.time')
      await page.click('main button')
      expect(await page.textContent('.visit')).toContain('Andra kliniken')
      expect(
        await rows(s.db.pool, 'select state from appointment where person_id = $1 order by id', [
          person,
        ]),
      ).toEqual([{ state: 'moved' }, { state: 'booked' }])
      await page.click('a[href$="/avboka"]')
      await sound()
      await page.click('main button')
      await sound()
      expect(
        await row(
          s.db.pool,
          `select i.state, i.appointment_id from invitation i where person_id = $1`,
          [person],
        ),
      ).toEqual({ state: 'released', appointment_id: null })
      await page.click('footer button')
      await sound()
      await page.goto(`${site}/boka/${language}/bokning`)
      expect(page.url()).toBe(`${site}/boka/${language}?borta`)
      await page.context().close()
    },
    120_000,
  )

  it('of two who want the last place one gets it, and the other is told and shown others', async () => {
    await run(
      s.db.pool,
      `update slot set capacity = booked where clinic_id = 2 and starts_at > '2021-03-15 08:00+01'`,
    )
    const pages = await Promise.all(
      [7, 8].map(async (person) => {
        const page = await newPage()
        const { code, birth } = await letter(person)
        await signIn(page, 'sv', code, birth)
        await page.click('.clinics a')
        await page.click('.time')
        return page
      }),
    )
    await Promise.all(pages.map((page) => page.click('main button')))
    const headings = await Promise.all(pages.map(heading))
    expect([...headings].sort()).toEqual(['Din tid är bokad', 'Välj en tid'])
    const loser = pages[headings.indexOf('Välj en tid')]!
    expect(await loser.textContent('.errors')).toContain('Någon annan hann boka den tiden')
    expect(await loser.locator('.time').count()).toBeGreaterThan(0)
    await isSound(loser)
    expect(
      await row(
        s.db.pool,
        `select count(*)::int as n from appointment where state = 'booked' and slot_id in (select id from slot where clinic_id = 2)`,
      ),
    ).toEqual({ n: 1 })
  }, 60_000)

  it('confirms by e-mail once, with the time as a calendar file; a time that was given up is not confirmed', async () => {
    const page = await newPage()
    const { code, birth } = await letter(9)
    await signIn(page, 'sv', code, birth)
    await page.click('.time')
    await page.click('main button')
    expect(await page.textContent('main')).toContain('bekräftelse till din e-post')
    await page.click('a[href$="/tider"]')
    await page.click('.days a')
    await page.click('.time')
    await page.click('main button')
    await run(s.db.pool, `update campaign set state = 'finished'`) // who books after the campaign is confirmed too
    await s.send('email')
    expect(await s.send('email')).toBe(0)
    expect(
      await rows(
        s.db.pool,
        `select state, reason from message where step = 'confirmation' and person_id = 9 order by appointment_id`,
      ),
    ).toEqual([
      { state: 'suppressed', reason: 'appointment-ended' },
      { state: 'sent', reason: null },
    ])
    expect(
      s.mails().filter((mail) => JSON.stringify(mail).includes('person9@post.example')),
    ).toHaveLength(1)
    const kept = (await keptMessages(s.db.pool, `m.state = 'sent' and m.person_id = 9`))[0]!.text
    expect(kept).toMatch(/Content-Type: text\/calendar[^\n]*(\n[ \t][^\n]*)*method=PUBLISH/)
    const parts = kept
      .split(/\r?\n\r?\n/)
      .map((part) => Buffer.from(part, 'base64').toString())
      .join('\n')
    expect(parts).toContain('DTSTART:20210316T080000Z')
    expect(kept + parts).not.toMatch(/vaccin|covid/i)
  }, 60_000)

  it('notes a search in vain once, and says that nothing is free', async () => {
    await run(s.db.pool, 'update slot set capacity = booked')
    const page = await newPage()
    const { code, birth } = await letter(10)
    await signIn(page, 'sv', code, birth)
    expect(await heading(page)).toBe('Det finns inga lediga tider just nu')
    await isSound(page, [code, birth])
    await page.reload()
    expect(await row(s.db.pool, 'select count(*)::int as n from failed_search')).toEqual({ n: 1 })
  }, 60_000)

  it('gives the same answer to an unknown code and a wrong birth date, and after ten of them only the phone for an hour', async () => {
    const { code, birth } = await letter(11)
    const page = await newPage()
    const said: (string | null)[] = []
    for (const [c, b] of [
      ['ABCDEFGH', birth],
      [code, '19000101'],
    ] as const) {
      await signIn(page, 'sv', c, b)
      said.push(await page.textContent('.errors'))
    }
    expect(said[0]).toContain('Koden stämmer inte')
    expect(said[1]).toBe(said[0])
    await isSound(page)
    for (let i = 0; i < 9; i++)
      await page.request.post(`${site}/boka/sv`, {
        headers: { origin: site },
        form: { kod: code, fodd: `190001${i + 10}` },
      })
    await signIn(page, 'sv', code, birth)
    expect(await page.textContent('.errors')).toContain('fel för många gånger')
    expect(await page.textContent('.errors')).toContain('ring') // the phone still works
    await isSound(page)
    const neighbour = await letter(12)
    await signIn(page, 'sv', neighbour.code, neighbour.birth)
    expect(await heading(page)).toBe('Det finns inga lediga tider just nu')
    s.clock.moveTo(new Date(s.clock.now().getTime() + 61 * 60_000))
    await signIn(page, 'sv', code, birth)
    expect(await heading(page)).toBe('Det finns inga lediga tider just nu')
  }, 60_000)
})

it('answers in the language of the phone', async () => {
  const ask = async (language: string) =>
    (
      await fetch(`${site}/boka`, { redirect: 'manual', headers: { 'accept-language': language } })
    ).headers.get('location')
  expect([
    await ask('ar,en;q=0.5'),
    await ask('fi'),
    await ask('en-GB'),
    await ask('sv-SE'),
  ]).toEqual(['/boka/ar', '/boka/sv', '/boka/en', '/boka/sv'])
})
