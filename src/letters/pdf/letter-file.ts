import { layOut } from '../layout.ts'
import type { CheckedLetter } from '../letter.ts'
import { BoundedCache } from '../bounded-cache.ts'
import { a4 } from '../paper.ts'
import type { Stamp } from '../text/stamps.ts'
import { addDrawn, writeFonts, type Drawn } from './fonts.ts'
import { pack } from './pack.ts'
import { PageBuffer } from './page-buffer.ts'
import { structure } from './structure-tree.ts'
import { infoEntries, PdfWriter } from './writer.ts'
import { xmp } from './xmp.ts'

/** Operators drawn on a page before and after what stands on it, from PDF's own origin (points, y upwards). */
export interface Overlay {
  under: string
  over: string
}

// Colours that mean the same on every screen and press, as PDF/A wants, without a colour profile in every file.
const white = '/WhitePoint [0.9505 1 1.089]'
const toXyz = '[0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505]'
const grey = `[/CalGray << ${white} /Gamma 2.2 >>]`
const rgb = `[/CalRGB << ${white} /Gamma [2.2 2.2 2.2] /Matrix ${toXyz} >>]`
const colours = `/ColorSpace << /DefaultGray ${grey} /DefaultRGB ${rgb} >>`

/**
 * A PDF of one letter, tagged for reading aloud, with what PDF/UA-1 and PDF/A-2a ask for.
 * @param overlay by page, from 0, for previews: decoration to who reads it aloud
 * @throws Refused `missing-glyph`, `address-too-wide` or `letter-too-long`
 */
export function writeLetter(
  letter: CheckedLetter,
  createdAt: Date,
  overlay?: (page: number) => Overlay,
): Buffer {
  const language = spoken(letter.rendered.language)
  const { pages, check } = layOut(letter)
  const pdf = new PdfWriter()
  const fonts = writeBeginning(pdf, pages)
  const ids = { catalog: pdf.reserve(), tree: pdf.reserve(), resources: pdf.reserve() }
  const kids = pages.map(() => pdf.reserve())
  const { marks, root } = structure({ pages, check, language }, kids, pdf)
  pages.forEach((stamps, i) => {
    const ops = content(stamps, marks[i]!, overlay?.(i))
    const packed = pack([{ ops, plain: nothing }], 'common')(0)
    writePage(pdf, { id: kids[i]!, number: i, tree: ids.tree }, packed)
  })
  const listed = kids.map((id) => `${id} 0 R`).join(' ')
  const box = `/MediaBox [0 0 ${a4.join(' ')}] /Resources ${ids.resources} 0 R`
  pdf.object(ids.tree, `<< /Type /Pages /Kids [${listed}] /Count ${kids.length} ${box} >>`)
  pdf.object(ids.resources, `<< /Font ${fonts} ${colours} >>`)
  const metadata = writeMetadata(pdf, letter, pages, createdAt)
  const right = letter.rendered.direction === 'rtl' ? ' /Direction /R2L' : ''
  pdf.object(
    ids.catalog,
    `<< /Type /Catalog /Pages ${ids.tree} 0 R /Metadata ${metadata} 0 R /MarkInfo << /Marked true >>` +
      ` /Lang (${language}) /StructTreeRoot ${root} 0 R` +
      ` /ViewerPreferences << /DisplayDocTitle true${right} >> >>`,
  )
  const info = pdf.add(infoEntries(letter.rendered.title, createdAt))
  pdf.end(ids.catalog, info, `${letter.id} ${createdAt.toISOString()}`)
  return pdf.takeLast()
}

const nothing = Buffer.alloc(0)

/** A file's beginning with its fonts, which is the same for all letters drawn with the same ones. */
interface Beginning {
  bytes: Buffer
  offsets: number[]
  fonts: string
}

const beginnings = new BoundedCache<string, Beginning>(20)
const headLength = new PdfWriter().pending

/** @returns the resource dictionary of the fonts */
function writeBeginning(pdf: PdfWriter, pages: Stamp[][]): string {
  const { bytes, offsets, fonts } = beginning(pages)
  pdf.copied(bytes, offsets)
  return fonts
}

function beginning(pages: Stamp[][]): Beginning {
  const drawn: Drawn = { fonts: new Set(), unlisted: [] }
  for (const page of pages) for (const stamp of page) addDrawn(drawn, stamp)
  const unlisted = new Set(
    drawn.unlisted.flatMap((run) =>
      run.unlisted.map((glyph) => `${run.font.name} ${glyph.cid}=${glyph.text}`),
    ),
  )
  const names = [...drawn.fonts].map((font) => font.name).sort()
  const key = `${names.join(' ')} ${[...unlisted].join(' ')}`
  const known = beginnings.get(key)
  if (known) return known
  const pdf = new PdfWriter()
  const fonts = writeFonts(pdf, drawn)
  const offsets = pdf.offsetsSince(headLength)
  return beginnings.set(key, { bytes: pdf.take().subarray(headLength), offsets, fonts })
}

const buffer = new PageBuffer()
const endMark = Buffer.from('EMC\n')

/** A page's operators, each stamp between its marks; valid until the next. */
function content(stamps: Stamp[], marks: Buffer[], overlay: Overlay | undefined): Buffer {
  buffer.clear()
  if (overlay) buffer.text(`/Artifact BMC q\n${overlay.under}Q EMC\nq\n`)
  for (let i = 0; i < stamps.length; i++) {
    buffer.add(marks[i]!)
    buffer.stamp(stamps[i]!)
    buffer.add(endMark)
  }
  if (overlay) buffer.text(`Q\n/Artifact BMC q\n${overlay.over}Q EMC\n`)
  return buffer.bytes()
}

function writePage(
  pdf: PdfWriter,
  { id, number, tree }: { id: number; number: number; tree: number },
  packed: Buffer,
): void {
  const content = pdf.reserve()
  pdf.packedStream(content, packed)
  const entries = `/Contents ${content} 0 R /StructParents ${number} /Tabs /S`
  pdf.object(id, `<< /Type /Page /Parent ${tree} 0 R ${entries} >>`)
}

function writeMetadata(
  pdf: PdfWriter,
  { rendered }: CheckedLetter,
  pages: Stamp[][],
  createdAt: Date,
): number {
  const { title, language } = rendered
  const told = pages.every((page) => page.every(({ text }) => !text?.untold))
  const metadata = Buffer.from(xmp({ title, language: spoken(language), createdAt, told }), 'utf8')
  const id = pdf.reserve()
  pdf.begin(id)
  pdf.text(`<< /Type /Metadata /Subtype /XML /Length ${metadata.length} >>\nstream\n`)
  pdf.bytes(metadata)
  pdf.text('\nendstream\nendobj\n')
  return id
}

/** Easy Swedish is read aloud as Swedish. */
const spoken = (language: string) => language.replace(/-simple$/, '')
