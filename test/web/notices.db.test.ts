import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { parse } from 'yaml'
import { MovableClock } from '../../src/clock.ts'
import { run } from '../../src/db/pool.ts'
import { createNotice } from '../../src/notices/notice.ts'
import { advanceNotice } from '../../src/notices/plan.ts'
import { noticeNamed } from '../../src/notices/store.ts'
import { openBrowser, wcagFaults } from './support/browser.ts'
import { openSite, type Site } from './support/site.ts'

let site: Site
let browser: Browser
beforeAll(async () => {
  site = await openSite({}, new MovableClock(new Date('2021-03-08T09:00:00+01:00')))
  browser = await openBrowser()
  await run(
    site.db.pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, email) values ('194401019809', 'personnummer', '1944-01-01', 'Hemlig', 'Hemligsson', 'hemlig@post.example')`,
  )
})
afterAll(async () => {
  await browser.close()
  await site.close()
})

const form = (path: string, values: Record<string, string>) =>
  site.post(path, new URLSearchParams(values).toString(), undefined, {
    'content-type': 'application/x-www-form-urlencoded',
    'sec-fetch-site': 'same-origin',
    origin: site.web.url,
  })

describe("the staff's page of notices", () => {
  it('makes a warning, shows it in every language, has it approved by two and sends it', async () => {
    const context = await browser.newContext({ javaScriptEnabled: true })
    const page = await context.newPage()
    await page.goto(`${site.web.url}/admin/meddelanden`)
    expect(await wcagFaults(page)).toEqual([])
    await page.fill('#namn', 'bluffsamtal')
    await page.fill('#vem', 'Karin Exempel')
    await page.fill('#roll', 'säkerhetschef')
    await page.fill('#av', 'anna')
    await page.click('text=Gör ett utkast')
    expect(await page.textContent('h1')).toBe('bluffsamtal utkast')
    expect(await wcagFaults(page)).toEqual([])
    for (const said of [
      '1 personer, 1 får den',
      'lätt svenska',
      'engelska',
      'arabiska',
      'تحذير من المحتالين',
      'Warning about fraud',
    ])
      expect(await page.textContent('main')).toContain(said)
    for (const by of ['anna', 'bertil']) {
      await page.fill('#approve-namn', by)
      await page.click('text=Godkänn >> nth=-1')
    }
    expect(await page.textContent('main')).toContain('Godkänt av anna och bertil')
    await page.fill('#send-namn', 'anna')
    await page.click('button:has-text("Skicka")')
    const { campaignId } = await noticeNamed(site.db.pool, 'bluffsamtal')
    expect(await advanceNotice({ ...site.app, jobs: await site.app.jobs() }, campaignId)).toBe(1)
    await context.close()
  }, 60_000)

  it('says what is wrong and does nothing then', async () => {
    const bad = await form('/admin/meddelanden', { name: 'Fel Namn', audience: '65+', by: 'anna' })
    expect([bad.status, bad.text.includes('use lower-case letters')]).toEqual([422, true])
    const nobody = await form('/admin/meddelanden/bluffsamtal/cancel', { by: '' })
    expect([nobody.status, nobody.text.includes('Skriv ditt namn')]).toEqual([422, true])
    expect(
      (
        await site.post('/admin/meddelanden/lage', 'lage=pa&by=ond&why=x', undefined, {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
          origin: 'https://annan.example',
        })
      ).status,
    ).toBe(403)
    expect(
      (await site.get('/admin/meddelanden', undefined, { 'x-forwarded-for': '10.0.0.1' })).status,
    ).toBe(403)
  })

  it('sets and lifts heightened fraud, with its history', async () => {
    await form('/admin/meddelanden/lage', { lage: 'pa', by: 'anna', why: 'många samtal' })
    expect((await site.get('/meddelanden/sv')).text).toContain('Bedragare ringer och säger')
    await form('/admin/meddelanden/lage', { lage: 'av', by: 'bertil' })
    const list = (await site.get('/admin/meddelanden')).text
    expect(list).toContain('många samtal (anna, hävt av bertil)')
    expect((await site.get('/meddelanden/sv')).text).not.toContain('Bedragare ringer och säger')
  })
})

describe('the notices for everybody', () => {
  it('are in every language, in its direction, readable without script and by WCAG 2.1 AA, and name nobody', async () => {
    for (const [tag, lang, dir, title] of [
      ['sv', 'sv', 'ltr', 'Varning för bedragare'],
      ['sv-simple', 'sv', 'ltr', 'Varning för bedragare'],
      ['en', 'en', 'ltr', 'Warning about fraud'],
      ['ar', 'ar', 'rtl', 'تحذير من المحتالين'],
    ] as const) {
      const page = await browser.newPage()
      for (const path of ['', '/bluffsamtal']) {
        await page.goto(`${site.web.url}/meddelanden/${tag}${path}`)
        expect([tag, path, await wcagFaults(page)]).toEqual([tag, path, []])
        expect(await page.getAttribute('html', 'lang')).toBe(lang)
        expect(await page.getAttribute('html', 'dir')).toBe(dir)
        expect(await page.textContent('main')).toContain(title)
        const html = await page.content()
        expect(html).not.toMatch(/<script|Hemlig|hemlig@/)
      }
      await page.close()
    }
  }, 60_000)

  it('are Atom and JSON feeds too, with the same words', async () => {
    const xml = await site.get('/meddelanden/en/atom.xml')
    expect(xml.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8')
    const page = await browser.newPage()
    const read = await page.evaluate((text) => {
      const { DOMParser } = globalThis as unknown as {
        DOMParser: new () => {
          parseFromString(
            text: string,
            type: string,
          ): { querySelector(s: string): { textContent: string } | null }
        }
      }
      const doc = new DOMParser().parseFromString(text, 'application/xml')
      return [
        doc.querySelector('parsererror')?.textContent,
        doc.querySelector('entry > title')?.textContent,
        doc.querySelector('entry > content')?.textContent,
      ]
    }, xml.text)
    await page.close()
    expect(read.slice(0, 2)).toEqual([undefined, 'Warning about fraud'])
    const json = JSON.parse((await site.get('/meddelanden/en/feed.json')).text) as {
      version: string
      items: { title: string; content_html: string; date_published: string }[]
    }
    expect(json.version).toBe('https://jsonfeed.org/version/1.1')
    expect(json.items).toEqual([
      expect.objectContaining({
        title: 'Warning about fraud',
        content_html: read[2],
        date_published: '2021-03-08T08:00:00.000Z',
      }),
    ])
  })

  it('are linked from the first page, and from the page for checking while there are any; one that is unknown or not public is not found; one that is lifted says so', async () => {
    expect((await site.get('/')).text).toContain('href="/meddelanden"')
    for (const tag of ['sv', 'sv-simple', 'en', 'ar'])
      expect((await site.get(`/akta/${tag}`)).text).toContain(`href="/meddelanden/${tag}"`)
    expect((await site.get('/meddelanden/sv/finns-inte')).status).toBe(404)
    expect((await site.get('/meddelanden/sv/a%00b')).status).toBe(404)
    expect((await site.get('/meddelanden/xx')).status).toBe(404)
    await form('/admin/meddelanden/bluffsamtal/lift', { by: 'bertil' })
    expect((await site.get('/meddelanden/sv/bluffsamtal')).text).toContain(
      'Det här slutade gälla 8 mars 2021',
    )
    expect((await site.get('/meddelanden/sv')).text).not.toContain('bluffsamtal')
    expect((await site.get('/akta/sv')).text).not.toContain('/meddelanden')
    expect(
      (JSON.parse((await site.get('/meddelanden/sv/feed.json')).text) as { items: unknown[] })
        .items,
    ).toEqual([])
  })

  it('are information too, and need nobody that they are sent to', async () => {
    const words = parse(await readFile('samples/notices/information.yaml', 'utf8')) as unknown
    const { name, campaignId } = await createNotice(
      site.app,
      {
        name: 'vilka-nu',
        kind: 'information',
        words,
        audience: 'all',
        channels: [],
        signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
      },
      'anna',
    )
    for (const by of ['anna', 'bertil']) await form(`/admin/meddelanden/${name}/approve`, { by })
    expect((await site.get(`/meddelanden/sv/${name}`)).status).toBe(404)
    await form(`/admin/meddelanden/${name}/send`, { by: 'anna' })
    expect(await advanceNotice({ ...site.app, jobs: await site.app.jobs() }, campaignId)).toBe(0)
    const page = await browser.newPage()
    for (const [path, words] of [
      [`/meddelanden/sv/${name}`, 'Du som är född 1947–1951 kan boka en tid nu.'],
      [`/meddelanden/ar/${name}`, 'معلومات'],
      ['/meddelanden/sv', 'Information: vaccination mot covid-19'],
      ['/admin/meddelanden', 'Information'],
      [`/admin/meddelanden/${name}`, 'Ingen. Den är bara för regionens sidor och flöden.'],
    ] as const) {
      await page.goto(site.web.url + path)
      expect([path, await wcagFaults(page)]).toEqual([path, []])
      expect(await page.textContent('main')).toContain(words)
    }
    await page.close()
    const feed = (await site.get('/meddelanden/sv/atom.xml')).text
    expect(feed).toContain('Är du yngre? Då får du ett brev när det är din tur.')
  }, 60_000)
})
