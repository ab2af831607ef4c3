import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { run } from '../../src/db/pool.ts'
import { setGoals } from '../../src/goals/set.ts'
import { noteBackup, noteBackupDone } from '../../src/db/backups.ts'
import { endRestore } from '../../src/messages/restored.ts'
import { lateLetters } from '../../src/messages/print/late-letters.ts'
import { printSchedule } from '../../src/messages/print/print-day.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { readFigures } from '../../src/reports/figures.ts'
import { renderReport } from '../../src/reports/report.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { noticesIn } from '../support/notices.ts'
import { deliver } from '../support/doses.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'
import { openBrowser, wcagFaults } from './support/browser.ts'

const cohort = { not: { group: 'nobody' } }
const goals = [
  {
    ...{ name: 'over-65', purpose: 'covid-19/dose-1', who: 'Alla som är 65 år eller äldre' },
    ...{ cohort, share: '80 %', by: '2021-05-16' },
  },
]

// A region in which everything that the staff's pages show has happened.
let s: Sending
let web: Listening
let browser: Browser
beforeAll(async () => {
  s = await sending({ people: 12, places: 12 })
  await run(s.db.pool, `update person set identity_number = '194401019809' where id = 1`)
  const n = noticesIn(s)
  const campaign = await s.started(openSpec())
  await releaseWave(n.deps, campaign)
  await n.deliver(campaign)
  await n.warn()
  await setGoals({ pool: s.db.pool, clock: s.clock }, goals, 'anna')
  await run(
    s.db.pool,
    `insert into dose (person_id, purpose, given_on)
     select id, 'covid-19/dose-1', '2021-03-01'
       from person
      order by id desc
      limit 6`,
  )
  await printLetters(s.printDeps(), campaign)
  web = await listen(appOf(s))
  browser = await openBrowser()
  await visitors()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await web.close()
  await s.close()
})

/** Somebody asks about a code that isn't one, and reports a call. */
async function visitors(): Promise<void> {
  const page = await browser.newPage()
  await page.goto(`${web.url}/akta/sv?kod=7KQ2-M9XP`)
  await page.goto(`${web.url}/akta/sv/rapport`)
  await page.check('input[name=channel][value=phone]')
  await page.fill(
    'textarea',
    'De ringde och ville ha min kod. https://bluff.example/en-mycket-lång-adress-utan-mellanrum-som-inte-får-plats',
  )
  await page.click('main button')
  await page.close()
}

const looks = [
  { width: 320, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const
const openPage = async ({ width, colorScheme }: (typeof looks)[number]): Promise<Page> =>
  (await browser.newContext({ viewport: { width, height: 800 }, colorScheme })).newPage()

/** By WCAG 2.1 AA, with everything unfolded, no wider than the screen, without script. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(
    `document.querySelectorAll('details').forEach((details) => (details.open = true))`,
  )
  const wide = Number(
    await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    ),
  )
  return [
    ...(await wcagFaults(page)),
    ...(wide > 0 ? [`${wide} pixels wider than the screen`] : []),
    ...((await page.locator('script').count()) ? ['has a script'] : []),
  ]
}

const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
)

describe('every page of the staff that a link leads to', () => {
  it.each(looks)(
    'is by WCAG 2.1 AA and fits on $width pixels, $colorScheme',
    async (look) => {
      const page = await openPage(look)
      await page.route('**/*.png', (route) =>
        route.fulfill({ contentType: 'image/png', body: dot }),
      ) // letters' pictures take long to draw, and have a test of their own
      const todo = ['/admin']
      for (const path of todo) {
        const answer = await page.goto(`${web.url}${path}`)
        expect([path, answer?.status(), await faults(page)]).toEqual([path, 200, []])
        const links = await page
          .locator('a[href^="/admin"]')
          .evaluateAll((found) =>
            found.map((a) =>
              (a as unknown as { getAttribute(name: string): string }).getAttribute('href'),
            ),
          )
        const pages = links.filter((link) => link !== null && !/\.(png|csv)(\?|$)/.test(link)) // a letter's pictures are no pages
        todo.push(...pages.filter((link, i) => !todo.includes(link) && pages.indexOf(link) === i))
      }
      expect(todo.sort()).toEqual([
        '/admin',
        '/admin/akta',
        '/admin/dubbelbokningar',
        '/admin/dubbletter',
        '/admin/mal/over-65',
        '/admin/meddelanden',
        '/admin/meddelanden/bluffsamtal',
        '/admin/oklara',
        '/admin/svar',
        '/admin/underlag',
        '/admin/utskick/bluffsamtal',
        '/admin/utskick/bluffsamtal/brev',
        '/admin/utskick/open-campaign',
        '/admin/utskick/open-campaign/brev',
      ])
      await page.context().close()
    },
    120_000,
  )

  it.each(looks)(
    'shows what was sent to a person, and what went wrong, in the same way: $width pixels, $colorScheme',
    async (look) => {
      const page = await openPage(look)
      const ask = async (number: string) => {
        await page.goto(`${web.url}/admin/underlag`)
        await page.fill('input[name=number]', number)
        await page.fill('input[name=by]', 'karin')
        await page.fill('input[name=unit]', 'Smittskydd')
        await page.click('main button >> nth=0')
      }
      await ask('12')
      expect([await page.textContent('[role=alert]'), await faults(page)]).toEqual([
        'Det är inget giltigt nummer. Skriv det med 12 siffror.',
        [],
      ])
      await ask('194401019809')
      expect([await page.locator('article').count(), await faults(page)]).toEqual([2, []])
      await page.goto(`${web.url}/admin/meddelanden`)
      for (const [field, text] of [
        ['name', 'bluffsamtal'],
        ['signerName', 'Karin Exempel'],
        ['signerRole', 'säkerhetschef'],
        ['audience', '80+'],
        ['by', 'anna'],
      ])
        await page.fill(`#ny + form [name=${field}]`, text!)
      await page.uncheck('#kanal-letter')
      await page.click('text=Gör ett utkast')
      expect(await page.textContent('[role=alert]')).toContain('Det gick inte.')
      expect([
        await page.inputValue('#roll'),
        await page.inputValue('#till'),
        await page.isChecked('#kanal-letter'),
        await page.isChecked('#kanal-sms'),
      ]).toEqual(['säkerhetschef', '80+', false, true])
      expect(await faults(page)).toEqual([])
      await page.context().close()
    },
    120_000,
  )
})

describe('the report', () => {
  it.each(looks)(
    'is by WCAG 2.1 AA and fits on $width pixels',
    async (look) => {
      const page = await openPage(look)
      await page.setContent(
        await renderReport(await readFigures(s.db.pool, s.clock.now()), {
          now: s.clock.now(),
          title: 'Läget',
        }),
      )
      expect(await page.locator('.plot svg').count()).toBeGreaterThan(2)
      expect(await faults(page)).toEqual([])
      await page.context().close()
    },
    60_000,
  )
})

it('letters that should have left are told of first, on the page and in the report', async () => {
  const campaign = await s.started(openSpec({ name: 'sena', purpose: 'covid-19/dose-2' }))
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
  await noteBackupDone(s.db.pool, await noteBackup(s.db.pool, s.clock.now(), 'test'), s.clock.now())
  const page = await openPage(looks[0])
  await page.goto(`${web.url}/admin`)
  expect(await page.locator('[role=alert]').count()).toBe(0)
  s.clock.moveTo(new Date('2021-03-09T08:00:00+01:00'))
  await page.goto(`${web.url}/admin`)
  const said =
    '8 brev i sena är inte lämnade till tryckeriet. Det äldsta skulle ha lämnats 8 mars 2021 kl. 7.00.'
  expect(await page.textContent('main')).toContain(said)
  expect(await faults(page)).toEqual([])
  const late = await lateLetters(s.db.pool, s.clock.now(), printSchedule(s.config))
  const report = await openPage(looks[0])
  await report.setContent(
    await renderReport(await readFigures(s.db.pool, s.clock.now()), {
      now: s.clock.now(),
      title: 'Läget',
      late,
    }),
  )
  expect(await report.textContent('main')).toContain(said)
  expect(await faults(report)).toEqual([])
  for (const shown of [page, report]) await shown.context().close()
}, 60_000)

it('says on the status page who has a time without a dose, and which delivery was not confirmed', async () => {
  await run(
    s.db.pool,
    `insert into appointment (person_id, purpose, slot_id, state, made_by, made_at)
     select 2, 'covid-19/dose-1', min(id), 'booked', 'clinic', now() from slot`,
  )
  await deliver(
    s.db.pool,
    s.clock,
    { day: '2021-03-15', doses: 0 },
    { day: '2021-03-10', doses: 5, state: 'planned' },
  )
  const page = await openPage(looks[0])
  await page.goto(`${web.url}/admin`)
  const alarm = await page.locator('.warn', { hasText: 'Doser som saknas' }).innerText()
  expect(alarm).toContain('Provkliniken: 1 har en tid men ingen dos')
  expect(alarm).toContain('leveransen onsdag 10 mars 2021 (5 flaskor) skulle ha bekräftats senast')
  expect(await faults(page)).toEqual([])
})

it('says how the goals are doing, and gives their numbers as CSV', async () => {
  const page = await openPage(looks[0])
  await page.goto(`${web.url}/admin`)
  const section = (
    await page.locator('section', { hasText: 'Mål och täckning' }).innerText()
  ).replaceAll('\u00a0', ' ')
  expect(section).toContain('covid-19/dose-1: minst 80 % senast den 16 maj 2021')
  expect(section).toContain('6 av 12 (50,0 %)')
  expect(await faults(page)).toEqual([])
  await page.click('text=Se efter område')
  expect(await page.locator('caption').allInnerTexts()).toContain('Täckning efter ålder')
  const csv = await fetch(`${web.url}/admin/mal.csv`)
  expect(csv.headers.get('content-disposition')).toMatch(
    /attachment; filename=tackning-2021-03-\d\d\.csv$/,
  )
  expect(await csv.text()).toContain('over-65;covid-19/dose-1;Alla som är 65 år eller äldre;80;')
  expect((await fetch(`${web.url}/admin/mal/no-such-goal`)).status).toBe(404)
})

it('says that the last back-up is too old, and that the database was put back, and no more when it is compared', async () => {
  const now = s.clock.now()
  await noteBackupDone(s.db.pool, await noteBackup(s.db.pool, now, 'test'), now)
  const state = async () => {
    const page = await openPage(looks[0])
    await page.goto(`${web.url}/admin`)
    const said = (await page.textContent('main'))!.replaceAll('\u00a0', ' ')
    const health = (await (await fetch(`${web.url}/health`)).json()) as { backup: object }
    await page.context().close()
    return { told: said.includes('Den senaste säkerhetskopian är från'), said, ...health.backup }
  }
  expect(await state()).toMatchObject({ told: false, late: false, restoredTo: null })
  s.clock.moveTo(new Date(now.getTime() + 27 * 3_600_000))
  expect(await state()).toMatchObject({ told: true, late: true })
  await run(s.db.pool, `insert into restored (point, at, restored_by) values ($1, $2, 'karin')`, [
    now,
    s.clock.now(),
  ])
  expect((await state()).said).toContain('Databasen är återläst till')
  await endRestore({ pool: s.db.pool, clock: s.clock }, 'karin')
  expect((await state()).said).not.toContain('återläst')
}, 60_000)
