import { Blob, Face as HbFace, Font } from 'harfbuzzjs'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { unpackWoff } from './woff.ts'

/** One font file: what shapes with it and what a PDF embeds of it. All lengths are in thousandths of the font's size. */
export interface Face {
  /** its name in every page's resources */
  name: string
  /** the name in the PDF; the file is embedded whole, so it bears no subset tag */
  postscriptName: string
  font: Font
  file: Buffer
  covers(codePoint: number): boolean
  glyphs: number
  /** the code point that a glyph shows by itself, if it does */
  codePointOf: ReadonlyMap<number, number>
  ascent: number
  descent: number
  bold: boolean
}

const require = createRequire(import.meta.url)
// Noto Sans (OFL 1.1) comes split by script; the first that has a character draws it.
const files = [
  '@fontsource/noto-sans/files/noto-sans-latin',
  '@fontsource/noto-sans/files/noto-sans-latin-ext',
  '@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic',
  '@fontsource/noto-sans/files/noto-sans-cyrillic',
  '@fontsource/noto-sans/files/noto-sans-cyrillic-ext',
  '@fontsource/noto-sans/files/noto-sans-greek',
  '@fontsource/noto-sans/files/noto-sans-vietnamese',
]

function openFace(path: string, bold: boolean, index: number): Face {
  const file = unpackWoff(readFileSync(require.resolve(`${path}-${bold ? 700 : 400}-normal.woff`)))
  const hbFace = new HbFace(new Blob(file))
  const font = new Font(hbFace)
  font.setScale(1000, 1000)
  const codePoints = hbFace.collectUnicodes()
  const covered = new Set(codePoints)
  const codePointOf = new Map<number, number>()
  for (const codePoint of codePoints) {
    const glyph = font.nominalGlyph(codePoint)
    if (glyph !== undefined && !codePointOf.has(glyph)) codePointOf.set(glyph, codePoint)
  }
  const { ascender, descender } = font.hExtents()
  const postscriptName = `${(path.split('/').at(-1) ?? '').split('-').map((part) => `${part[0]?.toUpperCase()}${part.slice(1)}`).join('')}-${bold ? 'Bold' : 'Regular'}`
  return { name: `${bold ? 'B' : 'R'}${index}`, postscriptName, font, file, covers: (codePoint) => covered.has(codePoint), codePointOf, glyphs: Buffer.from(hbFace.referenceTable('maxp') ?? []).readUInt16BE(4), ascent: ascender, descent: descender, bold }
}

const opened = new Map<boolean, Face[]>()

/** The faces of a weight, opened once for the life of the program. */
export function facesOf(bold: boolean): Face[] {
  const faces = opened.get(bold) ?? files.map((path, index) => openFace(path, bold, index))
  opened.set(bold, faces)
  return faces
}
