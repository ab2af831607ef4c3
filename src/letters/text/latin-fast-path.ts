import { faceOf, type Face, type PageFont } from './fonts.ts'
import type { Style } from './lines.ts'
import { num } from '../pdf/text-operators.ts'
import { shapeGlyphs } from './shape.ts'

/**
 * What one face does with characters that are written as bytes: how far each moves the pen, and what HarfBuzz
 * adds between two. In Noto Sans a Latin letter's place depends on its neighbour alone, so each pair is asked
 * once; a test compares lines with those of the whole way.
 */
interface Table {
  face: Face
  fonts: PageFont[]
  /** by byte; thousandths */
  advances: Int16Array
  /**
   * by 256 × first byte + second byte; `unknown` until asked, `whole` when the two can't be put together from
   * what they are alone
   */
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
  const own =
    glyphs.length === 2 &&
    glyphs.every(
      ({ id, dx, dy }, i) =>
        dx === 0 && dy === 0 && id === face.font.nominalGlyph(pair.codePointAt(i) ?? 0),
    ) &&
    glyphs[1]?.advance === advances[second]
  const kern = (glyphs[0]?.advance ?? 0) - (advances[first] ?? 0)
  return (kerns[first * 256 + second] = own && Math.abs(kern) < 1000 ? kern : whole)
}

const digit = (byte: number) => byte >= 0x30 && byte <= 0x39
const [small_k, small_l, stop] = [0x6b, 0x6c, 0x2e]

// Of the text at hand: its bytes, what is added before each, and where lines begin, end (exclusive) and how
// wide they are.
let coded = new Uint8Array(4096)
let moves = new Int16Array(4096)
let starts = new Int32Array(512)
let ends = new Int32Array(512)
let widths = new Float64Array(512)
let lines = 0

/** Where operators are written, text after text; they stay where they are for as long as one of the texts is kept. */
let page = Buffer.allocUnsafe(1 << 16)
let used = 0

/** Lines as they are drawn: how wide each is (points), the operators, and with which fonts. */
export interface PlainText {
  widths: number[]
  ops: Buffer
  fonts: PageFont[]
  unlisted: undefined
  untold: undefined
}

/**
 * The quick way for the commonest text: breaks a paragraph of Latin letters in one face into lines and writes
 * them, character by character from two tables. Lines come out as `breakLines` and `linesOps` make them.
 * @returns undefined when the text needs the whole way: another script, a ligature, a word longer than a line
 */
export function plainText(said: string, style: Style & { leading: number }): PlainText | undefined {
  if (style.direction !== 'ltr') return undefined
  const table = style.bold ? (tables.bold ??= tableOf(true)) : (tables.regular ??= tableOf(false))
  if (!fill(said, style, table)) return undefined
  const wide: number[] = []
  for (let line = 0; line < lines; line++) wide.push((widths[line]! * style.size) / 1000)
  return {
    widths: wide,
    ops: write(style, table),
    fonts: table.fonts,
    unlisted: undefined,
    untold: undefined,
  }
}

/**
 * Reads the text into `coded` and breaks it into lines.
 * @returns false when a character has no byte, spaces stand at an edge or side by side, a word is too wide,
 * or a pair can't be put together
 */
function fill(said: string, style: Style, table: Table): boolean {
  const { length } = said
  if (length > coded.length) {
    coded = new Uint8Array(2 * length)
    moves = new Int16Array(2 * length)
    starts = new Int32Array(length)
    ends = new Int32Array(length)
    widths = new Float64Array(length)
  }
  const { advances, kerns } = table
  const [into, moved] = [coded, moves]
  const most = (style.width * 1000) / style.size
  const longest = style.lineLength ?? Infinity
  const gap = advances[space]!
  lines = 0
  let [start, end, width] = [0, 0, 0] // of the line, as far as its last whole word
  let [wordStart, word, before] = [0, 0, 0]
  for (let i = 0; i <= length; i++) {
    const character = i < length ? said.charCodeAt(i) : space
    let byte = character < bytes.length ? bytes[character]! : 0
    if (byte === 0) return false
    if (byte === space && i < length && staysTogether(said, i)) byte = keptSpace
    into[i] = byte
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
    if (i === wordStart || word > most || i - wordStart > longest) return false
    if (i < length) moved[i] = 0
    if (end === start) width = word
    else if (width + gap + word > most || i - start > longest) {
      addLine(start, end, width)
      start = wordStart
      width = word
    } else width += gap + word
    end = i
    wordStart = i + 1
    word = before = 0
  }
  addLine(start, end, width)
  return true
}

/** Whether no line may end at this space: between digits, and between "kl." and the hour. As `kept` (lines.ts) does. */
function staysTogether(said: string, at: number): boolean {
  const before = said.charCodeAt(at - 1)
  if (digit(before)) return digit(said.charCodeAt(at + 1))
  return (
    before === stop &&
    said.charCodeAt(at - 2) === small_l &&
    said.charCodeAt(at - 3) === small_k &&
    (at === 3 || said.charCodeAt(at - 4) === space || said.charCodeAt(at - 4) === keptSpace)
  )
}

function addLine(start: number, end: number, width: number): void {
  starts[lines] = start
  ends[lines] = end
  widths[lines++] = width
}

const [open, close, escape, minus, zero] = [0x28, 0x29, 0x5c, 0x2d, 0x30]
const lineEnd = Buffer.from(')]TJ T*[(', 'latin1')
const textEnd = Buffer.from(')]TJ ET\n', 'latin1')

/** What begins the operators of texts in a style, by whether they have one line or more. */
const heads = new WeakMap<Style, { one: Buffer; more: Buffer }>()

function headsOf(
  style: Style & { leading: number },
  { face }: Table,
): { one: Buffer; more: Buffer } {
  const font = `/${face.byByte.name} ${num(style.size)} Tf[(`
  const made = {
    one: Buffer.from(font, 'latin1'),
    more: Buffer.from(`${num(style.leading)} TL${font}`, 'latin1'),
  }
  heads.set(style, made)
  return made
}

/** Writes the lines of `coded` as `linesOps` does. */
function write(style: Style & { leading: number }, table: Table): Buffer {
  const room = 64 + 20 * ends[lines - 1]!
  if (used + room > page.length) {
    page = Buffer.allocUnsafe(Math.max(1 << 16, room))
    used = 0
  }
  const [from, moved, to] = [coded, moves, page]
  const { one, more } = heads.get(style) ?? headsOf(style, table)
  const head = lines > 1 ? more : one
  let at = used
  for (let i = 0; i < head.length; i++) to[at++] = head[i]!
  for (let line = 0; line < lines; line++) {
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
  const ops = to.subarray(used, at)
  used = at
  return ops
}
