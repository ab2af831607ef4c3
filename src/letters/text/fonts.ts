import { Blob, Face as HbFace, Font } from 'harfbuzzjs'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Refused } from '../../errors.ts'
import { unpackWoff } from './woff.ts'

/**
 * A font as pages know it: glyphs written by number, two bytes each, or characters by their byte of
 * WinAnsiEncoding.
 */
export interface PageFont {
  /** its name in every page's resources */
  name: string
  face: Face
  by: 'glyph' | 'byte'
}

/**
 * One font file: what shapes with it and what a PDF embeds of it. All lengths are in thousandths of the
 * font's size.
 */
export interface Face {
  byGlyph: PageFont
  /** only characters of `byteOf` */
  byByte: PageFont
  /** the name in the PDF */
  postscriptName: string
  font: Font
  /** outlines and measures, every glyph under its own number */
  file: Buffer
  covers(codePoint: number): boolean
  codePoints: readonly number[]
  /** how far a glyph moves the pen, as the font says */
  advances: readonly number[]
  glyphs: number
  /** the code point that a glyph shows by itself, if it does */
  codePointOf: ReadonlyMap<number, number>
  ascent: number
  descent: number
  bold: boolean
  /** its script needs them */
  ligatures: boolean
  /** of each character that has one; empty but for the Latin file */
  byteOf: ReadonlyMap<number, number>
}

const require = createRequire(import.meta.url)
// Noto Sans (OFL 1.1) comes split by script; the first that has a character draws it.
const files = [
  ['noto-sans', 'latin'],
  ['noto-sans', 'latin-ext'],
  ['noto-sans-arabic', 'arabic'],
  ['noto-sans', 'cyrillic'],
  ['noto-sans', 'cyrillic-ext'],
  ['noto-sans', 'greek'],
  ['noto-sans', 'vietnamese'],
  ['noto-sans-hebrew', 'hebrew'],
  ['noto-sans-ethiopic', 'ethiopic'],
  ['noto-sans-thai', 'thai'],
] as const

type Ranges = [number, number][]

/** Which characters each file claims, so that a file is opened only when a letter needs it. */
const claims: Ranges[] = files.map(([family, script]) => {
  const claimed =
    (require(`@fontsource/${family}/unicode.json`) as Record<string, string>)[script] ?? ''
  return claimed.split(',').map((range): [number, number] => {
    const [from = '', to = from] = range.replace('U+', '').split('-')
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)]
  })
})

const needed = [
  'OS/2',
  'cmap',
  'cvt ',
  'fpgm',
  'glyf',
  'head',
  'hhea',
  'hmtx',
  'loca',
  'maxp',
  'prep',
]

/** WinAnsiEncoding (ISO 32000-1, annex D) by code point: printing characters alone. */
const winAnsi = new Map(
  Array.from(
    new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
    (character, byte): [number, number] => [character.codePointAt(0) ?? 0, byte],
  ).filter(([codePoint]) => !/[\p{Cc}\p{Cf}\u00a0]/u.test(String.fromCodePoint(codePoint))),
)

function openFace(index: number, bold: boolean): Face {
  const [family, script] = files[index] ?? ['', '']
  const name = `${family}-${script}`
  const woff = readFileSync(
    require.resolve(`@fontsource/${family}/files/${name}-${bold ? 700 : 400}-normal.woff`),
  )
  const hbFace = new HbFace(new Blob(unpackWoff(woff)))
  const font = new Font(hbFace)
  font.setScale(1000, 1000)
  const codePoints = hbFace.collectUnicodes()
  const covered = new Set(codePoints)
  const codePointOf = new Map<number, number>()
  for (const codePoint of codePoints) {
    const glyph = font.nominalGlyph(codePoint)
    if (glyph !== undefined && !codePointOf.has(glyph)) codePointOf.set(glyph, codePoint)
  }
  const glyphs = Buffer.from(hbFace.referenceTable('maxp') ?? []).readUInt16BE(4)
  const { ascender, descender } = font.hExtents()
  const postscriptName = `${name
    .split('-')
    .map((part) => `${part[0]?.toUpperCase()}${part.slice(1)}`)
    .join('')}-${bold ? 'Bold' : 'Regular'}`
  const letter = bold ? 'B' : 'R'
  const face: Omit<Face, 'byGlyph' | 'byByte'> = {
    postscriptName,
    font,
    file: unpackWoff(woff, needed),
    covers: (codePoint) =>
      codePoint >= 0x20 &&
      covered.has(codePoint) /* NUL and carriage return have a glyph, an empty one */,
    codePoints: [...covered],
    codePointOf,
    glyphs,
    advances: Array.from({ length: glyphs }, (_, id) => font.glyphHAdvance(id)),
    ascent: ascender,
    descent: descender,
    bold,
    ligatures: family !== 'noto-sans',
    byteOf:
      index === 0
        ? new Map([...winAnsi].filter(([codePoint]) => covered.has(codePoint)))
        : new Map(),
  }
  const made = face as Face
  made.byGlyph = { name: `${letter}${index}`, face: made, by: 'glyph' }
  made.byByte = { name: letter, face: made, by: 'byte' }
  return made
}

const opened = { regular: new Map<number, Face>(), bold: new Map<number, Face>() }
const chosen = { regular: new Map<number, Face>(), bold: new Map<number, Face>() }

/**
 * The face that draws a character.
 * @throws Refused `missing-glyph` when no font has it: better no letter than one with a gap
 */
export function faceOf(codePoint: number, bold: boolean): Face {
  const known = chosen[bold ? 'bold' : 'regular'].get(codePoint)
  if (known) return known
  const weight = opened[bold ? 'bold' : 'regular']
  for (const [index, ranges] of claims.entries()) {
    if (!ranges.some(([from, to]) => codePoint >= from && codePoint <= to)) continue
    const face = weight.get(index) ?? openFace(index, bold)
    weight.set(index, face)
    if (!face.covers(codePoint)) continue
    chosen[bold ? 'bold' : 'regular'].set(codePoint, face)
    return face
  }
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  throw new Refused(
    'missing-glyph',
    `No font has the character ${code}. Spell the name or the text without it, or add a font that has it in ` +
      'src/letters/text/fonts.ts.',
    { character: code },
  )
}
