import { Buffer as HbBuffer, ClusterLevel, Direction, Feature, shape } from 'harfbuzzjs'
import type { Face, PageFont } from './fonts.ts'
import { BoundedCache } from '../bounded-cache.ts'

/** A stretch of one face, direction and level, shaped: which glyphs, and where. Lengths in thousandths of the size. */
export interface Run {
  face: Face
  font: PageFont
  width: number
  /**
   * in the order they are drawn: those that tell a text first, then dots and signs that Noto draws apart from
   * their letters, lest they stand between them when the text is copied
   */
  glyphs: Glyph[]
  /** glyphs that the face's own character table says nothing about, for the PDF's */
  unlisted: Glyph[]
  /** what stands between the brackets of a TJ operator, when no glyph is raised or lowered */
  shown: string | undefined
}

export interface Glyph {
  id: number
  /**
   * its number in the PDF: the glyph's own, one that also tells which text it shows (`characterNumbers`), or
   * its byte
   */
  cid: number
  advance: number
  dx: number
  dy: number
  /** where it is drawn, from the run's left */
  x: number
  /** what it shows, for search, copy and reading aloud */
  text: string
}

// Names and addresses differ from letter to letter: what is kept must not grow with the region.
const known = new Map<Face, { ltr: BoundedCache<string, Run>; rtl: BoundedCache<string, Run> }>()
const buffer = new HbBuffer()

/**
 * Shapes with HarfBuzz in an explicit direction: left to its own devices a shaper reverses digits in
 * right-to-left text.
 */
export function shapeRun(text: string, face: Face, rightToLeft: boolean): Run {
  let both = known.get(face)
  if (!both)
    known.set(face, (both = { ltr: new BoundedCache(4_000), rtl: new BoundedCache(4_000) }))
  const runs = rightToLeft ? both.rtl : both.ltr
  return runs.get(text) ?? runs.set(text, makeRun(text, face, rightToLeft))
}

function makeRun(text: string, face: Face, rightToLeft: boolean): Run {
  const numbers = characterNumbers(face)
  const shaped = shapeGlyphs(text, face, rightToLeft)
  const bytes = shaped.map((glyph) => byteOf(glyph, face))
  const font = bytes.includes(undefined) ? face.byGlyph : face.byByte
  let width = 0
  const inPlace = shaped.map((glyph, i): Glyph => {
    const x = width + glyph.dx
    width += glyph.advance
    return {
      ...glyph,
      x,
      cid:
        font.by === 'byte'
          ? (bytes[i] ?? 0)
          : (numbers.get(`${glyph.id} ${glyph.text}`) ?? glyph.id),
    }
  })
  const apart = (glyph: Glyph) => glyph.text === '' && glyph.advance === 0
  const glyphs = [...inPlace.filter((glyph) => !apart(glyph)), ...inPlace.filter(apart)]
  return {
    face,
    font,
    glyphs,
    width,
    unlisted:
      font.by === 'byte'
        ? []
        : glyphs.filter(
            (glyph) =>
              glyph.cid < face.glyphs && glyph.text !== '' && !face.codePointOf.has(glyph.id),
          ),
    shown: glyphs.some((glyph) => glyph.dy !== 0)
      ? undefined
      : shownOf(glyphs, font, 0, width).shown,
  }
}

/** The byte that draws this glyph and tells this text; ligatures and other scripts have none. */
function byteOf(
  { id, text }: Pick<Glyph, 'id' | 'text'>,
  { byteOf, font }: Face,
): number | undefined {
  const codePoint = text.codePointAt(0) ?? 0
  return text.length === 1 && font.nominalGlyph(codePoint) === id
    ? byteOf.get(codePoint)
    : undefined
}

const literal = (byte: number) =>
  byte === 0x0a || byte === 0x0d
    ? `\\0${byte.toString(8)}`
    : byte === 0x28 || byte === 0x29 || byte === 0x5c
      ? `\\${String.fromCharCode(byte)}`
      : String.fromCharCode(byte)

/**
 * Glyphs and, where the pen doesn't stand where the next one goes, how far it moves, in thousandths to the
 * left. In Latin-1.
 * @param pen where it stands; @param end where it must be led at last, if anywhere
 * @returns where it stands then, too
 */
export function shownOf(
  glyphs: Glyph[],
  { face, by }: PageFont,
  pen: number,
  end?: number,
): { shown: string; pen: number } {
  let shown = ''
  let at = pen
  for (const { id, cid, x } of glyphs) {
    const move = Math.round(x - at)
    shown += `${move === 0 ? '' : -move}(${by === 'byte' ? '' : literal(cid >> 8)}${literal(cid & 255)})`
    at = x + (face.advances[id] ?? 0) // a glyph moves the pen by its width in the font, whatever shaping wants
  }
  const move = end === undefined ? 0 : Math.round(end - at)
  return { shown: (move === 0 ? shown : `${shown}${-move}`).replaceAll(')(', ''), pen: at }
}

// In Latin, Greek and Cyrillic a ligature is an ornament: letters that stay apart are copied and searched as
// they are written.
const apart = [new Feature('liga', 0)]

/** What HarfBuzz makes of a text. */
export function shapeGlyphs(
  text: string,
  face: Face,
  rightToLeft: boolean,
): Omit<Glyph, 'cid' | 'x'>[] {
  buffer.reset()
  buffer.setClusterLevel(ClusterLevel.MONOTONE_CHARACTERS)
  buffer.addText(text)
  buffer.setDirection(rightToLeft ? Direction.RTL : Direction.LTR)
  buffer.guessSegmentProperties()
  shape(face.font, buffer, face.ligatures ? [] : apart)
  const shaped = buffer.getGlyphInfosAndPositions()
  const starts = [...new Set(shaped.map((glyph) => glyph.cluster))].sort((a, b) => a - b)
  const endOf = new Map(starts.map((start, i) => [start, starts[i + 1] ?? text.length]))
  // Of several glyphs for one letter (Noto draws the dots of Arabic letters apart) the one that takes room
  // tells the letter.
  const teller = new Map<number, number>()
  shaped.forEach(({ cluster, xAdvance = 0 }, i) => {
    if (
      !teller.has(cluster) ||
      (xAdvance > 0 && (shaped[teller.get(cluster) ?? i]?.xAdvance ?? 0) === 0)
    )
      teller.set(cluster, i)
  })
  return shaped.map(({ codepoint: id, cluster, xAdvance = 0, xOffset = 0, yOffset = 0 }, i) => ({
    id,
    advance: xAdvance,
    dx: xOffset,
    dy: yOffset,
    text: teller.get(cluster) === i ? text.slice(cluster, endOf.get(cluster)) : '',
  }))
}

const numbered = new WeakMap<Face, Map<string, number>>()

/**
 * Arabic glyphs are shared: one stroke serves ب, ت and ث, told apart by dots, and Persian digits are drawn as
 * Arabic ones. So that text can be copied and read aloud, each pair of glyph and letter gets a number of its
 * own above the font's. The table depends on the font alone, so a letter's bytes are the same in any batch.
 */
export function characterNumbers(face: Face): Map<string, number> {
  const made = numbered.get(face)
  if (made) return made
  const numbers = new Map<string, number>()
  numbered.set(face, numbers)
  const letters = face.codePoints.filter((c) => c >= 0x620 && c < 0x8ff).sort((a, b) => a - b)
  for (const letter of letters) {
    const character = String.fromCodePoint(letter)
    // alone, at the start, in the middle, at the end, after lam, with which some are drawn as one, and after
    // alef, which joins nothing
    for (const text of [
      character,
      `${character}\u200d`,
      `\u200d${character}\u200d`,
      `\u200d${character}`,
      `\u0644${character}`,
      `\u200d\u0644${character}`,
      `\u0627${character}`,
      `\u0627${character}\u200d`,
    ]) {
      for (const glyph of shapeGlyphs(text, face, true)) {
        const shown = glyph.text.replaceAll('\u200d', '')
        const key = `${glyph.id} ${shown}`
        if (shown !== ownText(face, glyph.id) && !numbers.has(key))
          numbers.set(key, face.glyphs + numbers.size)
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
