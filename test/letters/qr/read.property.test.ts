import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { qrCode } from '../../../src/letters/qr/encode.ts'
import { readPicture, readQr, type Picture } from '../../../src/letters/qr/read.ts'
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

/** By version from 1: how many wrong codewords a block of level M mends (ISO/IEC 18004, table 9). */
const mended = [5, 8, 13, 9, 12, 8, 9, 11, 11, 13]

/** Red, green and blue alike. */
const pictureOf = (width: number, height: number, grey: Uint8Array): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: 4 * grey.length }, (_, i) =>
    i % 4 === 3 ? 255 : (grey[i >> 2] ?? 0),
  ),
})

/**
 * A picture of a code as a camera would take it: so many pixels a module, turned, seen from the side,
 * in shadow, with specks. @param wrong modules that are dark instead of light or the other way round
 */
function photographed(
  text: string,
  { scale = 4, turn = 0, lean = 0, shadow = 0, specks = 0, wrong = [] as number[] } = {},
): Picture {
  const code = qrCode(text)
  const [size, modules] = [code.size, modulesOf(code)]
  for (const module of wrong) modules[module] = 1 - (modules[module] ?? 0)
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
  return pictureOf(side, side, grey)
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
  ])('is read from a picture: %s', async (_how, how) => {
    expect(await readQr(photographed(url, how))).toBe(url)
  })

  it('is read in every version, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 213 }),
        async (text) => {
          expect(await readQr(photographed(text, { scale: 4 }))).toBe(text)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('is read with as many modules wrong as its correction words can mend', async () => {
    const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 213 })
    const places = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 13 })
    await fc.assert(
      fc.asyncProperty(text, places, async (said, anywhere) => {
        const { size } = qrCode(said)
        const inside = size - 18 // between the finders no module says of which form the code is
        const wrong = anywhere
          .slice(0, mended[(size - 21) / 4])
          .map((n) => (9 + (Math.floor(n / inside) % inside)) * size + 9 + (n % inside))
        expect(await readQr(photographed(said, { wrong: [...new Set(wrong)] }))).toBe(said)
      }),
      { numRuns: 100 },
    )
  })

  it('is read from the letter as it is printed, with the signature', async () => {
    const letter = { ...sampleLetter('invitation-timed', 'sv', { id: 'a' }), checkUrl: url }
    const pdf = await renderLetter(letter, new Date('2021-03-08T08:00:00Z'))
    expect(await readQr(await readPicture(pdf, 'letter.pdf'))).toBe(url)
    expect(pdf.includes(Buffer.from(url.split('#')[1]!))).toBe(false) // read aloud it is the address alone
  }, 30_000)

  it('is not found where there is none', async () => {
    const white = new Uint8Array(60_000).fill(255)
    const noise = Uint8Array.from({ length: 60_000 }, (_, i) => (i * 2654435761) >>> 24)
    for (const grey of [white, noise])
      expect(await readQr(pictureOf(300, 200, grey))).toBeUndefined()
  })

  it('is refused in a file that is no picture', async () => {
    for (const text of ['', 'text', '%PDF-1.7 broken', '\x89PNG broken'])
      await expect(readPicture(Buffer.from(text, 'latin1'), 'x')).rejects.toMatchObject({
        code: 'bad-picture',
      })
  })
})
