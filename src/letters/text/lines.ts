import bidiFactory, { type Bidi } from 'bidi-js'
import { faceOf, type Face } from './fonts.ts'
import { shapeRun, type Run } from './shape.ts'

// The types say ES module, Node loads CommonJS: the function is the module itself.
const bidi = (bidiFactory as unknown as () => Bidi)()

export interface Style {
  /** points */
  size: number
  bold: boolean
  direction: 'ltr' | 'rtl'
  /** points */
  width: number
  /** characters a line at most */
  lineLength?: number
}

/** One line, its pieces in the order they stand on paper, from left to right. */
export interface Line {
  pieces: Piece[]
  /** points */
  width: number
}

interface Piece {
  text: string
  level: number
  run: Run
  /** a space that a line may end at */
  breaks: boolean
  /** a line may end after it though no space follows */
  ends?: boolean
}

const joinsOn = /^[\p{M}\u200c\u200d]$/u
const controls = /^[\u200e\u200f\u202a-\u202e\u2066-\u2069]$/u
const rightToLeftSigns = /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]/

/**
 * Breaks a paragraph into lines and puts each in the order it is read on paper: bidi levels over the whole
 * paragraph (UAX 9), pieces of one level and face shaped in that level's direction, then each line reordered
 * (rule L2).
 * @throws Refused `missing-glyph` when no font has a character: better no letter than one with a gap
 */
export function breakLines(paragraph: string, style: Style): Line[] {
  return paragraph
    .normalize('NFC')
    .split('\n')
    .flatMap((text) =>
      fillLines(
        piecesOf(
          style.direction === 'rtl' || rightToLeftSigns.test(text)
            ? numbersIsolated(kept(text))
            : kept(text),
          style,
        ),
        style,
      ),
    )
}

// A phone number, an hour after "kl." and a postcode are never broken.
const together =
  /(?<=[\d\u0660-\u0669\u06f0-\u06f9]) (?=[\d\u0660-\u0669\u06f0-\u06f9])|(?<=(?:^|\s)kl\.) /g
const maybeTogether = /[\d\u0660-\u0669\u06f0-\u06f9] [\d\u0660-\u0669\u06f0-\u06f9]|kl\. /
const thai = /[\u0e00-\u0e7f]/
const thaiWords = new Intl.Segmenter('th', { granularity: 'word' })
const signs = new Intl.Segmenter('und', { granularity: 'grapheme' })
const mayEndHere = '\u200b'

/** Thai writes no space between words: where a line may end is marked. */
function wordsMarked(text: string): string {
  let marked = ''
  for (const { segment } of thaiWords.segment(text))
    marked +=
      marked !== '' && thai.test(segment) && thai.test(marked.at(-1) ?? '')
        ? mayEndHere + segment
        : segment
  return marked
}

/** Text with what must stay together joined by spaces that don't break. */
export function kept(text: string): string {
  const marked = thai.test(text) ? wordsMarked(text) : text
  return maybeTogether.test(marked) ? marked.replace(together, '\u00a0') : marked
}

const digit = '[0-9\u0660-\u0669\u06f0-\u06f9]'
const phone = `(?:\\+${digit}|[0\u0660\u06f0])(?:[ \u00a0-]?${digit}){6,}`
const isoDate = `${digit}{4}-${digit}{2}-${digit}{2}(?!${digit})`
const grouped = new RegExp(`(?<!${digit})(?:${isoDate}|${phone})`, 'g')

/**
 * Among right-to-left words the groups of a phone number or 2021-03-15 would stand in reverse: whoever wrote
 * the text, they read from left to right.
 */
export const numbersIsolated = (text: string) => text.replace(grouped, '\u2066\u202d$&\u202c\u2069')

const space = 0x20
const firstCombining = 0x300

/** Pieces of one face and level, cut at spaces. */
function piecesOf(text: string, style: Style): Piece[] {
  const plain = style.direction === 'ltr' && !rightToLeftSigns.test(text)
  const levels = plain ? undefined : bidi.getEmbeddingLevels(text, style.direction).levels
  const pieces: Piece[] = []
  let stretch = ''
  let face: Face | undefined
  let level = 0
  let keeps = false // a space that doesn't break, by itself because the signs around it have another face
  const close = () => {
    if (stretch !== '' && face)
      pieces.push({
        text: stretch,
        level,
        run: shapeRun(stretch, face, level % 2 === 1),
        breaks: stretch === ' ' && !keeps,
      })
    stretch = ''
  }
  for (let at = 0, next: number; at < text.length; at = next) {
    const given = text.codePointAt(at) ?? 0
    next = at + (given > 0xffff ? 2 : 1)
    const here = levels?.[at] ?? 0
    if (given === 0x200b) {
      const before = pieces.length
      close()
      const last = pieces.at(-1)
      if (pieces.length > before && last) last.ends = true
      continue
    }
    const codePoint = given === 0xa0 ? space : given
    const character = given < firstCombining ? '' : text.slice(at, next)
    if (given >= 0x2000 && controls.test(character)) {
      close()
      face = undefined
      continue
    }
    const wanted: Face =
      given >= firstCombining && face && joinsOn.test(character) && face.covers(codePoint)
        ? face
        : faceOf(codePoint, style.bold)
    if (wanted !== face || here !== level || given === space || stretch === ' ') close()
    face = wanted
    level = here
    keeps = given === 0xa0
    stretch += character === '' ? (given === 0xa0 ? ' ' : (text[at] ?? '')) : character
    if (given === space) close()
  }
  close()
  return pieces
}

function fillLines(pieces: Piece[], style: Style): Line[] {
  const lines: Line[] = []
  const most = (style.width * 1000) / style.size
  let line: Piece[] = []
  let width = 0
  let length = 0
  const close = () => {
    while (line.at(-1)?.breaks) line.pop()
    lines.push({
      pieces: reordered(line),
      width: (line.reduce((sum, piece) => sum + piece.run.width, 0) * style.size) / 1000,
    })
    line = []
    width = 0
    length = 0
  }
  for (const word of wordsOf(pieces).flatMap((word) => narrowed(word, style))) {
    const wide = word.reduce((sum, piece) => sum + piece.run.width, 0)
    const long = word.reduce((sum, piece) => sum + piece.text.length, 0)
    const full =
      width + wide > most || (style.lineLength !== undefined && length + long > style.lineLength)
    if (full && line.length > 0 && !word[0]?.breaks) close()
    if (line.length === 0 && word[0]?.breaks && lines.length > 0) continue
    line.push(...word)
    width += wide
    length += long
  }
  close()
  return lines
}

/** Pieces that must stay on one line together: a word in two scripts is still a word. */
function wordsOf(pieces: Piece[]): Piece[][] {
  const words: Piece[][] = []
  for (const piece of pieces) {
    const last = words.at(-1)
    if (!last || piece.breaks || last[0]?.breaks || last.at(-1)?.ends) words.push([piece])
    else last.push(piece)
  }
  return words
}

/** A word wider than the line (a long web address) is cut where the line ends, rather than running off the paper. */
function narrowed(word: Piece[], style: Style): Piece[][] {
  const most = (style.width * 1000) / style.size
  if (word.reduce((sum, piece) => sum + piece.run.width, 0) <= most) return [word]
  const parts: Piece[][] = [[]]
  let filled = 0
  for (const piece of word) {
    for (const { segment: character } of signs.segment(piece.text)) {
      const run = shapeRun(character, piece.run.face, piece.level % 2 === 1)
      if (filled + run.width > most) {
        parts.push([])
        filled = 0
      }
      parts.at(-1)?.push({ ...piece, text: character, run })
      filled += run.width
    }
  }
  return parts
}

/**
 * Rule L2 of UAX 9: from the highest level down to the lowest odd one, turn every stretch of that level or
 * higher round.
 */
function reordered(pieces: Piece[]): Piece[] {
  const highest = pieces.reduce((top, piece) => Math.max(top, piece.level), 0)
  const order = [...pieces]
  for (let level = highest; level >= 1; level--) {
    for (let start = 0; start < order.length; start++) {
      let end = start
      while (end < order.length && (order[end]?.level ?? 0) >= level) end++
      if (end > start) order.splice(start, end - start, ...order.slice(start, end).reverse())
      start = end
    }
  }
  return order
}
