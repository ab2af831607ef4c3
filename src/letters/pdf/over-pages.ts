import { deflateSync } from 'node:zlib'

/** Operators drawn before and after what stands on a page, from PDF's own origin (points, y upwards). */
export interface Overlay {
  under: string
  over: string
}

const reference = /(\d+) 0 R/g

/**
 * Draws over the pages of a letter's PDF by an incremental update (ISO 32000-1, 7.5.6): the file as it is stays as it was, and after it come
 * its pages anew with one stream before their content and one after. What is drawn is decoration to who reads it aloud.
 * @param pdf as `renderLetter` makes it
 * @param overlay by page, from 0
 */
export function overPages(pdf: Buffer, overlay: (page: number) => Overlay): Buffer {
  const source = pdf.toString('latin1')
  const found = (pattern: RegExp, text = source): string => {
    const value = pattern.exec(text)?.[1]
    if (value === undefined) throw new Error(`The PDF has no ${pattern.source}`)
    return value
  }
  const trailer = found(/trailer\s*<<((?:(?!trailer)[^])*)>>\s*startxref\s+\d+\s+%%EOF\s*$/)
  const previous = found(/startxref\s+(\d+)\s+%%EOF\s*$/)
  let next = Number(found(/\/Size (\d+)/, trailer))
  const kids = [...found(/\/Type ?\/Pages[^]*?\/Kids ?\[([^\]]*)\]/).matchAll(reference)].map(
    (match) => match[1] ?? '',
  )
  const offsets = new Map<number, number>()
  const parts: Buffer[] = [pdf]
  let length = pdf.length
  const add = (id: number, ...body: Buffer[]) => {
    offsets.set(id, length)
    const object = Buffer.concat([Buffer.from(`${id} 0 obj\n`), ...body, Buffer.from('\nendobj\n')])
    parts.push(object)
    length += object.length
  }
  const stream = (ops: string): number => {
    const packed = deflateSync(Buffer.from(ops, 'latin1'))
    add(
      next,
      Buffer.from(`<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`),
      packed,
      Buffer.from('\nendstream'),
    )
    return next++
  }
  kids.forEach((id, page) => {
    const { under, over } = overlay(page)
    const object = found(new RegExp(`(?:^|\\n)${id} 0 obj\\s*((?:(?!endobj)[^])*?)\\s*endobj`))
    const contents = found(/\/Contents (\d+ 0 R)/, object)
    const before = stream(`/Artifact BMC q\n${under}Q EMC\nq\n`)
    const after = stream(`Q\n/Artifact BMC q\n${over}Q EMC\n`)
    add(
      Number(id),
      Buffer.from(
        object.replace(
          `/Contents ${contents}`,
          `/Contents [${before} 0 R ${contents} ${after} 0 R]`,
        ),
        'latin1',
      ),
    )
  })
  const entries = [...offsets]
    .sort(([a], [b]) => a - b)
    .map(([id, offset]) => `${id} 1\n${String(offset).padStart(10, '0')} 00000 n \n`)
  parts.push(
    Buffer.from(
      `xref\n${entries.join('')}trailer\n<<${trailer.replace(/\/Size \d+/, `/Size ${next}`)}/Prev ${previous} >>\nstartxref\n${length}\n%%EOF\n`,
      'latin1',
    ),
  )
  return Buffer.concat(parts)
}
