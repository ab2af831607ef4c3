import type { Face } from './faces.ts'
import { characterNumbers, ownText, type Glyph, type Run } from './shape.ts'

/** What pdfkit gives for putting an object of one's own into a document. */
export interface Reference {
  data: Record<string, unknown>
  write(chunk: string | Uint8Array): void
  end(chunk?: string | Uint8Array): void
}
type MakeReference = (data?: Record<string, unknown>) => Reference

/**
 * Writes a face as a composite font. It goes in whole, so that a glyph has the same number in every document and a letter's content stream
 * is the same alone and in any batch; widths and text are those of the glyphs in use.
 */
export function embedFace(face: Face, runs: Iterable<Run>, dictionary: Reference, ref: MakeReference): void {
  const glyphs = new Map<number, Glyph>()
  for (const run of runs) {
    if (run.face !== face) continue
    for (const glyph of run.glyphs) {
      // A glyph under its own number tells its own character: a bracket that right-to-left text turned round is the other bracket.
      const own = glyph.cid === glyph.id ? ownText(face, glyph.id) : ''
      if (!glyphs.has(glyph.cid)) glyphs.set(glyph.cid, own === '' ? glyph : { ...glyph, text: own })
    }
  }
  const used = [...glyphs.values()].sort((a, b) => a.cid - b.cid)
  const file = ref({ Length1: face.file.length })
  file.end(face.file)
  const descriptor = ref({
    Type: 'FontDescriptor',
    FontName: face.postscriptName,
    Flags: 4, // symbolic: the glyphs are named by number
    FontBBox: [-700, face.descent, 2800, face.ascent],
    ItalicAngle: 0,
    Ascent: face.ascent,
    Descent: face.descent,
    CapHeight: 714,
    StemV: face.bold ? 140 : 80,
    FontFile2: file,
  })
  descriptor.end()
  const descendant = ref({
    Type: 'Font',
    Subtype: 'CIDFontType2',
    BaseFont: face.postscriptName,
    CIDSystemInfo: { Registry: new String('Adobe'), Ordering: new String('Identity'), Supplement: 0 },
    FontDescriptor: descriptor,
    CIDToGIDMap: glyphMap(face, ref),
    W: used.flatMap(({ cid, id }) => [cid, [face.font.glyphHAdvance(id)]]),
  })
  descendant.end()
  const toUnicode = ref()
  toUnicode.end(unicodeMap(used.filter((glyph) => glyph.text !== '')))
  Object.assign(dictionary.data, { Type: 'Font', Subtype: 'Type0', BaseFont: face.postscriptName, Encoding: 'Identity-H', DescendantFonts: [descendant], ToUnicode: toUnicode })
  dictionary.end()
}

/** Which glyph each number draws: itself, and above the font's own those of `characterNumbers`. */
function glyphMap(face: Face, ref: MakeReference): Reference | string {
  const numbers = characterNumbers(face)
  if (numbers.size === 0) return 'Identity'
  const map = Buffer.alloc(2 * (face.glyphs + numbers.size))
  for (let glyph = 0; glyph < face.glyphs; glyph++) map.writeUInt16BE(glyph, 2 * glyph)
  for (const [key, cid] of numbers) map.writeUInt16BE(Number.parseInt(key), 2 * cid)
  const stream = ref()
  stream.end(map)
  return stream
}

const hex = (unit: number) => unit.toString(16).padStart(4, '0')

/** The CMap that lets text be searched, copied and read aloud (ISO 32000-1, 9.10.3); 100 entries a section at most. */
function unicodeMap(glyphs: Glyph[]): string {
  const sections: string[] = []
  for (let i = 0; i < glyphs.length; i += 100) {
    const part = glyphs.slice(i, i + 100)
    const entries = part.map(({ cid, text }) => `<${hex(cid)}> <${Array.from({ length: text.length }, (_, k) => hex(text.charCodeAt(k))).join('')}>`)
    sections.push(`${part.length} beginbfchar\n${entries.join('\n')}\nendbfchar`)
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
