import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import qrcode from 'qrcode'
import { mask, qrCode } from '../../src/letters/qr-encode.ts'

describe('a 2D code', () => {
  it('is, module for module, what the qrcode package makes with the same mask, in every version', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 213 }), (text) => {
        const { modules } = qrcode.create([{ data: Buffer.from(text), mode: 'byte' }], { errorCorrectionLevel: 'M', maskPattern: mask })
        const made = qrCode(text)
        expect(made.size).toBe(modules.size)
        expect([...made.modules]).toEqual([...modules.data].map(Number))
      }),
      { numRuns: 300 },
    )
  })

  it('refuses what does not fit', () => {
    expect(() => qrCode('x'.repeat(214))).toThrow(expect.objectContaining({ code: 'bad-letter' }))
  })
})
