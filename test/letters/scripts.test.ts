import { describe, expect, it } from '@jest/globals'
import { renderLetter } from '../../src/letters/render.ts'
import { readPdf } from './read-pdf.ts'
import { leftToRight, letterIn, rightToLeft } from './script-samples.ts'

const createdAt = new Date('2021-03-11T12:00:00Z')

const spaceless = (text: string) => text.replace(/\s/g, '')
const withoutControls = (text: string) => text.replace(/[\u2066-\u2069\u200e\u200f]/g, '')

/** What the structure tree says for reading aloud, in order. */
const actualTexts = (pdf: Buffer) =>
  [...pdf.toString('latin1').matchAll(/\/ActualText <feff([0-9a-f]*)>/g)].map((match) =>
    Buffer.from(match[1] ?? '', 'hex')
      .swap16()
      .toString('utf16le'),
  )

describe('letters in every script', () => {
  it.each(leftToRight)(
    '%s: the text reads in order, times and phones whole on one line',
    async (language, title, text) => {
      const pdf = await renderLetter(letterIn(language, 'ltr', title, text, '9:30'), createdAt)
      const lines = readPdf(pdf)
        .flatMap((page) => page.lines)
        .map((line) => line.text)
      const all = spaceless(lines.join(''))
      expect(all).toContain(spaceless(title))
      expect(all).toContain(spaceless(text.normalize('NFC')))
      for (const wanted of ['9:30', '2021', '070-174 06 05'])
        expect(lines.some((line) => line.includes(wanted))).toBe(true)
    },
  )

  it('breaks Thai between words, not within them', async () => {
    const [, title, text] = leftToRight[1]
    const long = Array(6).fill(text).join(' ')
    const body = readPdf(await renderLetter(letterIn('th', 'ltr', title, long, '9:30'), createdAt))
      .flatMap((page) => page.lines)
      .filter((line) => line.sizes[0] === 12 && /[\u0e00-\u0e7f]/.test(line.text))
    expect(body.length).toBeGreaterThan(4)
    const words = new Set(
      [...new Intl.Segmenter('th', { granularity: 'word' }).segment(text)].map(
        ({ segment }) => segment,
      ),
    )
    for (const line of body.slice(1))
      expect([...words].some((word) => word.trim() !== '' && line.text.startsWith(word))).toBe(true)
  })

  it.each(rightToLeft)(
    '%s: dates, times and phones stand from left to right on paper, and the text is kept in the order of reading',
    async (language, title, text, wanted) => {
      const pdf = await renderLetter(letterIn(language, 'rtl', title, text, wanted[0]), createdAt)
      const lines = readPdf(pdf).flatMap((page) => page.lines)
      for (const number of wanted)
        expect({
          number,
          lines: lines.map((line) => line.text).filter((line) => line.includes(number)).length > 0,
        }).toEqual({ number, lines: true })
      const spoken = actualTexts(pdf)
      expect(spoken).toContain(title)
      expect(spoken).toContain(withoutControls(text))
    },
  )

  it('draws each sign of each script with a glyph, and refuses a letter that no font has', async () => {
    for (const [language, , text] of leftToRight) {
      const missing = letterIn(language, 'ltr', 'x', `${text} \u{1f600}`, '1')
      await expect(renderLetter(missing, createdAt)).rejects.toThrow(
        expect.objectContaining({ code: 'missing-glyph' }),
      )
    }
  })
})
