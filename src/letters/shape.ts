import { Buffer as HbBuffer, ClusterLevel, Direction, shape } from 'harfbuzzjs'
import type { Face } from './faces.ts'

/** A stretch of one face, direction and level, shaped: which glyphs, and where. Lengths in thousandths of the size. */
export interface Run {
  face: Face
  width: number
  glyphs: Glyph[]
}

export interface Glyph {
  id: number
  /** its number in the PDF: the glyph's own, or one that also tells which text it shows (`characterNumbers`) */
  cid: number
  advance: number
  dx: number
  dy: number
  /** what it shows, for search, copy and reading aloud */
  text: string
}

const most = 8_000
const known = new Map<string, Run>()
const buffer = new HbBuffer()

/** Shapes with HarfBuzz in an explicit direction: left to its own devices a shaper reverses digits in right-to-left text. */
export function shapeRun(text: string, face: Face, rightToLeft: boolean): Run {
  const key = `${face.name}${rightToLeft ? '<' : '>'}${text}`
  const cached = known.get(key)
  if (cached) return cached
  const numbers = characterNumbers(face)
  const glyphs = shapeGlyphs(text, face, rightToLeft).map((glyph) => ({ ...glyph, cid: numbers.get(`${glyph.id} ${glyph.text}`) ?? glyph.id }))
  const run = { face, glyphs, width: glyphs.reduce((sum, glyph) => sum + glyph.advance, 0) }
  if (known.size >= most) known.clear() // names and addresses differ from letter to letter: the cache must not grow with the region
  known.set(key, run)
  return run
}

function shapeGlyphs(text: string, face: Face, rightToLeft: boolean): Omit<Glyph, 'cid'>[] {
  buffer.reset()
  buffer.setClusterLevel(ClusterLevel.MONOTONE_CHARACTERS)
  buffer.addText(text)
  buffer.setDirection(rightToLeft ? Direction.RTL : Direction.LTR)
  buffer.guessSegmentProperties()
  shape(face.font, buffer)
  const shaped = buffer.getGlyphInfosAndPositions()
  const starts = [...new Set(shaped.map((glyph) => glyph.cluster))].sort((a, b) => a - b)
  const endOf = new Map(starts.map((start, i) => [start, starts[i + 1] ?? text.length]))
  // Of several glyphs for one letter (Noto draws the dots of Arabic letters apart) the one that takes room tells the letter.
  const teller = new Map<number, number>()
  shaped.forEach(({ cluster, xAdvance = 0 }, i) => {
    if (!teller.has(cluster) || (xAdvance > 0 && (shaped[teller.get(cluster) ?? i]?.xAdvance ?? 0) === 0)) teller.set(cluster, i)
  })
  return shaped.map(({ codepoint: id, cluster, xAdvance = 0, xOffset = 0, yOffset = 0 }, i) => ({
    id, advance: xAdvance, dx: xOffset, dy: yOffset, text: teller.get(cluster) === i ? text.slice(cluster, endOf.get(cluster)) : '',
  }))
}

const numbered = new WeakMap<Face, Map<string, number>>()

/**
 * Arabic glyphs are shared: one stroke serves ب, ت and ث, told apart by dots. So that text can be copied and read aloud, each pair of glyph and
 * letter gets a number of its own above the font's. The table depends on the font alone, so a letter's bytes are the same in any batch.
 */
export function characterNumbers(face: Face): Map<string, number> {
  const made = numbered.get(face)
  if (made) return made
  const numbers = new Map<string, number>()
  numbered.set(face, numbers)
  const letters = [...new Set(face.codePointOf.values())].filter((c) => c >= 0x620 && c < 0x8ff).sort((a, b) => a - b)
  for (const letter of letters) {
    const character = String.fromCodePoint(letter)
    // alone, at the start, in the middle, at the end, and after lam, with which some are drawn as one
    for (const text of [character, `${character}\u200d`, `\u200d${character}\u200d`, `\u200d${character}`, `\u0644${character}`, `\u200d\u0644${character}`]) {
      for (const glyph of shapeGlyphs(text, face, true)) {
        const shown = glyph.text.replaceAll('\u200d', '')
        const key = `${glyph.id} ${shown}`
        if (shown !== ownText(face, glyph.id) && !numbers.has(key)) numbers.set(key, face.glyphs + numbers.size)
      }
    }
  }
  return numbers
}

/** The text that a glyph shows when nothing else is known of it. */
export function ownText(face: Face, glyph: number): string {
  const codePoint = face.codePointOf.get(glyph)
  return codePoint === undefined ? '' : String.fromCodePoint(codePoint)
}
