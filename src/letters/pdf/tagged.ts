import { layOut } from '../layout.ts'
import { checkedLetter, type Letter } from '../letter.ts'
import { addDrawn, writeFonts, type Drawn } from './embed.ts'
import { PageBuffer } from './form-xobjects.ts'
import { Packer } from './pack.ts'
import { infoEntries, PdfWriter } from './pdf.ts'
import { Recent } from '../recent.ts'
import { a4 } from '../paper.ts'
import { structure } from './structure.ts'
import type { Stamp } from '../text.ts'
import { xmp } from './xmp.ts'

/** A file's beginning with its fonts, which is the same for all letters drawn with the same ones. */
interface Beginning {
  bytes: Buffer
  offsets: number[]
  fonts: string
}

const beginnings = new Recent<string, Beginning>(20)
const buffer = new PageBuffer()
const packer = new Packer()
const nothing = Buffer.alloc(0)
const blank = new PdfWriter().pending

function beginning(pages: Stamp[][]): Beginning {
  const drawn: Drawn = { fonts: new Set(), unlisted: [] }
  for (const page of pages) for (const stamp of page) addDrawn(drawn, stamp)
  const unlisted = new Set(
    drawn.unlisted.flatMap((run) =>
      run.unlisted.map((glyph) => `${run.font.name} ${glyph.cid}=${glyph.text}`),
    ),
  )
  const key = `${[...drawn.fonts]
    .map((font) => font.name)
    .sort()
    .join(' ')} ${[...unlisted].join(' ')}`
  const known = beginnings.get(key)
  if (known) return known
  const pdf = new PdfWriter()
  const fonts = writeFonts(pdf, drawn)
  const offsets = pdf.offsetsSince(blank)
  return beginnings.set(key, { bytes: pdf.take().subarray(blank), offsets, fonts })
}

// Colours that mean the same on every screen and press, as PDF/A wants, without a colour profile in every file.
const white = '/WhitePoint [0.9505 1 1.089]'
const colours = `/ColorSpace << /DefaultGray [/CalGray << ${white} /Gamma 2.2 >>] /DefaultRGB [/CalRGB << ${white} /Gamma [2.2 2.2 2.2] /Matrix [0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>] >>`

/**
 * One letter alone, for the archive, the digital mailbox and previews: tagged for reading aloud, with what PDF/UA-1 and PDF/A-2a ask for.
 * The same letter and date give the same bytes.
 * @throws Refused `bad-letter`, `missing-glyph` or `address-too-wide`
 */
export function taggedLetter(given: Letter, createdAt: Date): Buffer {
  const letter = checkedLetter(given)
  const { title, language } = letter.rendered
  const { pages, check } = layOut(letter)
  const pdf = new PdfWriter()
  const { bytes, offsets, fonts } = beginning(pages)
  pdf.copied(bytes, offsets)
  const [catalog, tree, resources] = [pdf.reserve(), pdf.reserve(), pdf.reserve()]
  const ids = pages.map(() => pdf.reserve())
  const { marks, root } = structure({ pages, check, language: spoken(language) }, ids, pdf)
  pages.forEach((stamps, i) => {
    buffer.clear()
    stamps.forEach((stamp, k) => {
      buffer.add(marks[i]?.[k] ?? endMark)
      buffer.stamp(stamp)
      buffer.add(endMark)
    })
    const content = pdf.reserve()
    pdf.packedStream(content, packer.alone(buffer.bytes(), nothing))
    pdf.object(
      ids[i] ?? 0,
      `<< /Type /Page /Parent ${tree} 0 R /Contents ${content} 0 R /StructParents ${i} /Tabs /S >>`,
    )
  })
  pdf.object(
    tree,
    `<< /Type /Pages /Kids [${ids.map((id) => `${id} 0 R`).join(' ')}] /Count ${ids.length} /MediaBox [0 0 ${a4.join(' ')}] /Resources ${resources} 0 R >>`,
  )
  pdf.object(resources, `<< /Font ${fonts} ${colours} >>`)
  const metadata = Buffer.from(
    xmp({
      title,
      language: spoken(language),
      createdAt,
      told: pages.every((page) => page.every(({ text }) => !text?.untold)),
    }),
    'utf8',
  )
  const metadataId = pdf.reserve()
  pdf.begin(metadataId)
  pdf.text(`<< /Type /Metadata /Subtype /XML /Length ${metadata.length} >>\nstream\n`)
  pdf.bytes(metadata)
  pdf.text('\nendstream\nendobj\n')
  pdf.object(
    catalog,
    `<< /Type /Catalog /Pages ${tree} 0 R /Metadata ${metadataId} 0 R /MarkInfo << /Marked true >> /Lang (${spoken(language)}) /StructTreeRoot ${root} 0 R /ViewerPreferences << /DisplayDocTitle true${letter.rendered.direction === 'rtl' ? ' /Direction /R2L' : ''} >> >>`,
  )
  const info = pdf.add(infoEntries(title, createdAt))
  pdf.end(catalog, info, `${letter.id} ${createdAt.toISOString()}`)
  return pdf.takeLast()
}

const endMark = Buffer.from('EMC\n')

/** Easy Swedish is read aloud as Swedish. */
const spoken = (language: string) => language.replace(/-simple$/, '')
