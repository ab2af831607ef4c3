import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { correctBlock } from '../../../src/letters/qr/correct.ts'
import { exp, log, qrCode } from '../../../src/letters/qr/encode.ts'
import type { Picture } from '../../../src/letters/qr/find.ts'
import { readPicture } from '../../../src/letters/qr/image.ts'
import { readQr } from '../../../src/letters/qr/read.ts'
import { renderLetter } from '../../../src/letters/render.ts'
import { newPrivateKey, signingKey } from '../../../src/letters/signing-key.ts'
import { signedCheckUrl } from '../../../src/letters/signed-code.ts'
import { modulesOf } from './modules.ts'
import { sampleLetter } from '../sample-letters.ts'

const key = signingKey({ CODE_SIGNING_KEY: newPrivateKey(), KALLELSE_DATA: '' })
const url = signedCheckUrl(
  'https://kallelse.regiondalarna.example/akta/7KQ2M9XP',
  { kind: 'invitation', date: '2021-03-08', code: '7KQ2M9XP' },
  key,
)

/** A picture of a code as a camera would take it: so many pixels a module, turned, seen from the side, in shadow, with specks. */
function photographed(
  text: string,
  { scale = 4, turn = 0, lean = 0, shadow = 0, specks = 0 } = {},
): Picture {
  const code = qrCode(text)
  const [size, modules] = [code.size, modulesOf(code)]
  const side = Math.ceil((size + 12) * scale * 1.5)
  const grey = new Uint8Array(side * side)
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  let seed = 7
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [dx, dy] = [(x + 0.5 - side / 2) / scale, (y + 0.5 - side / 2) / scale]
      const nearer = 1 + (lean * dx) / size // things at the right are farther away
      const [u, v] = [
        (dx * cos + dy * sin) * nearer + size / 2,
        (dy * cos - dx * sin) * nearer + size / 2,
      ]
      const dark =
        u >= 0 &&
        v >= 0 &&
        u < size &&
        v < size &&
        modules[Math.floor(v) * size + Math.floor(u)] === 1
      const light = 1 - (shadow * x) / side
      grey[y * side + x] = Math.round((dark ? 40 : 230) * light)
      if (random() < specks) grey[y * side + x] = random() < 0.5 ? 0 : 255
    }
  }
  return { width: side, height: side, grey }
}

describe("a letter's 2D code", () => {
  it.each([
    ['straight', {}],
    ['small: three pixels a module', { scale: 3 }],
    ['upside down', { turn: Math.PI }],
    ['turned a little', { turn: 0.2 }],
    ['turned a lot', { turn: 2.2 }],
    ['from the side', { lean: 0.12, scale: 6 }],
    ['half in shadow', { shadow: 0.6 }],
    ['with specks', { specks: 0.01 }],
    ['all at once', { turn: 0.4, lean: 0.06, shadow: 0.4, specks: 0.004, scale: 6 }],
  ])('is read from a picture: %s', (_how, how) => {
    expect(readQr(photographed(url, how))).toBe(url)
  })

  it('is read in every version, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 213 }), (text) => {
        expect(readQr(photographed(text, { scale: 4 }))).toBe(text)
      }),
      { numRuns: 30 },
    )
  })

  it('is read from the letter as it is printed, with the signature', async () => {
    const letter = { ...sampleLetter('invitation-timed', 'sv', { id: 'a' }), checkUrl: url }
    const pdf = await renderLetter(letter, new Date('2021-03-08T08:00:00Z'))
    expect(readQr(await readPicture(pdf, 'letter.pdf'))).toBe(url)
    expect(pdf.includes(Buffer.from(url.split('#')[1]!))).toBe(false) // read aloud it is the address alone
  }, 30_000)

  it('is not found where there is none', () => {
    expect(
      readQr({ width: 300, height: 200, grey: new Uint8Array(60_000).fill(255) }),
    ).toBeUndefined()
    expect(
      readQr({
        width: 300,
        height: 200,
        grey: Uint8Array.from({ length: 60_000 }, (_, i) => (i * 2654435761) >>> 24),
      }),
    ).toBeUndefined()
  })

  it('is refused in a file that is no picture', async () => {
    for (const text of ['', 'text', '%PDF-1.7 broken', '\x89PNG broken'])
      await expect(readPicture(Buffer.from(text, 'latin1'), 'x')).rejects.toMatchObject({
        code: 'bad-picture',
      })
  })
})

describe('correction', () => {
  /** A codeword by division, as the standard describes it. */
  function encoded(data: number[], correction: number): Uint8Array {
    let generator = [1]
    for (let i = 0; i < correction; i++) {
      const next = [...generator, 0]
      generator.forEach((c, k) => (next[k + 1] = next[k + 1]! ^ (c ? exp[log[c]! + i]! : 0)))
      generator = next
    }
    const words = [...data, ...Array<number>(correction).fill(0)]
    data.forEach((_, i) => {
      const factor = words[i]!
      if (factor)
        generator.forEach(
          (c, k) => (words[i + k] = words[i + k]! ^ (c ? exp[log[c]! + log[factor]!]! : 0)),
        )
    })
    return Uint8Array.from([...data, ...words.slice(data.length)])
  }

  it('mends up to half as many codewords as there are for it, and never makes another block of more', () => {
    const block = fc.record({
      data: fc.array(fc.nat(255), { minLength: 10, maxLength: 60 }),
      half: fc.integer({ min: 1, max: 13 }),
      faults: fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 255 })), { maxLength: 13 }),
    })
    fc.assert(
      fc.property(block, ({ data, half, faults }) => {
        const right = encoded(data, half * 2)
        const spoiled = right.slice()
        for (const [place, by] of new Map(
          faults.slice(0, half).map(([place, by]) => [place % right.length, by]),
        ))
          spoiled[place] = spoiled[place]! ^ by
        expect(correctBlock(spoiled, half * 2)).toBe(true)
        expect([...spoiled]).toEqual([...right])
      }),
      { numRuns: 200 },
    )
  })
})
