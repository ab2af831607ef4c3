import { deflateSync } from 'node:zlib'
import type { Face, PageFont } from '../text/fonts.ts'
import type { PdfWriter } from './writer.ts'
import { BoundedCache } from '../bounded-cache.ts'
import { characterNumbers, ownText, type Run } from '../text/shape.ts'
import type { Stamp } from '../text/stamps.ts'

/** The objects of one font, as they are in a PDF from number `first` on: the font itself first. */
interface FontObjects {
  count: number
  write(first: number): Buffer[]
}

/** What stamps are drawn with. */
export interface Drawn {
  fonts: Set<PageFont>
  /** runs with glyphs whose text no font tells (ligatures) */
  unlisted: Run[]
}

export function addDrawn(drawn: Drawn, { text }: Stamp): void {
  if (!text) return
  for (const font of text.fonts) drawn.fonts.add(font)
  for (const run of text.unlisted) drawn.unlisted.push(run)
}

/** Writes fonts. @returns the resource dictionary naming them */
export function writeFonts(pdf: PdfWriter, { fonts, unlisted }: Drawn): string {
  const files = new Map<Face, number>()
  const entries = [...fonts]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((font) => {
      let file = files.get(font.face)
      if (file === undefined) files.set(font.face, (file = pdf.add(fontFile(font.face))))
      const objects =
        font.by === 'byte' ? byteFont(font.face, file) : glyphFont(font.face, file, unlisted)
      const ids = Array.from({ length: objects.count }, () => pdf.reserve())
      objects.write(ids[0] ?? 0).forEach((body, i) => pdf.object(ids[i] ?? 0, body))
      return `/${font.name} ${ids[0]} 0 R`
    })
  return `<< ${entries.join(' ')} >>`
}

/**
 * A face as a PDF embeds it. All its glyphs go in, each under its own number, so that a letter's content
 * stream is the same alone and in any batch, and so that the font is packed once for the life of the program.
 * Tables for shaping stay out.
 */
const fontFile = (face: Face): Buffer =>
  packed(face, 'file', () => stream(face.file, `/Length1 ${face.file.length}`))

const descriptor = (
  { postscriptName, ascent, descent, bold }: Face,
  flags: number,
  file: number,
): Buffer =>
  Buffer.from(
    `<< /Type /FontDescriptor /FontName /${postscriptName} /Flags ${flags} /FontBBox [-700 ${descent} 2800 ${ascent}]` +
      ` /ItalicAngle 0 /Ascent ${ascent} /Descent ${descent} /CapHeight 714 /StemV ${bold ? 140 : 80} ` +
      `/FontFile2 ${file} 0 R >>`,
  )

/** A font of one byte a character (ISO 32000-1, 9.6.3): its encoding tells the text, too. */
function byteFont(face: Face, file: number): FontObjects {
  const codePoints = new Map([...face.byteOf].map(([codePoint, byte]) => [byte, codePoint]))
  const widths = Array.from(
    { length: 224 },
    (_, i) => face.advances[face.font.nominalGlyph(codePoints.get(i + 32) ?? 0) ?? 0] ?? 0,
  )
  return {
    count: 2,
    write: (first) => [
      Buffer.from(
        `<< /Type /Font /Subtype /TrueType /BaseFont /${face.postscriptName} /Encoding /WinAnsiEncoding` +
          ` /FirstChar 32 /LastChar 255 /Widths [${widths.join(' ')}] /FontDescriptor ${first + 1} 0 R >>`,
      ),
      descriptor(face, 32, file), // not symbolic: characters are named by the encoding
    ],
  }
}

const made = new BoundedCache<string, FontObjects>(200)

/** A composite font whose glyphs are named by number (9.7). @param runs what is drawn with it */
function glyphFont(face: Face, file: number, runs: Iterable<Run>): FontObjects {
  const unlisted = new Map<number, string>()
  for (const run of runs)
    if (run.face === face)
      for (const { cid, text } of run.unlisted) if (!unlisted.has(cid)) unlisted.set(cid, text)
  const more = [...unlisted].sort(([a], [b]) => a - b)
  const key = `${face.byGlyph.name} ${file} ${more.map(([cid, text]) => `${cid}=${text}`).join(' ')}`
  return made.get(key) ?? made.set(key, makeGlyphFont(face, file, more))
}

function makeGlyphFont(face: Face, file: number, more: [number, string][]): FontObjects {
  const numbers = [...characterNumbers(face)]
  const map =
    numbers.length === 0 ? undefined : packed(face, 'map', () => stream(glyphMap(face, numbers)))
  const widths =
    '[0 ' +
    `[${[...Array(face.glyphs).keys()].map((id) => face.advances[id]).join(' ')}${numbers.map(([key]) => ` ${face.font.glyphHAdvance(Number.parseInt(key))}`).join('')}]]`
  const own = Array.from({ length: face.glyphs }, (_, id): [number, string] => [
    id,
    ownText(face, id),
  ])
  const toUnicode = stream(
    Buffer.from(
      unicodeMap(
        [
          ...own,
          ...numbers.map(([key, cid]): [number, string] => [cid, key.slice(key.indexOf(' ') + 1)]),
          ...more,
        ].filter(([, text]) => text !== ''),
      ),
    ),
  )
  const name = face.postscriptName
  return {
    count: map ? 5 : 4,
    write: (first) => [
      Buffer.from(
        `<< /Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H` +
          ` /DescendantFonts [${first + 1} 0 R] /ToUnicode ${first + 3} 0 R >>`,
      ),
      Buffer.from(
        `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /${name} ` +
          '/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ' +
          `${first + 2} 0 R /CIDToGIDMap ${map ? `${first + 4} 0 R` : '/Identity'} /W ${widths} >>`,
      ),
      descriptor(face, 4, file), // symbolic: the glyphs are named by number
      toUnicode,
      ...(map ? [map] : []),
    ],
  }
}

const kept = new WeakMap<Face, Map<string, Buffer>>()

function packed(face: Face, what: string, make: () => Buffer): Buffer {
  const mine = kept.get(face) ?? new Map<string, Buffer>()
  kept.set(face, mine)
  const object = mine.get(what) ?? make()
  mine.set(what, object)
  return object
}

function stream(data: Buffer, more = ''): Buffer {
  const body = deflateSync(data, { level: 9 })
  return Buffer.concat([
    Buffer.from(`<< /Length ${body.length} /Filter /FlateDecode ${more}>>\nstream\n`),
    body,
    Buffer.from('\nendstream'),
  ])
}

/** Which glyph each number draws: itself, and above the font's own those of `characterNumbers`. */
function glyphMap(face: Face, numbers: [string, number][]): Buffer {
  const map = Buffer.alloc(2 * (face.glyphs + numbers.length))
  for (let glyph = 0; glyph < face.glyphs; glyph++) map.writeUInt16BE(glyph, 2 * glyph)
  for (const [key, cid] of numbers) map.writeUInt16BE(Number.parseInt(key), 2 * cid)
  return map
}

const hex = (unit: number) => unit.toString(16).padStart(4, '0')

/** The CMap that lets text be searched, copied and read aloud (ISO 32000-1, 9.10.3); 100 entries a section at most. */
function unicodeMap(entries: [number, string][]): string {
  const sections: string[] = []
  for (let i = 0; i < entries.length; i += 100) {
    const part = entries.slice(i, i + 100)
    const lines = part.map(
      ([cid, text]) =>
        `<${hex(cid)}> <${Array.from({ length: text.length }, (_, k) => hex(text.charCodeAt(k))).join('')}>`,
    )
    sections.push(`${part.length} beginbfchar\n${lines.join('\n')}\nendbfchar`)
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${sections.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`
}
