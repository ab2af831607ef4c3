import { faceOf, type Face, type PageFont } from './faces.ts'
import type { Style } from './lines.ts'
import { num } from './ops.ts'
import { shapeGlyphs } from './shape.ts'

/**
 * What one face does with characters that are written as bytes: how far each moves the pen, and what HarfBuzz adds between two. In Noto Sans a
 * Latin letter's place depends on its neighbour alone, so each pair is asked once; a test compares lines with those of the whole way.
 */
interface Table {
  face: Face
  fonts: PageFont[]
  /** by byte; thousandths */
  advances: Int16Array
  /** by 256 × first byte + second byte; `unknown` until asked, `whole` when the two can't be put together from what they are alone */
  kerns: Int16Array
}

const unknown = 0x7fff
const whole = 0x7ffe
const space = 0x20
/** a space where no line ends */
const keptSpace = 0xa0

/** Byte of each code point in `Face.byteOf`, 0 where there is none. */
const bytes = new Uint8Array(0x2200)
const characters: string[] = []
const tables: { regular?: Table; bold?: Table } = {}

function tableOf(bold: boolean): Table {
  const face = faceOf(space, bold)
  const advances = new Int16Array(256)
  for (const [codePoint, byte] of face.byteOf) {
    const glyph = face.font.nominalGlyph(codePoint)
    if (glyph === undefined || codePoint >= bytes.length) continue
    bytes[codePoint] = byte
    characters[byte] = String.fromCodePoint(codePoint)
    advances[byte] = face.advances[glyph] ?? 0
  }
  bytes[keptSpace] = keptSpace
  characters[keptSpace] = ' '
  advances[keptSpace] = advances[space] ?? 0
  return { face, fonts: [face.byByte], advances, kerns: new Int16Array(65_536).fill(unknown) }
}

function askKern({ face, advances, kerns }: Table, first: number, second: number): number {
  const pair = `${characters[first]}${characters[second]}`
  const glyphs = shapeGlyphs(pair, face, false)
  const own = glyphs.length === 2 && glyphs.every(({ id, dx, dy }, i) => dx === 0 && dy === 0 && id === face.font.nominalGlyph(pair.codePointAt(i) ?? 0)) && glyphs[1]?.advance === advances[second]
  const kern = (glyphs[0]?.advance ?? 0) - (advances[first] ?? 0)
  return (kerns[first * 256 + second] = own && Math.abs(kern) < 1000 ? kern : whole)
}

const digit = (byte: number) => byte >= 0x30 && byte <= 0x39
const [small_k, small_l, stop] = [0x6b, 0x6c, 0x2e]

// Of the text at hand: its bytes, and where lines begin, end (exclusive) and how wide they are.
let coded = new Uint8Array(4096)
let moves = new Int16Array(4096) // what is added before each byte
let out = Buffer.allocUnsafe(16_384)
const starts: number[] = []
const ends: number[] = []
const widths: number[] = []

/** Lines as they are drawn: how wide each is (points), the operators, and with which fonts. */
export interface PlainText {
  widths: number[]
  ops: Buffer
  fonts: PageFont[]
  unlisted: undefined
}

/**
 * The quick way for the commonest text: breaks a paragraph of Latin letters in one face into lines and writes them, character by character from
 * two tables. Lines come out as `breakLines` and `linesOps` make them.
 * @returns undefined when the text needs the whole way: another script, a ligature, a word longer than a line
 */
export function plainText(said: string, style: Style & { leading: number }): PlainText | undefined {
  if (style.direction !== 'ltr') return undefined
  const table = style.bold ? (tables.bold ??= tableOf(true)) : (tables.regular ??= tableOf(false))
  if (!code(said) || !fill(said.length, style, table)) return undefined
  return { widths: widths.map((width) => (width * style.size) / 1000), ops: write(style, table), fonts: table.fonts, unlisted: undefined }
}

/** Writes the text's bytes into `coded`, telling spaces that don't break a line. @returns whether all have one */
function code(said: string): boolean {
  const { length } = said
  if (length > coded.length) {
    coded = new Uint8Array(2 * length)
    moves = new Int16Array(2 * length)
  }
  const made = coded
  let before = space
  for (let i = 0; i < length; i++) {
    const character = said.charCodeAt(i)
    const byte = character < bytes.length ? bytes[character]! : 0
    if (byte === 0 || (byte === space && before === space)) return false // a space at the edge, or two side by side
    made[i] = byte
    if (before === space && digit(byte) && i > 1 && digit(made[i - 2]!)) made[i - 1] = keptSpace
    else if (byte === space && before === stop && afterHour(i)) made[i] = keptSpace
    before = byte
  }
  return before !== space
}

/** "kl." stands before, and the hour after. */
const afterHour = (at: number) => coded[at - 2] === small_l && coded[at - 3] === small_k && (at === 3 || coded[at - 4] === space || coded[at - 4] === keptSpace)

/** Breaks `coded` into lines. @returns false when a word is too wide, or a pair can't be put together */
function fill(length: number, style: Style, table: Table): boolean {
  const { advances, kerns } = table
  const [from, moved] = [coded, moves]
  const most = (style.width * 1000) / style.size
  const longest = style.lineLength ?? Infinity
  const gap = advances[space]!
  starts.length = ends.length = widths.length = 0
  let [start, end, width] = [0, 0, 0] // of the line, as far as its last whole word
  let [wordStart, word, before] = [0, 0, 0]
  for (let i = 0; i <= length; i++) {
    const byte = i < length ? from[i]! : space
    if (byte !== space) {
      let kern = 0
      if (before !== 0) {
        kern = kerns[before * 256 + byte]!
        if (kern === unknown) kern = askKern(table, before, byte)
        if (kern === whole) return false
      }
      word += advances[byte]! + kern
      moved[i] = kern
      before = byte
      continue
    }
    if (word > most || i - wordStart > longest) return false
    if (i < length) moved[i] = 0
    if (end === start) width = word
    else if (width + gap + word > most || i - start > longest) {
      starts.push(start)
      ends.push(end)
      widths.push(width)
      start = wordStart
      width = word
    } else width += gap + word
    end = i
    wordStart = i + 1
    word = before = 0
  }
  starts.push(start)
  ends.push(end)
  widths.push(width)
  return true
}

const [open, close, escape, minus, zero] = [0x28, 0x29, 0x5c, 0x2d, 0x30]
const lineEnd = Buffer.from(')]TJ T*[(', 'latin1')
const textEnd = Buffer.from(')]TJ ET\n', 'latin1')

/** Writes the lines of `coded` as `linesOps` does. */
function write(style: Style & { leading: number }, { face }: Table): Buffer {
  const room = 64 + 20 * (ends.at(-1) ?? 0)
  if (room > out.length) out = Buffer.allocUnsafe(2 * room)
  const [from, moved, to] = [coded, moves, out]
  let at = to.write(`${starts.length > 1 ? `${num(style.leading)} TL` : ''}/${face.byByte.name} ${num(style.size)} Tf[(`, 'latin1')
  for (let line = 0; line < starts.length; line++) {
    if (line > 0) for (let i = 0; i < lineEnd.length; i++) to[at++] = lineEnd[i]!
    for (let i = starts[line]!, end = ends[line]!; i < end; i++) {
      const byte = from[i]!
      const kern = moved[i]!
      if (kern !== 0) {
        to[at++] = close
        if (kern > 0) to[at++] = minus
        const move = Math.abs(kern)
        if (move > 99) to[at++] = zero + Math.trunc(move / 100)
        if (move > 9) to[at++] = zero + (Math.trunc(move / 10) % 10)
        to[at++] = zero + (move % 10)
        to[at++] = open
      }
      if (byte === open || byte === close || byte === escape) to[at++] = escape
      to[at++] = byte === keptSpace ? space : byte
    }
  }
  for (let i = 0; i < textEnd.length; i++) to[at++] = textEnd[i]!
  const ops = Buffer.allocUnsafe(at)
  to.copy(ops, 0, 0, at)
  return ops
}
