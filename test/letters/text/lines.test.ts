import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { breakLines, type Style } from '../../../src/letters/text/lines.ts'

const style: Style = { size: 12, bold: false, direction: 'rtl', width: 300 }
const onPaper = (text: string, more: Partial<Style> = {}) =>
  breakLines(text, { ...style, ...more }).map((line) =>
    line.pieces
      .map((piece) => (piece.level % 2 === 1 ? [...piece.text].reverse().join('') : piece.text))
      .join(''),
  )

const arabic = fc.constantFrom('موعد', 'يوم', 'اتصل', 'بالرقم', 'الرمز', 'الساعة', 'أو')
const code = fc.stringMatching(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/)
const phone = fc.stringMatching(/^0[0-9]{2}-[0-9]{2} [0-9]{2} [0-9]{2}$/)

describe('lines', () => {
  it('keep every isolated code and phone readable, whatever Arabic stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(arabic, code, phone), { minLength: 1, maxLength: 30 }),
        (words) => {
          const lines = onPaper(
            words.map((word) => (/\d|[A-Z]/.test(word) ? `\u2068${word}\u2069` : word)).join(' '),
          )
          for (const word of words.filter((word) => /\d|[A-Z]/.test(word)))
            expect(lines.some((line) => line.replaceAll('\u00a0', ' ').includes(word))).toBe(true)
        },
      ),
    )
  })

  it('are never wider than asked and lose no character', () => {
    const text = fc.array(
      fc.oneof(
        arabic,
        code,
        fc.constantFrom('Åke', 'vårdcentral', 'kallelse.regiondalarna.example/k', '9:30'),
      ),
      { minLength: 1, maxLength: 40 },
    )
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 40, max: 400 }),
        fc.constantFrom('ltr' as const, 'rtl' as const),
        (words, width, direction) => {
          const lines = breakLines(words.join(' '), { ...style, width, direction })
          for (const line of lines) expect(line.width).toBeLessThanOrEqual(width + 0.01)
          const kept = lines
            .flatMap((line) => line.pieces.map((piece) => piece.text))
            .join('')
            .replaceAll(' ', '')
          expect([...kept].sort().join('')).toBe([...words.join('')].sort().join(''))
        },
      ),
    )
  })

  it('break where meant, and not within a phone number or after kl.', () => {
    expect(onPaper('a\nb', { direction: 'ltr' })).toEqual(['a', 'b'])
    for (let width = 60; width < 200; width += 7) {
      for (const line of onPaper('Ring 070-174 06 05 före kl. 9.30 idag', {
        direction: 'ltr',
        width: Math.max(width, 100),
      }))
        expect(line).not.toMatch(/kl\.$|^\d\d |^9|-174$/)
    }
  })

  it.each(['۰۷۰-۱۷۴ ۰۶ ۰۵', '٠٧٠-١٧٤ ٠٦ ٠٥', '070-174 06 05', '2021-03-15', '۲۰۲۱-۰۳-۱۵'])(
    'keep %s together and in order among right-to-left words, at any width',
    (number) => {
      for (let width = 110; width < 300; width += 7) {
        const lines = onPaper(`نوبت شما است. با ${number} تماس بگیرید، مبلغ ۱۲۵۰ کرون.`, { width })
        expect({
          width,
          whole: lines.filter((line) => line.replaceAll('\u00a0', ' ').includes(number)).length,
        }).toEqual({ width, whole: 1 })
      }
    },
  )

  it('put brackets the right way round in Arabic', () => {
    const [line] = breakLines('اتصل (8) الآن', style)
    const drawn = line?.pieces
      .flatMap(({ run }) =>
        run.glyphs.map((glyph) => String.fromCodePoint(run.face.codePointOf.get(glyph.id) ?? 0x20)),
      )
      .join('')
    expect(drawn).toContain('(8)')
  })

  it('refuse a character that no font has', () => {
    expect(() => breakLines('Hej 𠀀', style)).toThrow(
      expect.objectContaining({ code: 'missing-glyph', details: { character: 'U+20000' } }),
    )
  })
})
