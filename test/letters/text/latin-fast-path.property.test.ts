import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { breakLines } from '../../../src/letters/text/lines.ts'
import { linesOps } from '../../../src/letters/pdf/text-operators.ts'
import { plainText } from '../../../src/letters/text/latin-fast-path.ts'

const letters = [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖÉÜabcdefghijklmnopqrstuvwxyzåäöéüøæßçñ0123456789-.,:;/()!?"\'&@+',
]
const word = fc
  .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 40 })
  .map((all) => all.join(''))

describe('plain paragraphs', () => {
  it('break and draw as the whole way does', () => {
    const words = fc.array(
      fc.oneof(
        word,
        fc.constantFrom(
          'kl.',
          '9.30',
          '070-174',
          '06',
          'vårdcentral',
          'office',
          'fflfi',
          'AVAVAToTyWa',
          '–',
          '”då”',
        ),
      ),
      { minLength: 1, maxLength: 40 },
    )
    let plainly = 0
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 60, max: 400 }),
        fc.boolean(),
        fc.option(fc.integer({ min: 20, max: 50 }), { nil: undefined }),
        (all, width, bold, lineLength) => {
          const style = {
            size: 12,
            leading: 16.5,
            bold,
            direction: 'ltr' as const,
            width,
            ...(lineLength === undefined ? {} : { lineLength }),
          }
          const plain = plainText(all.join(' '), style)
          if (!plain) return
          plainly++
          const whole = breakLines(all.join(' '), style)
          expect(plain.ops.toString('latin1')).toBe(linesOps(whole, style))
          expect(plain.widths).toHaveLength(whole.length)
          plain.widths.forEach((width, i) => expect(width).toBeCloseTo(whole[i]?.width ?? -1, 6))
        },
      ),
      { numRuns: 1_000 },
    )
    expect(plainly).toBeGreaterThan(100)
  })

  it('are the common case', () => {
    expect(
      plainText('Ring 070-174 06 06 så snart du kan. Då får du en ny tid.', {
        size: 12,
        leading: 16,
        bold: false,
        direction: 'ltr',
        width: 300,
      })?.widths.length,
    ).toBe(2)
  })

  it.each(['', ' a', 'a ', 'a  b', 'a\nb', 'Łódź', 'مرحبا', 'a\u0301'])(
    'leave %j to the whole way',
    (said) => {
      expect(
        plainText(said, { size: 12, leading: 16, bold: false, direction: 'ltr', width: 300 }),
      ).toBeUndefined()
    },
  )
})
