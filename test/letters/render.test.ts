import { describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Letter } from '../../src/letters/letter.ts'
import { letterPages, renderBatch, renderLetter } from '../../src/letters/render.ts'
import { standardSheet } from '../../src/letters/paper.ts'
import { objectsOf, readPdf } from './read-pdf.ts'
import { sampleLetter } from './sample-letters.ts'

const createdAt = new Date('2021-03-11T12:00:00Z')
async function batchOf(letters: Letter[]) {
  const file = new PassThrough()
  const bytes = buffer(file)
  const result = await renderBatch(letters, file, { title: 'batch-1', createdAt })
  return { ...result, pdf: await bytes }
}
const languages = ['sv', 'sv-simple', 'en', 'ar']
const linesOf = async (letter: Letter) =>
  readPdf(await renderLetter(letter, createdAt)).flatMap((page) => page.lines)
const invitation = sampleLetter('invitation-timed', 'sv').rendered
const visual = (word: string) => [...word].reverse().join('')

describe('a letter', () => {
  it('has the time, the place, the phone and the code unbroken and unreversed in every language', async () => {
    for (const language of languages) {
      const timed = (await linesOf(sampleLetter('invitation-timed', language))).map(
        (line) => line.text,
      )
      const time = language.startsWith('sv') ? 'kl. 9.30' : '9:30'
      for (const wanted of [
        'Falu vårdcentral',
        'Vasagatan 12, 791 31 Falun',
        '070-174 06 06',
        '7KQ2-M9XP',
        time,
        '2021',
      ]) {
        expect({ language, wanted, found: timed.some((line) => line.includes(wanted)) }).toEqual({
          language,
          wanted,
          found: true,
        })
      }
      const open = (await linesOf(sampleLetter('invitation-open', language))).map(
        (line) => line.text,
      )
      for (const wanted of ['23AB-CDEF', '070-174 06 07', 'kallelse.regiondalarna.example/boka'])
        expect(open.some((line) => line.includes(wanted))).toBe(true)
    }
  })

  it('runs from right to left in Arabic: words from the right, numbers still readable, lines ending at the right margin', async () => {
    const lines = await linesOf(sampleLetter('invitation-timed', 'ar'))
    expect(lines.find((line) => line.sizes[0] === 18)?.text).toBe(
      `2021 ${visual('مارس')} 15 ${visual('الاثنين')}`,
    )
    const panel = lines.filter((line) => line.text.includes('9:30'))
    expect(panel[0]?.text).toBe(`9:30 ${visual('الساعة')}`)
    const label = lines.find((line) => line.text === visual('اليوم'))
    expect(label?.x).toBeGreaterThan(140)
  })

  it('has the whole address and nothing else in the window, in every language', async () => {
    const { window } = standardSheet
    const addressLines = [
      'Maximiliana-Alexandra von Exempelström-Testensson',
      'c/o Brukningsvårdsföreningen',
      'Box 12',
      'Avdelning 4',
      'Storgatan 14 lgh 1203',
      '791 70 Falun',
      'FINLAND',
    ]
    for (const language of languages) {
      const [first] = readPdf(
        await renderLetter(
          sampleLetter('reissue-timed', language, { addressLines, largePrint: true }),
          createdAt,
        ),
      )
      const lines = first?.lines ?? []
      const inside = lines.filter(
        (line) => line.y > window.top && line.y < window.bottom && line.x > window.left,
      )
      expect(inside.map((line) => line.text)).toEqual([
        'Returadress: Region Dalarna, Box 712, 791 29 Falun',
        ...addressLines,
      ])
      const above = lines.filter((line) => line.y < window.top).map((line) => line.y)
      expect(Math.max(...above)).toBeLessThan(window.top - 4)
    }
  })

  it('has an identity number alone in the window, where nothing else may be seen', async () => {
    const { window } = standardSheet
    const [first] = readPdf(
      await renderLetter(
        sampleLetter('invitation-by-phone', 'sv', { addressLines: ['19440229-9806'] }),
        createdAt,
      ),
    )
    expect(
      (first?.lines ?? [])
        .filter((line) => line.y > window.top && line.y < window.bottom && line.x > window.left)
        .map((line) => line.text),
    ).toEqual(['19440229-9806'])
  })

  it('moves address, date and text with the window, and everything with the margin', async () => {
    const sheet = { window: { left: 95, right: 195, top: 55, bottom: 95 }, margin: 30 }
    const usual = (await linesOf(sampleLetter('invitation-timed', 'sv'))).map((line) => line.text)
    const [first] = readPdf(
      await renderLetter(sampleLetter('invitation-timed', 'sv', { sheet }), createdAt),
    )
    const lines = first?.lines ?? []
    const inside = lines.filter(
      (line) =>
        line.y > sheet.window.top && line.y < sheet.window.bottom && line.x > sheet.window.left,
    )
    expect(inside.map((line) => line.text)).toEqual([
      'Returadress: Region Dalarna, Box 712, 791 29 Falun',
      'Åke Öberg',
      'Storgatan 14 lgh 1203',
      '791 70 Falun',
    ])
    expect(Math.min(...lines.map((line) => line.x))).toBeCloseTo(30, 1)
    expect(
      lines.find((line) => line.text === usual.find((text) => text.startsWith('Du har fått')))?.y ??
        0,
    ).toBeGreaterThan(95)
  })

  it('has the other language on the back, in its own direction, after the Swedish text', async () => {
    const letter = sampleLetter('invitation-timed', 'sv')
    const short = {
      ...letter.rendered,
      body: letter.rendered.body.slice(0, 3),
      also: {
        language: 'ar',
        version: '1',
        direction: 'rtl' as const,
        body: [{ kind: 'paragraph' as const, text: 'مرحبا 070-174 06 05' }],
      },
    }
    const pdf = await renderLetter({ ...letter, rendered: short }, createdAt)
    const pages = readPdf(pdf)
    expect(pages).toHaveLength(2)
    expect(pages[0]?.lines.some((line) => line.text.includes(visual('مرحبا')))).toBe(false)
    const back = pages[1]?.lines.find((line) => line.text.includes(visual('مرحبا')))
    expect(back?.text).toBe(`070-174 06 05 ${visual('مرحبا')}`)
    expect(back?.x).toBeGreaterThan(120)
    expect(pages[1]?.lines.some((line) => line.text === 'Sida 2 (2)')).toBe(true)
    expect(pdf.toString('latin1')).toContain('/Lang (ar)')
    const long = readPdf(
      await renderLetter(
        { ...letter, rendered: { ...letter.rendered, also: short.also } },
        createdAt,
      ),
    )
    expect(long).toHaveLength(letterPages(letter))
    expect(long.at(-1)?.lines.some((line) => line.text.includes(visual('مرحبا')))).toBe(true)
  })

  it('has the other language whole on one page, also in large print', async () => {
    for (const language of ['fa', 'ti', 'th', 'uk']) {
      for (const template of ['invitation-timed', 'reissue-timed', 'correction']) {
        const letter = sampleLetter(template, language, { largePrint: true })
        const rules = readPdf(await renderLetter(letter, createdAt))
          .slice(1)
          .map((page) => page.content.toString('latin1').match(/0\.6 G/g)?.length ?? 0)
        expect({ language, template, after: rules.slice(rules.indexOf(1)) }).toEqual({
          language,
          template,
          after: [1],
        })
      }
    }
  })

  it('has every line of the sender below the one before, however long they are', async () => {
    const { rendered } = sampleLetter('invitation-timed', 'sv')
    const sender = {
      name: 'Regionen med det mycket långa namnet som behöver två rader i brevet',
      lines: [
        'Telefon 070-174 06 05',
        'måndag–torsdag kl. 8–16, fredag kl. 8–15, lunchstängt kl. 12–13 alla dagar',
      ],
    }
    const [first] = readPdf(
      await renderLetter(
        sampleLetter('invitation-timed', 'sv', {
          largePrint: true,
          rendered: { ...rendered, sender },
        }),
        createdAt,
      ),
    )
    const above = (first?.lines ?? []).filter((line) => line.y < standardSheet.window.top)
    expect(above.map((line) => line.text).join(' ')).toBe([sender.name, ...sender.lines].join(' '))
    above.slice(1).forEach((line, i) => expect(line.y - above[i]!.y).toBeGreaterThan(4.5))
  })

  it('leaves a line empty where the text does, in both directions', async () => {
    for (const [language, body] of [
      ['sv', 'Ett\n\ntre'],
      ['sv', '\ntvå'],
      ['ar', 'موعد\n\nالرمز'],
    ] as const) {
      const { rendered } = sampleLetter('invitation-timed', language)
      const [first] = readPdf(
        await renderLetter(
          sampleLetter('invitation-timed', language, {
            rendered: { ...rendered, body: [{ kind: 'paragraph', text: body }] },
          }),
          createdAt,
        ),
      )
      const operators =
        first?.content
          .toString('latin1')
          .replace(/\bBI\/W[^]*/, '')
          .replace(/\((?:[^\\()]|\\[\s\S])*\)/g, '')
          .match(/[A-Za-z]\S*\*\S*|\bTd\d/g) ?? []
      expect(operators.filter((operator) => !/^T\*(?:[[/]|$)/.test(operator))).toEqual([])
      const words = body
        .split('\n')
        .filter((word) => word !== '')
        .map((word) => (language === 'ar' ? visual(word) : word))
      const [top = 0, bottom = top] = words.map(
        (word) => first?.lines.find((line) => line.text === word)?.y ?? NaN,
      )
      expect(bottom - top).toBeCloseTo(words.length === 1 ? 0 : (2 * 12 * 1.38 * 25.4) / 72, 1)
    }
  })

  it('leaves the 18 mm at the left free, has its number and page on every page, and 16 points or more in large print', async () => {
    for (const largePrint of [false, true]) {
      const pages = readPdf(
        await renderLetter(sampleLetter('invitation-timed', 'sv', { largePrint }), createdAt),
      )
      expect(pages).toHaveLength(
        letterPages(sampleLetter('invitation-timed', 'sv', { largePrint })),
      )
      pages.forEach((page, i) => {
        const text = page.lines.map((line) => line.text)
        expect(text).toContain(`Sida ${i + 1} (${pages.length})`)
        expect(text).toContain('Brevets nummer: f2b8a4f0-0000-4000-8000-000000000001')
        expect(Math.min(...page.lines.map((line) => line.x))).toBeGreaterThanOrEqual(18)
      })
      const body = pages
        .flatMap((page) => page.lines)
        .filter((line) => /Vi har bokat|Besöket är gratis/.test(line.text))
      expect(body).toHaveLength(2)
      for (const line of body)
        expect(Math.min(...line.sizes)).toBeGreaterThanOrEqual(largePrint ? 16 : 12)
    }
  })

  it('keeps easy Swedish to 45 characters a line', async () => {
    const lines = await linesOf(sampleLetter('invitation-timed', 'sv-simple'))
    const body = lines.filter((line) => line.sizes[0] === 13)
    expect(body.length).toBeGreaterThan(10)
    for (const line of body) expect(line.text.length).toBeLessThanOrEqual(45)
  })
})

describe('a batch', () => {
  const letters = Array.from({ length: 12 }, (_, i) =>
    sampleLetter(
      'invitation-timed',
      languages[i % 4] ?? 'sv',
      { id: `letter-${i}`, largePrint: i % 5 === 0 },
      { person: { name: `Anna ${i} Ek` } },
    ),
  )

  it('says on which pages each letter is, with the hash that anybody can recompute from the file', async () => {
    const { pdf, pages, letters: drawn } = await batchOf(letters)
    const read = readPdf(pdf)
    expect(read).toHaveLength(pages)
    expect(drawn.map((letter) => letter.id)).toEqual(letters.map((letter) => letter.id))
    let next = 1
    for (const letter of drawn) {
      expect(letter.firstPage).toBe(next)
      const own = read.slice(letter.firstPage - 1, letter.firstPage - 1 + letter.pages)
      const hash = createHash('sha256')
      for (const page of own) hash.update(page.content)
      expect(letter.sha256).toBe(hash.digest('hex'))
      for (const page of own)
        expect(page.lines.some((line) => line.text.includes(letter.id))).toBe(true)
      next += letter.pages
    }
    expect(new Set(drawn.map((letter) => letter.sha256)).size).toBe(letters.length)
  })

  it('is the same to the byte when drawn again from the kept JSON, and each letter is the same in any batch', async () => {
    const first = await batchOf(letters)
    const again = await batchOf(
      letters.map((letter) => JSON.parse(JSON.stringify(letter)) as Letter),
    )
    expect(again.pdf.equals(first.pdf)).toBe(true)
    const reversed = await batchOf([...letters].reverse())
    expect(new Map(reversed.letters.map((letter) => [letter.id, letter.sha256]))).toEqual(
      new Map(first.letters.map((letter) => [letter.id, letter.sha256])),
    )
  })

  it('embeds every font it uses, whole', async () => {
    const { pdf } = await batchOf(letters.slice(0, 4))
    const source = [...objectsOf(pdf).values()].join('\n')
    const fonts = new Set(source.match(/\/BaseFont \/\S+/g))
    expect(new Set(source.match(/\/FontFile2 \d+/g)).size).toBe(fonts.size)
    expect(source.match(/\/Length1 /g)).toHaveLength(fonts.size)
    expect(source).not.toMatch(/Helvetica|Encrypt|JavaScript/)
  })

  it.each([
    ['missing-glyph', { addressLines: ['Åke 𠀀berg', '791 70 Falun'] }],
    ['address-too-wide', { addressLines: ['Å'.repeat(120), '791 70 Falun'] }],
    ['missing-glyph', { addressLines: ['Åke\u0000 Öberg', '791 70 Falun'] }],
    [
      'letter-too-long',
      {
        rendered: {
          ...invitation,
          body: [{ kind: 'paragraph' as const, text: 'Vi har bokat en tid åt dig. '.repeat(300) }],
        },
      },
    ],
    [
      'letter-too-long',
      {
        rendered: {
          ...invitation,
          panel: Array.from({ length: 30 }, () => ({
            label: 'Dag',
            value: 'måndag '.repeat(10),
            big: true,
          })),
        },
      },
    ],
    [
      'letter-too-long',
      {
        rendered: {
          ...invitation,
          labels: { ...invitation.labels, checkText: 'Gå till sidan. '.repeat(300) },
        },
      },
    ],
    [
      'letter-too-long',
      {
        rendered: {
          ...invitation,
          sender: { name: 'Region', lines: Array.from({ length: 8 }, () => 'Telefon') },
        },
      },
    ],
    ['bad-letter', { addressLines: [] }],
    ['bad-letter', { identityNumber: '1' }],
  ])("writes nothing when one letter can't be drawn: %s", async (code, wrong) => {
    const file = new PassThrough()
    await expect(
      renderBatch(
        [...letters, sampleLetter('invitation-timed', 'sv', { id: 'the-bad-one', ...wrong })],
        file,
        { title: 'x', createdAt },
      ),
    ).rejects.toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining('the-bad-one') as unknown as string,
      }),
    )
    expect(file.readableLength).toBe(0)
  })
})
