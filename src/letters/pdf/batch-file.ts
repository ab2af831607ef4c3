import { hash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { a4 } from '../paper.ts'
import type { Stamp } from '../text/stamps.ts'
import { writeFonts } from './fonts.ts'
import { Forms } from './form-xobjects.ts'
import { pack, type Piece } from './pack.ts'
import { PageBuffer } from './page-buffer.ts'
import { infoEntries, PdfWriter } from './writer.ts'

/** A letter that has been laid out. */
export interface LetterPages {
  id: string
  pages: Stamp[][]
}

export interface DrawnLetter {
  id: string
  /** from 1 */
  firstPage: number
  pages: number
  /**
   * SHA-256 over the letter's pages' decoded content streams, in order, each call of a form replaced by
   * the form's decoded stream
   */
  sha256: string
}

const nothing = Buffer.alloc(0)

/** Draws letters that have been laid out into one PDF. The same letters and info give the same bytes. */
export async function writeBatch(
  letters: LetterPages[],
  file: Writable,
  info: { title: string; createdAt: Date },
): Promise<{ pages: number; letters: DrawnLetter[] }> {
  // Readers refuse a file without pages.
  if (letters.length === 0) throw new RangeError('a batch has at least one letter')
  const forms = new Forms()
  for (const { pages } of letters) for (const page of pages) forms.count(page)
  const pdf = new PdfWriter()
  const ids = {
    catalog: pdf.reserve(),
    tree: pdf.reserve(),
    fonts: pdf.reserve(),
    onPages: pdf.reserve(),
    inForms: pdf.reserve(),
  }
  const { drawn, pages } = await cutLetters(letters, forms, pdf)
  const packed = pack([...pages, ...forms.made.map(({ ops }) => ({ ops, plain: nothing }))], 'own')
  forms.write(pdf, (form) => packed(pages.length + form), ids.inForms)
  const kids: number[] = []
  for (let page = 0; page < pages.length; page++) {
    kids.push(writePage(pdf, packed(page), ids.tree))
    if (pdf.pending > 1 << 18) await send(file, pdf.take())
    if (kids.length % 50 === 0) await setImmediate()
  }
  writeResources(pdf, ids, kids, forms)
  const about = pdf.add(infoEntries(info.title, info.createdAt))
  pdf.endPacked(ids.catalog, about, `${info.title} ${info.createdAt.toISOString()}`)
  file.end(pdf.takeLast())
  await finished(file, { readable: false })
  return { pages: kids.length, letters: drawn }
}

const own = new PageBuffer()
const whole = new PageBuffer()

/** Cuts all pages into what is their own and calls of forms. */
async function cutLetters(
  letters: LetterPages[],
  forms: Forms,
  pdf: PdfWriter,
): Promise<{ drawn: DrawnLetter[]; pages: Piece[] }> {
  const drawn: DrawnLetter[] = []
  const pieces: Piece[] = []
  for (const { id, pages } of letters) {
    whole.clear()
    for (const stamps of pages) {
      own.clear()
      const last = stamps.at(-1)
      const picture = last?.picture && last.uses === 1 ? last : undefined
      forms.cut(picture ? stamps.slice(0, -1) : stamps, own, whole, pdf)
      if (picture) {
        own.text(picture.head)
        whole.stamp(picture)
      }
      pieces.push({ ops: own.copy(), plain: picture ? picture.ops : nothing })
    }
    drawn.push({
      id,
      firstPage: pieces.length - pages.length + 1,
      pages: pages.length,
      sha256: hash('sha256', whole.bytes()),
    })
    if (drawn.length % 50 === 0) await setImmediate()
  }
  return { drawn, pages: pieces }
}

/** @returns the page's number in the file */
function writePage(pdf: PdfWriter, packed: Buffer, tree: number): number {
  const content = pdf.reserve()
  pdf.packedStream(content, packed)
  const id = pdf.reserve()
  pdf.small(id, `<</Type/Page/Parent ${tree} 0 R/Contents ${content} 0 R>>`)
  return id
}

/** The page tree, what pages and forms draw with, and the catalog. */
function writeResources(
  pdf: PdfWriter,
  ids: { catalog: number; tree: number; fonts: number; onPages: number; inForms: number },
  pages: number[],
  { made, drawn }: Forms,
): void {
  const { catalog, tree, fonts, onPages, inForms } = ids
  const kids = pages.map((id) => `${id} 0 R`).join(' ')
  const box = `/MediaBox [0 0 ${a4.join(' ')}] /Resources ${onPages} 0 R`
  pdf.small(tree, `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} ${box} >>`)
  const forms = made.map(({ id }) => `/X${id} ${id} 0 R`).join(' ')
  pdf.small(onPages, `<< /Font ${fonts} 0 R /XObject << ${forms} >> >>`)
  pdf.small(inForms, `<< /Font ${fonts} 0 R >>`)
  pdf.small(fonts, writeFonts(pdf, drawn))
  pdf.small(catalog, `<< /Type /Catalog /Pages ${tree} 0 R >>`)
}

async function send(file: Writable, bytes: Buffer): Promise<void> {
  if (!file.write(bytes)) await once(file, 'drain')
}
