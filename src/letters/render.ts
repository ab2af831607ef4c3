import PDFDocument from 'pdfkit'
import { PassThrough, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { embedFace, type Reference } from './embed.ts'
import { layOut, type LaidOut } from './layout.ts'
import { checkedLetter, type Letter } from './letter.ts'
import type { Face } from './faces.ts'
import type { Run } from './shape.ts'

export interface DrawnLetter {
  id: string
  /** from 1 */
  firstPage: number
  pages: number
  /** SHA-256 over the letter's pages' decoded content streams, in order */
  sha256: string
}

/** How many pages a letter takes, when it can be drawn at all. @throws Refused as `layOut` does, so that it is known before a batch is made */
export const letterPages = (letter: Letter): number => layOut(checkedLetter(letter), new Set()).pages.length

/**
 * Draws letters into one PDF, in the order given. All are laid out before the first byte is written, so a letter that can't be drawn leaves
 * nothing behind; so a batch should hold a thousand or so (about 10 KB of memory each). The same letters and info give the same bytes.
 * @throws Refused `bad-letter`, `missing-glyph` or `address-too-wide`, naming the letter
 */
export async function renderBatch(letters: Iterable<Letter> | AsyncIterable<Letter>, file: Writable, info: { title: string; createdAt: Date }): Promise<{ pages: number; letters: DrawnLetter[] }> {
  const laidOut: LaidOut[] = []
  const runs = new Set<Run>()
  for await (const letter of letters) {
    laidOut.push(layOut(checkedLetter(letter), runs))
    if (laidOut.length % 25 === 0) await setImmediate() // let the rest of the program live
  }
  const document = new PDFDocument({
    autoFirstPage: false,
    size: 'A4',
    margin: 0,
    pdfVersion: '1.7',
    font: '', // none of pdfkit's own
    info: { Title: info.title, Producer: 'Kallelse', Creator: 'Kallelse', CreationDate: info.createdAt },
  })
  document.pipe(file)
  const ref = (data?: Record<string, unknown>) => document.ref(data ?? {}) as unknown as Reference
  const faces = new Map<Face, Reference>()
  const drawn: DrawnLetter[] = []
  let pages = 0
  for (const letter of laidOut) {
    const own = new Map<Face, Reference>()
    for (const face of letter.faces) {
      const dictionary = faces.get(face) ?? ref()
      faces.set(face, dictionary)
      own.set(face, dictionary)
    }
    for (const page of letter.pages) {
      document.addPage()
      const fonts = (document.page as unknown as { fonts: Record<string, Reference> }).fonts
      for (const [face, dictionary] of own) fonts[face.name] = dictionary
      ;(document.page as unknown as { write(content: Buffer): void }).write(page)
    }
    drawn.push({ id: letter.id, firstPage: pages + 1, pages: letter.pages.length, sha256: letter.sha256 })
    pages += letter.pages.length
    if (drawn.length % 100 === 0) await setImmediate()
  }
  for (const [face, dictionary] of faces) embedFace(face, runs, dictionary, ref)
  document.end()
  await finished(file, { readable: false })
  return { pages, letters: drawn }
}

/** One letter alone, for previews and samples. */
export async function renderLetter(letter: Letter, createdAt: Date): Promise<Buffer> {
  const file = new PassThrough()
  const bytes = buffer(file)
  await renderBatch([letter], file, { title: letter.rendered.title, createdAt })
  return bytes
}
