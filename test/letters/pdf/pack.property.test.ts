import { inflateSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { deflateTogether } from '../../../src/letters/pdf/deflate/deflate.ts'
import { canonicalCodes, codeLengths } from '../../../src/letters/pdf/deflate/huffman.ts'

/** Bytes of few kinds with repetitions, as pages have, and of all kinds. */
const text = fc.oneof(
  fc
    .array(fc.constantFrom('BT 70.87 ', ' Td ', '(Hej)', ')20(', 'å', '\n', '0', 'vårdcentral'), {
      maxLength: 400,
    })
    .map((parts) => Buffer.from(parts.join(''), 'latin1')),
  fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.nat(255), fc.nat(2000)).map(([byte, count]) => Buffer.alloc(count, byte)),
)
const plain = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
)

const pieces = fc.array(fc.record({ ops: text, plain }), { minLength: 1, maxLength: 8 })

describe('packed pieces', () => {
  it('are what zlib unpacks to the same bytes, checksum and all, however many share a code', () => {
    fc.assert(
      fc.property(pieces, fc.constantFrom('own', 'common'), (all, code) => {
        const packed = deflateTogether(all, code)
        for (const [i, { ops, plain }] of [...all.entries()].reverse())
          expect(inflateSync(packed(i)).equals(Buffer.concat([ops, plain]))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it("are about as small as zlib's first level makes them", () => {
    const page = Buffer.from(
      Array.from(
        { length: 60 },
        (_, i) =>
          `BT 70.87 ${800 - 12 * i} Td/R 12 Tf[(Rad ${i * 7919} i ett br)20(e)20(v)]TJ ET\n`,
      ).join(''),
      'latin1',
    )
    const packed = deflateTogether([{ ops: page, plain: Buffer.alloc(0) }], 'own')
    expect(packed(0).length).toBeLessThan(0.35 * page.length)
  })
})

describe('a prefix code', () => {
  const counts = fc
    .array(fc.oneof(fc.constant(0), fc.nat(1000), fc.nat(2 ** 30)), {
      minLength: 2,
      maxLength: 286,
    })
    .filter((all) => all.some((count) => count > 0))

  it('fills the code space exactly and is nowhere longer than allowed', () => {
    fc.assert(
      fc.property(counts, fc.constantFrom(9, 15), (all, most) => {
        const lengths = codeLengths(Uint32Array.from(all), most)
        const used = all.flatMap((count, symbol) => (count > 0 ? [lengths[symbol] ?? 0] : []))
        expect(Math.min(...used)).toBeGreaterThan(0)
        expect(Math.max(...used)).toBeLessThanOrEqual(most)
        expect(used.reduce((sum, length) => sum + 2 ** -length, 0)).toBe(
          used.length === 1 ? 0.5 : 1,
        )
        all.forEach((count, symbol) => count === 0 && expect(lengths[symbol]).toBe(0))
      }),
      { numRuns: 300 },
    )
  })

  it("gives the codes of RFC 1951's example (3.2.2)", () => {
    const codes = canonicalCodes(Uint8Array.from([3, 3, 3, 3, 3, 2, 4, 4]))
    expect(
      [...codes].map((code, i) =>
        [...code.toString(2).padStart([3, 3, 3, 3, 3, 2, 4, 4][i] ?? 0, '0')].reverse().join(''),
      ),
    ).toEqual(['010', '011', '100', '101', '110', '00', '1110', '1111'])
  })
})
