import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { faceOf } from '../../src/letters/faces.ts'
import { breakLines } from '../../src/letters/lines.ts'
import { lineOps } from '../../src/letters/ops.ts'
import { plainLines } from '../../src/letters/plain.ts'
import { shapeGlyphs, shapeRun } from '../../src/letters/shape.ts'

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖÉÜabcdefghijklmnopqrstuvwxyzåäöéüøæßçñ0123456789-.,:;/()!?"\'&@+']
const word = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 40 }).map((all) => all.join(''))

describe('words put together from pairs', () => {
  it.each([false, true])('are what HarfBuzz makes of them whole (bold: %s)', (bold) => {
    const face = faceOf(0x41, bold)
    fc.assert(
      fc.property(word, (text) => {
        const whole = shapeGlyphs(text, face, false)
        expect(shapeRun(text, face, false).glyphs.map(({ cid: _, ...glyph }) => glyph)).toEqual(whole)
      }),
      { numRuns: 2_000 },
    )
  })

  it('leave ligatures and letters of other scripts to HarfBuzz', () => {
    const face = faceOf(0x41, false)
    for (const text of ['office', 'fflfi', 'AVAVAToTyWa']) expect(shapeRun(text, face, false).glyphs.map(({ cid: _, ...glyph }) => glyph)).toEqual(shapeGlyphs(text, face, false))
  })
})

describe('plain paragraphs', () => {
  it('break and draw as the whole way does', () => {
    const words = fc.array(fc.oneof(word, fc.constantFrom('kl.', '9.30', '070-174', '06', 'vårdcentral')), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(words, fc.integer({ min: 60, max: 400 }), fc.boolean(), fc.option(fc.integer({ min: 20, max: 50 }), { nil: undefined }), (all, width, bold, lineLength) => {
        const style = { size: 12, bold, direction: 'ltr' as const, width, ...(lineLength === undefined ? {} : { lineLength }) }
        const plain = plainLines(all.join(' '), style)
        if (!plain) return
        const whole = breakLines(all.join(' '), style)
        expect(plain.lines.map((line) => line.ops)).toEqual(whole.map((line) => lineOps(line, 12)))
        plain.lines.forEach((line, i) => expect(line.width).toBeCloseTo(whole[i]?.width ?? -1, 6))
      }),
      { numRuns: 500 },
    )
  })

  it('are the common case', () => {
    expect(plainLines('Ring 070-174 06 06 så snart du kan. Då får du en ny tid.', { size: 12, bold: false, direction: 'ltr', width: 300 })?.lines.length).toBe(2)
  })
})
