import { hash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { writeFonts } from './pdf/embed.ts'
import { Forms, PageBuffer } from './pdf/form-xobjects.ts'
import { layOut } from './layout.ts'
import { checkedLetter, type Letter } from './letter.ts'
import { Packer } from './pdf/pack.ts'
import { infoEntries, PdfWriter } from './pdf/pdf.ts'
import { a4 } from './paper.ts'
import { taggedLetter } from './pdf/tagged.ts'
import type { Stamp } from './text.ts'

export interface DrawnLetter {
  id: string
  /** from 1 */
  firstPage: number
  pages: number
  /** SHA-256 over the letter's pages' decoded content streams, in order, each call of a form replaced by the form's decoded stream */
  sha256: string
}

/** How many pages a letter takes, when it can be drawn at all. @throws Refused as `layOut` does, so that it is known before a batch is made */
export const letterPages = (letter: Letter): number => layOut(checkedLetter(letter)).pages.length

/**
 * Draws letters into one PDF, in the order given. All are laid out before the first byte is written, so a letter that can't be drawn leaves
 * nothing behind; so a batch should hold a thousand or so (about 5 KB of memory each). The same letters and info give the same bytes.
 * @throws Refused `bad-letter`, `missing-glyph` or `address-too-wide`, naming the letter
 */
export async function renderBatch(
  letters: Iterable<Letter> | AsyncIterable<Letter>,
  file: Writable,
  info: { title: string; createdAt: Date },
): Promise<{ pages: number; letters: DrawnLetter[] }> {
  const laidOut: LetterPages[] = []
  for await (const letter of letters) {
    laidOut.push({ id: letter.id, pages: layOut(checkedLetter(letter)).pages })
    if (laidOut.length % 50 === 0) await setImmediate() // let the rest of the program live
  }
  return drawPages(laidOut, file, info)
}

/** A letter that has been laid out. */
export interface LetterPages {
  id: string
  pages: Stamp[][]
}

const own = new PageBuffer()
const whole = new PageBuffer()

/** Draws letters that have been laid out, as renderBatch does. */
export async function drawPages(
  laidOut: LetterPages[],
  file: Writable,
  info: { title: string; createdAt: Date },
): Promise<{ pages: number; letters: DrawnLetter[] }> {
  if (laidOut.length === 0) throw new RangeError('a batch has at least one letter') // readers refuse a file without pages
  const forms = new Forms()
  for (const { pages } of laidOut) for (const page of pages) forms.count(page)
  const pdf = new PdfWriter()
  const [catalog, tree, fonts, onPages, inForms] = [
    pdf.reserve(),
    pdf.reserve(),
    pdf.reserve(),
    pdf.reserve(),
    pdf.reserve(),
  ]
  const packer = new Packer()
  const drawn: DrawnLetter[] = []
  const pieces: number[] = []
  for (const { id, pages } of laidOut) {
    whole.clear()
    for (const stamps of pages) {
      own.clear()
      const last = stamps.at(-1)
      const picture = last?.picture && last.uses === 1 ? last : undefined
      forms.cut(picture ? stamps.slice(0, -1) : stamps, own, whole, pdf, packer)
      if (picture) {
        own.text(picture.head)
        whole.stamp(picture)
      }
      pieces.push(packer.add(own.bytes(), picture ? picture.ops : nothing))
    }
    drawn.push({
      id,
      firstPage: pieces.length - pages.length + 1,
      pages: pages.length,
      sha256: hash('sha256', whole.bytes()),
    })
    if (drawn.length % 50 === 0) await setImmediate()
  }
  forms.write(pdf, packer, inForms)
  const kids: number[] = []
  for (const piece of pieces) {
    const content = pdf.reserve()
    pdf.packedStream(content, packer.packed(piece))
    const id = pdf.reserve()
    pdf.small(id, `<</Type/Page/Parent ${tree} 0 R/Contents ${content} 0 R>>`)
    kids.push(id)
    if (pdf.pending > 1 << 18) await send(file, pdf.take())
    if (kids.length % 50 === 0) await setImmediate()
  }
  pdf.small(
    tree,
    `<< /Type /Pages /Kids [${kids.map((id) => `${id} 0 R`).join(' ')}] /Count ${kids.length} /MediaBox [0 0 ${a4.join(' ')}] /Resources ${onPages} 0 R >>`,
  )
  pdf.small(
    onPages,
    `<< /Font ${fonts} 0 R /XObject << ${forms.made.map(({ id }) => `/X${id} ${id} 0 R`).join(' ')} >> >>`,
  )
  pdf.small(inForms, `<< /Font ${fonts} 0 R >>`)
  pdf.small(fonts, writeFonts(pdf, forms.drawn))
  pdf.small(catalog, `<< /Type /Catalog /Pages ${tree} 0 R >>`)
  const infoId = pdf.add(infoEntries(info.title, info.createdAt))
  pdf.endPacked(catalog, infoId, `${info.title} ${info.createdAt.toISOString()}`)
  file.end(pdf.takeLast())
  await finished(file, { readable: false })
  return { pages: kids.length, letters: drawn }
}

const nothing = Buffer.alloc(0)

async function send(file: Writable, bytes: Buffer): Promise<void> {
  if (!file.write(bytes)) await once(file, 'drain')
}

/** One letter alone, tagged (`taggedLetter`). */
export const renderLetter = (letter: Letter, createdAt: Date): Promise<Buffer> =>
  Promise.resolve().then(() => taggedLetter(letter, createdAt))
