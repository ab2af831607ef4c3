import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import qrcode from 'qrcode'
import { qrCode } from '../../../src/letters/qr/encode.ts'
import { mask } from '../../../src/letters/qr/plan.ts'
import { modulesOf } from './modules.ts'

const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

describe('a 2D code', () => {
  const likeThePackage = (text: string, segments: qrcode.QRCodeSegment[]) => {
    const { modules } = qrcode.create(segments, { errorCorrectionLevel: 'M', maskPattern: mask })
    const made = qrCode(text)
    expect(made.size).toBe(modules.size)
    expect([...modulesOf(made)]).toEqual([...modules.data].map(Number))
  }
  const bytes = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 213 })
    .filter((text) => !/[0-9A-Z $%*+\-./:]{16}$/.test(text))
  const tail = fc.string({ unit: fc.constantFrom(...signs), minLength: 16, maxLength: 311 })

  it('is, module for module, what the qrcode package makes with the same mask, in every version', () => {
    fc.assert(
      fc.property(bytes, (text) =>
        likeThePackage(text, [{ data: Buffer.from(text), mode: 'byte' }]),
      ),
      { numRuns: 200 },
    )
    fc.assert(
      fc.property(tail, (text) => likeThePackage(text, [{ data: text, mode: 'alphanumeric' }])),
      { numRuns: 100 },
    )
  })

  it('writes what it ends with of capitals and digits in the narrower mode', () => {
    const start = fc
      .string({ unit: 'grapheme-ascii', minLength: 0, maxLength: 60 })
      .map((text) => `${text}#`)
    fc.assert(
      fc.property(
        start,
        tail.filter((text) => text.length < 120),
        (head, text) =>
          likeThePackage(head + text, [
            { data: Buffer.from(head), mode: 'byte' },
            { data: text, mode: 'alphanumeric' },
          ]),
      ),
      { numRuns: 200 },
    )
  })

  it('refuses what does not fit', () => {
    expect(qrCode('x'.repeat(213)).size).toBe(57)
    expect(() => qrCode('x'.repeat(214))).toThrow(expect.objectContaining({ code: 'bad-letter' }))
    expect(qrCode('X'.repeat(311)).size).toBe(57)
    expect(() => qrCode('X'.repeat(312))).toThrow(expect.objectContaining({ code: 'bad-letter' }))
  })
})
