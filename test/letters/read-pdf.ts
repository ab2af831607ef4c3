import { inflateSync } from 'node:zlib'

/** What a supplier's own tool would see of a PDF: each page's decoded content stream, and its text line by line as it stands on paper. */
export interface ReadPage {
  /** decoded, with each call of a form replaced by what the form draws */
  content: Buffer
  /** x and y of each line's start in millimetres from the top left, its characters from left to right, and its sizes */
  lines: { x: number; y: number; text: string; sizes: number[] }[]
}

/** A literal string's bytes (ISO 32000-1, 7.3.4.2). */
const hexOf = (literal = '') => Buffer.from(literal.replace(/\\([0-7]{3}|.)/g, (_, sign: string) => (sign.length === 3 ? String.fromCharCode(Number.parseInt(sign, 8)) : sign)), 'latin1').toString('hex')

/** A reader of just enough PDF, written apart from the writer: objects, streams, page tree, composite fonts with ToUnicode. */
export function readPdf(pdf: Buffer): ReadPage[] {
  const source = pdf.toString('latin1')
  const objects = new Map([...source.matchAll(/^(\d+) 0 obj\n([\s\S]*?)\nendobj$/gm)].map((match) => [Number(match[1]), match[2] ?? '']))
  const stream = (id: number): Buffer => {
    const object = objects.get(id) ?? ''
    const data = Buffer.from(/stream\n([\s\S]*)\nendstream$/.exec(object)?.[1] ?? '', 'latin1')
    return object.includes('/FlateDecode') ? inflateSync(data) : data
  }
  const refs = (text: string, key: string) => [...(new RegExp(`/${key} \\[?((?:\\s*\\d+ 0 R)+)`).exec(text)?.[1] ?? '').matchAll(/(\d+) 0 R/g)].map((match) => Number(match[1]))
  const textOf = new Map<number, Map<string, string>>()
  const unicode = (font: number) => {
    const known = textOf.get(font)
    if (known) return known
    const cmap = stream(refs(objects.get(font) ?? '', 'ToUnicode')[0] ?? 0).toString('latin1')
    const map = new Map([...cmap.matchAll(/^<([0-9a-f]{4})> <([0-9a-f]+)>$/gm)].map((match) => [match[1] ?? '', String.fromCharCode(...(match[2]?.match(/.{4}/g) ?? []).map((unit) => Number.parseInt(unit, 16)))]))
    textOf.set(font, map)
    return map
  }
  const tree = [...objects.values()].find((object) => object.includes('/Type /Pages')) ?? ''
  const resources = objects.get(refs(tree, 'Resources')[0] ?? 0) ?? ''
  const fonts = new Map([...`${resources} ${objects.get(refs(resources, 'Font')[0] ?? 0) ?? ''}`.matchAll(/\/([RB]\d+) (\d+) 0 R/g)].map((match) => [match[1] ?? '', Number(match[2])]))
  const forms = new Map([...resources.matchAll(/\/(X\d+) (\d+) 0 R/g)].map((match) => [match[1] ?? '', Number(match[2])]))
  const drawn = (content: string): string => content.replace(/^\/(X\d+) Do\n/gm, (_, name: string) => drawn(stream(forms.get(name) ?? 0).toString('latin1')))
  return refs(tree, 'Kids').map((id) => {
    const page = objects.get(id) ?? ''
    const content = drawn(stream(refs(page, 'Contents')[0] ?? 0).toString('latin1'))
    const lines = [...content.matchAll(/BT 1 0 0 -1 (\S+) (\S+) Tm (.*)ET/g)].map(([, x, y, ops = '']) => {
      let font = ''
      let text = ''
      const sizes: number[] = []
      for (const [, face, size, glyphs] of ops.matchAll(/\/([RB]\d+) (\S+) Tf|\(((?:[^\\()]|\\.)*)\)/g)) {
        if (face) {
          font = face
          sizes.push(Number(size))
        } else for (const glyph of hexOf(glyphs).match(/.{4}/g) ?? []) text += unicode(fonts.get(font) ?? 0).get(glyph) ?? ''
      }
      return { x: (Number(x) * 25.4) / 72, y: (Number(y) * 25.4) / 72, text, sizes }
    })
    return { content: Buffer.from(content, 'latin1'), lines }
  })
}
