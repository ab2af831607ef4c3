import { inflateSync } from 'node:zlib'

/**
 * What a supplier's own tool would see of a PDF: each page's decoded content stream, and its text line by
 * line as it stands on paper.
 */
export interface ReadPage {
  /** decoded, with each call of a form replaced by what the form draws */
  content: Buffer
  /** x and y of each line's start in millimetres from the top left, its characters from left to right, and its sizes */
  lines: { x: number; y: number; text: string; sizes: number[] }[]
}

/**
 * Every object's text by its number: those between "obj" and "endobj", and those packed together (ISO
 * 32000-1, 7.5.7).
 */
export function objectsOf(pdf: Buffer): Map<number, string> {
  const source = pdf.toString('latin1')
  const objects = new Map(
    [...source.matchAll(/^(\d+) 0 obj\n([\s\S]*?)\nendobj$/gm)].map((match) => [
      Number(match[1]),
      match[2] ?? '',
    ]),
  )
  for (const object of [...objects.values()]) {
    const [, count, first] = /^<<\/Type\/ObjStm\/N (\d+)\/First (\d+)/.exec(object) ?? []
    if (!count) continue
    const text = streamOf(object).toString('latin1')
    const index = text.slice(0, Number(first)).trim().split(' ').map(Number)
    for (let i = 0; i < 2 * Number(count); i += 2)
      objects.set(
        index[i] ?? 0,
        text
          .slice(
            Number(first) + (index[i + 1] ?? 0),
            i + 3 < index.length ? Number(first) + (index[i + 3] ?? 0) : undefined,
          )
          .trim(),
      )
  }
  return objects
}

/** What is between "stream" and "endstream", unpacked. */
export function streamOf(object: string): Buffer {
  const data = Buffer.from(/stream\n([\s\S]*)\nendstream$/.exec(object)?.[1] ?? '', 'latin1')
  return /\/Filter ?\/FlateDecode/.test(object.slice(0, object.indexOf('stream\n')))
    ? inflateSync(data)
    : data
}

/** A literal string's bytes (ISO 32000-1, 7.3.4.2), in Latin-1. */
const bytesOf = (literal: string) =>
  literal.replace(/\\([0-7]{3}|[\s\S])/g, (_, sign: string) =>
    sign.length === 3 ? String.fromCharCode(Number.parseInt(sign, 8)) : sign,
  )
const winAnsi = new TextDecoder('windows-1252')

/** Operators of text objects; strings are matched whole, so what they say is not taken for an operator. */
const tokens =
  /\((?<said>(?:[^\\()]|\\[\s\S])*)\)|(?<begin>\bBT\b)|\/(?<font>[RB]\d*) (?<size>\S+) Tf|(?<right>-?[\d.]+) (?<down>-?[\d.]+) Td|(?<leading>[\d.]+) TL|(?<next>T\*)/g

/**
 * A reader of just enough PDF, written apart from the writer: objects, streams, page tree, fonts by byte and
 * by glyph with ToUnicode.
 */
export function readPdf(pdf: Buffer): ReadPage[] {
  const objects = objectsOf(pdf)
  const refs = (text: string, key: string) =>
    [
      ...(new RegExp(`/${key} \\[?((?:\\s*\\d+ 0 R)+)`).exec(text)?.[1] ?? '').matchAll(
        /(\d+) 0 R/g,
      ),
    ].map((match) => Number(match[1]))
  const maps = new Map<number, Map<string, string>>()
  const unicode = (font: number) => {
    const known = maps.get(font)
    if (known) return known
    const cmap = streamOf(
      objects.get(refs(objects.get(font) ?? '', 'ToUnicode')[0] ?? 0) ?? '',
    ).toString('latin1')
    const map = new Map(
      [...cmap.matchAll(/^<([0-9a-f]{4})> <([0-9a-f]+)>$/gm)].map((match) => [
        match[1] ?? '',
        String.fromCharCode(
          ...(match[2]?.match(/.{4}/g) ?? []).map((unit) => Number.parseInt(unit, 16)),
        ),
      ]),
    )
    maps.set(font, map)
    return map
  }
  const tree = [...objects.values()].find((object) => object.includes('/Type /Pages')) ?? ''
  const resources = objects.get(refs(tree, 'Resources')[0] ?? 0) ?? ''
  const fonts = new Map(
    [
      ...`${resources} ${objects.get(refs(resources, 'Font')[0] ?? 0) ?? ''}`.matchAll(
        /\/([RB]\d*) (\d+) 0 R/g,
      ),
    ].map((match) => [match[1] ?? '', Number(match[2])]),
  )
  const forms = new Map(
    [...resources.matchAll(/\/(X\d+) (\d+) 0 R/g)].map((match) => [
      match[1] ?? '',
      Number(match[2]),
    ]),
  )
  const drawn = (content: string): string =>
    content.replace(/^\/(X\d+) Do\n/gm, (_, name: string) =>
      drawn(streamOf(objects.get(forms.get(name) ?? 0) ?? '').toString('latin1')),
    )
  const saidBy = (font: string, bytes: string) =>
    /\d/.test(font)
      ? (Buffer.from(bytes, 'latin1').toString('hex').match(/.{4}/g) ?? [])
          .map((glyph) => unicode(fonts.get(font) ?? 0).get(glyph) ?? '')
          .join('')
      : winAnsi.decode(Buffer.from(bytes, 'latin1'))
  return refs(tree, 'Kids').map((id) => {
    const content = drawn(
      streamOf(objects.get(refs(objects.get(id) ?? '', 'Contents')[0] ?? 0) ?? '').toString(
        'latin1',
      ),
    )
    const lines: ReadPage['lines'] = []
    let [x, y, leading, font, size] = [0, 0, 0, '', 0]
    let line: ReadPage['lines'][number] | undefined
    const begun = () => {
      if (!line)
        lines.push(
          (line = { x: (x * 25.4) / 72, y: ((841.89 - y) * 25.4) / 72, text: '', sizes: [size] }),
        )
      return line
    }
    for (const {
      groups: { said, begin, font: set, size: given, right, down, leading: feed, next } = {},
    } of withoutImages(content).matchAll(tokens)) {
      if (begin) [x, y, font, size] = [0, 0, '', 0]
      if (feed) leading = Number(feed)
      if (begin || right || next) line = undefined
      if (right) [x, y] = [x + Number(right), y + Number(down)]
      if (next) y -= leading
      if (set) {
        ;[font, size] = [set, Number(given)]
        if (line) line.sizes.push(size)
      }
      if (said !== undefined) begun().text += saidBy(font, bytesOf(said))
    }
    return { content: Buffer.from(content, 'latin1'), lines }
  })
}

/** Samples of images, which may hold anything, are left out. */
function withoutImages(content: string): string {
  const image = /BI\/W (\d+)\/H (\d+)[^]*? ID /.exec(content)
  if (!image) return content
  const start = image.index + image[0].length
  const end = image[0].includes('/AHx')
    ? content.indexOf('>', start)
    : start + Math.ceil(Number(image[1]) / 8) * Number(image[2])
  return content.slice(0, image.index) + content.slice(end)
}
