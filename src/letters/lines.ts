import bidiFactory, { type Bidi } from 'bidi-js'
import { Refused } from '../errors.ts'
import { facesOf, type Face } from './faces.ts'
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
}

const joinsOn = /^[\p{M}\u200c\u200d]$/u
const controls = /^[\u200e\u200f\u202a-\u202e\u2066-\u2069]$/u
const rightToLeftSigns = /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]/

/**
 * Breaks a paragraph into lines and puts each in the order it is read on paper: bidi levels over the whole paragraph (UAX 9), pieces of one
 * level and face shaped in that level's direction, then each line reordered (rule L2).
 * @throws Refused `missing-glyph` when no font has a character: better no letter than one with a gap
 */
export function breakLines(paragraph: string, style: Style): Line[] {
  return paragraph
    .normalize('NFC')
    .split('\n')
    .flatMap((text) => fillLines(piecesOf(kept(text), style), style))
}

// A phone number, an hour after "kl." and a postcode are never broken.
const kept = (text: string) => text.replace(/(?<=\d) (?=\d)|(?<=(?:^|\s)kl\.) /g, '\u00a0')

function piecesOf(text: string, style: Style): Piece[] {
  const plain = style.direction === 'ltr' && !rightToLeftSigns.test(text)
  const levels = plain ? undefined : bidi.getEmbeddingLevels(text, style.direction).levels
  const pieces: Piece[] = []
  let stretch = ''
  let face: Face | undefined
  let level = 0
  const close = () => {
    if (stretch !== '' && face) pieces.push({ text: stretch, level, run: shapeRun(stretch, face, level % 2 === 1), breaks: stretch === ' ' })
    stretch = ''
  }
  let at = 0
  for (const character of text) {
    const here = levels?.[at] ?? 0
    at += character.length
    if (controls.test(character)) {
      close()
      face = undefined
      continue
    }
    const shown = character === '\u00a0' ? ' ' : character
    const wanted: Face = face && joinsOn.test(character) && face.covers(character.codePointAt(0) ?? 0) ? face : faceOf(shown, style.bold)
    if (wanted !== face || here !== level || character === ' ' || stretch === ' ') close()
    face = wanted
    level = here
    stretch += shown
    if (character === ' ') close()
  }
  close()
  return pieces
}

function faceOf(character: string, bold: boolean): Face {
  const codePoint = character.codePointAt(0) ?? 0
  const face = facesOf(bold).find((face) => face.covers(codePoint))
  if (face) return face
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  throw new Refused('missing-glyph', `No font has the character ${code}. Spell the name or the text without it, or add a font that has it in src/letters/faces.ts.`, { character: code })
}

function fillLines(pieces: Piece[], style: Style): Line[] {
  const lines: Line[] = []
  const scale = style.size / 1000
  let line: Piece[] = []
  let width = 0
  let length = 0
  const close = () => {
    while (line.at(-1)?.breaks) line.pop()
    lines.push({ pieces: reordered(line), width: line.reduce((sum, piece) => sum + piece.run.width, 0) * scale })
    line = []
    width = 0
    length = 0
  }
  for (const word of wordsOf(pieces).flatMap((word) => narrowed(word, style))) {
    const wide = word.reduce((sum, piece) => sum + piece.run.width, 0) * scale
    const long = word.reduce((sum, piece) => sum + piece.text.length, 0)
    const full = width + wide > style.width || (style.lineLength !== undefined && length + long > style.lineLength)
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
    if (!last || piece.breaks || last[0]?.breaks) words.push([piece])
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
    for (const character of piece.text) {
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

/** Rule L2 of UAX 9: from the highest level down to the lowest odd one, turn every stretch of that level or higher round. */
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
