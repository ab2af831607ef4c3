import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { row, rows } from '../../src/db/pool.ts'
import { checkCode, readKeyFile } from '../../src/letters/check-code.ts'
import type { Letter } from '../../src/letters/letter.ts'
import { renderLetter } from '../../src/letters/render.ts'
import { readPicture, readQr } from '../../src/letters/qr/read.ts'
import { signingKey } from '../../src/letters/signing-key.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { publishSigningKey } from '../../src/verification/signing-keys.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { readKept } from '../../src/messages/stored-letters.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'
import { openBrowser, wcagFaults } from '../web/support/browser.ts'

// Letters that were really composed and handed over, a real browser at the real pages.
let s: Sending
let web: Listening
let browser: Browser
beforeAll(async () => {
  s = await sending({ people: 4, places: 4, env: { PORT: '0' } })
  await publishSigningKey(s.db.pool, signingKey(s.config), s.clock.now())
  const id = await s.started(
    openSpec({
      channels: [
        {
          route: 'post',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
        },
      ],
    }),
  )
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  await printLetters(s.printDeps(), id)
  web = await listen(appOf(s))
  browser = await openBrowser()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await web.close()
  await s.close()
})

const isSound = async (page: Page) => {
  expect(await wcagFaults(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  expect(await page.evaluate('document.scripts.length')).toBe(0)
}

describe('a letter that was handed over', () => {
  it('carries a 2D code that opens /akta, and that the published keys alone show to be real', async () => {
    const letters = await rows<{
      id: string
      content: Buffer | null
      keptIn: number | null
      keptLine: number | null
      code: string
    }>(
      s.db.pool,
      `select id, content, kept_in as "keptIn", kept_line as "keptLine", check_code as code from message where state = 'sent' order by id`,
    )
    await readKept(s.db.pool, letters)
    expect(letters).toHaveLength(4)
    const keys = readKeyFile(
      await (await fetch(`${web.url}/.well-known/kallelse-keys.json`)).text(),
    )
    const letter = JSON.parse(letters[0]!.content!.toString()) as Letter
    const picture = await readPicture(await renderLetter(letter, s.clock.now()), 'letter.pdf')
    const scanned = (await readQr(picture))!
    expect(scanned).toBe(letter.checkUrl)
    expect(checkCode(scanned, keys)).toEqual({
      valid: true,
      fault: null,
      issuer: 'Region Dalarna',
      claim: {
        kind: 'invitation',
        date: '2021-03-08',
        code: letters[0]!.code,
        keyId: signingKey(s.config).id,
      },
    })
    const pdf = readdirSync(join(s.folder, 'print')).find((file) => file.endsWith('.pdf'))!
    const batch = await readPicture(readFileSync(join(s.folder, 'print', pdf)), pdf)
    expect(await readQr(batch)).toMatch(
      /^http:\/\/127\.0\.0\.1:3000\/akta\/[0-9A-Z]{8}#I20210308\./,
    )
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await page.goto(scanned.replace('http://127.0.0.1:3000', web.url))
    expect(await page.textContent('h1')).toBe('Yes, we sent the message')
    await page.context().close()
  }, 60_000)
})

describe('/akta in a browser', () => {
  it.each([
    ['sv', 'ltr'],
    ['sv-simple', 'ltr'],
    ['en', 'ltr'],
    ['ar', 'rtl'],
  ])(
    'in %s: asked, known, unknown, reported; every page sound',
    async (language, direction) => {
      const code = (await row<{ code: string }>(
        s.db.pool,
        `select check_code as code from message order by id limit 1`,
      ))!.code
      const page = await (
        await browser.newContext({ viewport: { width: 320, height: 640 } })
      ).newPage()
      await page.goto(`${web.url}/akta/${language}`)
      expect(await page.getAttribute('html', 'dir')).toBe(direction)
      await isSound(page)
      await page.fill('#kod', `${code.slice(0, 4).toLowerCase()} ${code.slice(4)}`)
      await page.click('main button')
      expect(await page.textContent('.visit')).toContain('2021')
      await isSound(page)
      await page.fill('#kod', 'AAAA1111')
      await page.click('main button')
      expect(await page.locator('.visit').count()).toBe(0)
      await isSound(page)
      await page.click('a[href$="/rapport"]')
      await isSound(page)
      await page.click('main button')
      expect(await page.locator('.errors a').count()).toBe(1)
      await isSound(page)
      await page.click('.choice label >> nth=0')
      await page.click('main button')
      await page.click('.errors a')
      expect(await page.evaluate('document.activeElement.id')).toBe('content')
      await page.fill('#content', `Bluff ${language}`)
      await page.fill('#sender', '+46701740699')
      await page.click('main button')
      expect(page.url()).toBe(`${web.url}/akta/${language}/tack`)
      await isSound(page)
      expect(
        await row(
          s.db.pool,
          'select channel, sender, content, language from fraud_report order by id desc limit 1',
        ),
      ).toEqual({ channel: 'sms', sender: '+46701740699', content: `Bluff ${language}`, language })
      await page.context().close()
    },
    120_000,
  )
})
