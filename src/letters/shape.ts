import { Buffer as HbBuffer, ClusterLevel, Direction, shape } from 'harfbuzzjs'
import type { Face } from './faces.ts'
import { Recent } from './recent.ts'

/** A stretch of one face, direction and level, shaped: which glyphs, and where. Lengths in thousandths of the size. */
export interface Run {
  face: Face
  width: number
  glyphs: Glyph[]
  /** glyphs that the face's own character table says nothing about, for the PDF's */
  unlisted: Glyph[]
  /** what stands between the brackets of a TJ operator, when no glyph is raised or lowered */
  shown: string | undefined
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

// Names and addresses differ from letter to letter: what is kept must not grow with the region.
const known = new Map<Face, { ltr: Recent<string, Run>; rtl: Recent<string, Run> }>()
const buffer = new HbBuffer()

/** Shapes with HarfBuzz in an explicit direction: left to its own devices a shaper reverses digits in right-to-left text. */
export function shapeRun(text: string, face: Face, rightToLeft: boolean): Run {
  let both = known.get(face)
  if (!both) known.set(face, (both = { ltr: new Recent(4_000), rtl: new Recent(4_000) }))
  const runs = rightToLeft ? both.rtl : both.ltr
  return runs.get(text) ?? runs.set(text, makeRun(text, face, rightToLeft))
}

function makeRun(text: string, face: Face, rightToLeft: boolean): Run {
  const glyphs = (rightToLeft ? undefined : pairedGlyphs(text, face)) ?? wholeGlyphs(text, face, rightToLeft)
  return {
    face, glyphs,
    width: glyphs.reduce((sum, glyph) => sum + glyph.advance, 0),
    unlisted: glyphs.filter((glyph) => glyph.cid < face.glyphs && glyph.text !== '' && !face.codePointOf.has(glyph.id)),
    shown: glyphs.some((glyph) => glyph.dy !== 0) ? undefined : shownOf(glyphs, face),
  }
}

function wholeGlyphs(text: string, face: Face, rightToLeft: boolean): Glyph[] {
  const numbers = characterNumbers(face)
  return shapeGlyphs(text, face, rightToLeft).map((glyph) => ({ ...glyph, cid: numbers.get(`${glyph.id} ${glyph.text}`) ?? glyph.id }))
}

const latin = /^[\x20-\x7e\xa1-\u017f]+$/
const pairs = new Map<Face, Map<number, Glyph | undefined>>()

/**
 * Names, numbers and codes are new in every letter. In Noto Sans a Latin letter's place depends on its neighbour alone, so each pair is
 * asked of HarfBuzz once and words are put together from pairs; a test compares them with words shaped whole.
 * @returns undefined when the text must be shaped whole: another script, a ligature
 */
function pairedGlyphs(text: string, face: Face): Glyph[] | undefined {
  if (!latin.test(text)) return undefined
  let known = pairs.get(face)
  if (!known) pairs.set(face, (known = new Map<number, Glyph | undefined>()))
  const glyphs: Glyph[] = []
  for (let i = 0; i < text.length; i++) {
    const key = text.charCodeAt(i) * 1024 + (i + 1 < text.length ? text.charCodeAt(i + 1) : 0)
    let glyph = known.get(key)
    if (!glyph) {
      if (known.has(key)) return undefined
      known.set(key, (glyph = firstOfPair(text.slice(i, i + 2), face)))
      if (!glyph) return undefined
    }
    glyphs.push(glyph)
  }
  return glyphs
}

/** A letter before its neighbour, when both keep their own glyphs and stand on the line. */
function firstOfPair(pair: string, face: Face): Glyph | undefined {
  const glyphs = wholeGlyphs(pair, face, false)
  const own = glyphs.length === pair.length && glyphs.every(({ id, dx, dy }, i) => dx === 0 && dy === 0 && id === face.font.nominalGlyph(pair.charCodeAt(i)))
  return own ? glyphs[0] : undefined
}

const bytesOf: string[] = []

/** A glyph's number as the two bytes that a literal string holds of it, in Latin-1; half of what hexadecimal takes to write, hash and pack. */
export function glyphBytes(cid: number): string {
  return (bytesOf[cid] ??= [cid >> 8, cid & 255].map((byte) => (byte === 0x0a || byte === 0x0d ? `\\0${byte.toString(8)}` : byte === 0x28 || byte === 0x29 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : String.fromCharCode(byte))).join(''))
}

/** Glyphs and, where the pen doesn't stand where the next one goes, how far it moves, in thousandths to the left. */
export function shownOf(glyphs: Glyph[], face: Face): string {
  let shown = ''
  let pending = 0
  for (const glyph of glyphs) {
    const move = Math.round(pending + glyph.dx)
    shown += `${move === 0 ? '' : -move}(${glyphBytes(glyph.cid)})`
    // A glyph moves the pen by its width in the font; what shaping wants beside that is made up for before the next one.
    pending = glyph.advance - (face.advances[glyph.id] ?? 0) - glyph.dx
  }
  const move = Math.round(pending)
  return (move === 0 ? shown : `${shown}${-move}`).replaceAll(')(', '')
}

/** What HarfBuzz makes of a text. */
export function shapeGlyphs(text: string, face: Face, rightToLeft: boolean): Omit<Glyph, 'cid'>[] {
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
 * Arabic glyphs are shared: one stroke serves ب, ت and ث, told apart by dots, and Persian digits are drawn as Arabic ones. So that text can be copied and read aloud, each pair of glyph and
 * letter gets a number of its own above the font's. The table depends on the font alone, so a letter's bytes are the same in any batch.
 */
export function characterNumbers(face: Face): Map<string, number> {
  const made = numbered.get(face)
  if (made) return made
  const numbers = new Map<string, number>()
  numbered.set(face, numbers)
  const letters = face.codePoints.filter((c) => c >= 0x620 && c < 0x8ff).sort((a, b) => a - b)
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
