import { objectsOf, streamOf } from '../letters/read-pdf.ts'

/** An element of the structure: what it is, its alternative text, and its children. */
export interface Tag {
  type: string
  alt?: string
  scope?: string
  children: Tag[]
}

const refsIn = (text: string): number[] =>
  [...text.matchAll(/(\d+) 0 R/g)].map((match) => Number(match[1]))

/** The structure tree as a program that reads aloud sees it. */
export function structureOf(pdf: Buffer): Tag[] {
  const objects = objectsOf(pdf)
  const root =
    [...objects.values()].find((object) => object.includes('/Type /StructTreeRoot')) ?? ''
  const childrenOf = (object: string): Tag[] =>
    refsIn(
      /\/K \[([^\]]*)\]/.exec(object.replace(/<<\s*\/Type \/(MCR|OBJR)[^>]*>>/g, ''))?.[1] ?? '',
    ).map((id) => tag(objects.get(id) ?? ''))
  const tag = (object: string): Tag => {
    const alt = /\/Alt \(((?:[^\\)]|\\.)*)\)/s.exec(object)?.[1]
    const scope = /\/Scope \/(\w+)/.exec(object)?.[1]
    return {
      type: /\/S \/(\w+)/.exec(object)?.[1] ?? '?',
      ...(alt === undefined ? {} : { alt: utf16(alt) }),
      ...(scope === undefined ? {} : { scope }),
      children: childrenOf(object),
    }
  }
  return childrenOf(root)
}

/** A literal string of a PDF, in UTF-16 when it begins with its mark. */
function utf16(literal: string): string {
  const bytes = Buffer.from(
    literal.replace(
      /\\(.)/gs,
      (_, sign: string) => ({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' })[sign] ?? sign,
    ),
    'latin1',
  )
  return bytes[0] === 0xfe && bytes[1] === 0xff
    ? Buffer.from(bytes.subarray(2)).swap16().toString('utf16le')
    : bytes.toString('latin1')
}

/** `Document(H1 P Table(…))` to a depth. */
export const outlineOf = (tags: Tag[], depth = 2): string =>
  tags
    .map(({ type, children }) =>
      depth > 1 && children.length ? `${type}(${outlineOf(children, depth - 1)})` : type,
    )
    .join(' ')

export const allOf = (tags: Tag[], type: string): Tag[] =>
  tags.flatMap((tag) => [...(tag.type === type ? [tag] : []), ...allOf(tag.children, type)])

/** What is painted outside every mark: neither read aloud nor said to be decoration. It should be nothing. */
export function unmarked(pdf: Buffer): string[] {
  const objects = objectsOf(pdf)
  const contents = [...objects.values()]
    .filter((object) => /\/Type \/Page\n/.test(object))
    .map((page) =>
      streamOf(objects.get(refsIn(/\/Contents \d+ 0 R/.exec(page)?.[0] ?? '')[0] ?? 0) ?? ''),
    )
  return contents.flatMap((content) => {
    let depth = 0
    const found: string[] = []
    for (const line of content.toString('latin1').split('\n')) {
      if (/\bB[DM]C$/.test(line)) depth++
      else if (line === 'EMC') depth--
      else if (depth === 0 && /(^| )(TJ|Tj|S|s|f|f\*|B|B\*|b|Do|sh)$/.test(line)) found.push(line)
    }
    return depth === 0 ? found : [...found, 'a mark that is not closed']
  })
}

/** The catalogue's entry, e.g. Lang. */
export const catalogueOf = (pdf: Buffer): string =>
  [...objectsOf(pdf).values()].find((object) => object.includes('/Type /Catalog')) ?? ''

/** The names of fonts that are not embedded. */
export const looseFonts = (pdf: Buffer): string[] =>
  [...objectsOf(pdf).values()]
    .filter((object) => /\/Type \/FontDescriptor/.test(object) && !/\/FontFile2 /.test(object))
    .concat([...objectsOf(pdf).values()].filter((object) => /\/Subtype \/Type1\b/.test(object)))
