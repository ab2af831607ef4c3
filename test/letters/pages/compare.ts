import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PNG } from 'pngjs'
import type { Letter } from '../../../src/letters/letter.ts'
import { pagesInGrey, pageTexts, type GreyPage } from '../../../src/letters/page-pictures.ts'
import { renderLetter } from '../../../src/letters/render.ts'

export const folder = fileURLToPath(new URL('.', import.meta.url))
export const letters = JSON.parse(await readFile(`${folder}letters.json`, 'utf8')) as Record<string, Letter>
export const createdAt = new Date('2021-03-11T12:00:00Z')

// Looked up once: within jest each look at a global costs more than the sum.
const { min, round, floor } = Math

/** Dots an inch of the stored pictures: a dot is a quarter of a millimetre, which the dot of an i still fills. */
const dotsPerInch = 100
/** The stored greys: eight, so that the files are small. */
const shades = Array.from({ length: 256 }, (_, grey) => round((round((grey * 7) / 255) * 255) / 7))

export interface Drawn {
  pages: GreyPage[]
  text: string
}

/** A letter's pages as PDFium sees them. */
export async function drawn(letter: Letter, pdf?: Buffer): Promise<Drawn> {
  const file = pdf ?? (await renderLetter(letter, createdAt))
  const pages = (await pagesInGrey(file, dotsPerInch)).map((page) => ({ ...page, data: page.data.map((grey) => shades[grey] ?? 255) }))
  return { pages, text: `${(await pageTexts(file)).map((text) => itsOwn(text, letter)).join('\n\f\n')}\n` }
}

/**
 * The extracted text without signs that the letter doesn't have. Noto draws dots of Arabic letters and vowel
 * signs as glyphs of their own, which stand for no text; PDFium gives their numbers as if they were text.
 */
function itsOwn(text: string, letter: Letter): string {
  const own = new Set(`${JSON.stringify(letter).normalize('NFC')} •():`)
  return text.split('\n').map((line) => [...line.normalize('NFC')].filter((sign) => own.has(sign)).join('').replace(/ +/g, ' ').trim()).join('\n')
}

/**
 * How many dots have ink in one picture and not even near it, in any of the nine dots around, in the other.
 * Text may move by a dot (0.25 mm): PDFium puts glyphs on whole dots, so a hundredth of a point can move one.
 * What is a quarter of the way to black darker than all around counts.
 */
export function differing(a: GreyPage, b: GreyPage): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity
  return inked(a, b) + inked(b, a)
}

const slack = 64

function inked(one: GreyPage, other: GreyPage): number {
  const around = darkestAround(other)
  let count = 0
  for (let i = 0; i < one.data.length; i++) if (one.data[i]! + slack < around[i]!) count++
  return count
}

/** Each dot as dark as the darkest of itself and its eight neighbours: along the rows first, then across. */
function darkestAround({ width, height, data }: GreyPage): Uint8Array {
  const along = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const x = i % width
    along[i] = min(data[i]!, x > 0 ? data[i - 1]! : 255, x < width - 1 ? data[i + 1]! : 255)
  }
  const around = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const y = floor(i / width)
    around[i] = min(along[i]!, y > 0 ? along[i - width]! : 255, y < height - 1 ? along[i + width]! : 255)
  }
  return around
}

export function toPng({ width, height, data }: GreyPage): Buffer {
  const png = new PNG({ width, height })
  for (let i = 0; i < data.length; i++) png.data.fill(data[i]!, 4 * i, 4 * i + 3)[4 * i + 3] = 255
  return PNG.sync.write(png, { colorType: 0, filterType: 0, deflateStrategy: 0, deflateLevel: 9 })
}

export function fromPng(file: Buffer): GreyPage {
  const { width, height, data } = PNG.sync.read(file)
  const grey = new Uint8Array(width * height)
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i]!
  return { width, height, data: grey }
}
