import { pdfText, type PdfWriter } from './writer.ts'
import { a4 } from '../paper.ts'
import type { Stamp } from '../text/stamps.ts'

interface Element {
  id: number
  type: string
  parent: number
  /** the page object that its marks stand on; 0 when it has none of its own */
  page: number
  entries: string
  kids: (string | number)[]
  said: string
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
const controls = /[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const artifact = Buffer.from('/Artifact BMC\n')
const containers: Partial<Record<string, [container: string, part: string, opener: string]>> = {
  Lbl: ['L', 'LI', 'Lbl'],
  LBody: ['L', 'LI', 'Lbl'],
  TH: ['Table', 'TR', 'TH'],
  TD: ['Table', 'TR', 'TH'],
}

/**
 * Writes the structure tree (ISO 32000-1, 14.7): the letter in the order it is read, with headings, lists and
 * the panel as a table. What is written right to left carries its text in the order of reading, for on paper
 * it stands otherwise.
 * @param pages the numbers of the page objects
 * @returns what begins each stamp on each page, and the number of the tree's root
 */
export function structure(
  letter: { pages: Stamp[][]; check: Stamp[]; language: string },
  pages: number[],
  pdf: PdfWriter,
): { marks: Buffer[][]; root: number } {
  const marks = letter.pages.map((stamps) => stamps.map(() => artifact))
  const elements: Element[] = []
  const owners: number[][] = pages.map(() => [])
  const open = (type: string, parent: Element | number, page = 0, entries = ''): Element => {
    const element: Element = {
      id: pdf.reserve(),
      type,
      parent: typeof parent === 'number' ? parent : parent.id,
      page,
      entries,
      kids: [],
      said: '',
    }
    if (typeof parent !== 'number') parent.kids.push(`${element.id} 0 R`)
    elements.push(element)
    return element
  }
  const root = pdf.reserve()
  const document = open('Document', root)
  let container = document
  let part = document
  let last = document
  const add = (stamp: Stamp, page: number, index: number) => {
    if (stamp.tag === 'Artifact') return
    const [type, partType, opener] = containers[stamp.tag] ?? ['Document', '', '']
    if (type === 'Document') container = part = document
    else if (container.type !== type) container = open(type, document)
    if (stamp.tag === opener) part = open(partType, container)
    // What follows a row's value belongs to it.
    if (stamp.tag !== 'TD' || last.type !== 'TD')
      last = open(stamp.tag, part, pages[page], entriesOf(stamp, letter.language))
    const mine = owners[page] ?? []
    ;(marks[page] ?? [])[index] = Buffer.from(`/${stamp.tag} <</MCID ${mine.length}>> BDC\n`)
    last.kids.push(mine.length)
    last.said += `${last.said && ' '}${stamp.text?.said ?? ''}`
    mine.push(last.id)
  }
  const check = new Set(letter.check)
  letter.pages.forEach((stamps, page) =>
    stamps.forEach((stamp, i) => {
      if (page > 0 || !check.has(stamp)) add(stamp, page, i)
    }),
  )
  letter.pages[0]?.forEach((stamp, i) => {
    if (check.has(stamp)) add(stamp, 0, i)
  })
  for (const { id, type, parent, page, entries, kids, said } of elements) {
    const spoken = rightToLeft.test(said)
      ? `/ActualText ${pdfText(said.replace(controls, ''))}`
      : ''
    pdf.object(
      id,
      `<</S/${type}/P ${parent} 0 R${page ? `/Pg ${page} 0 R` : ''}${entries}${spoken}/K ` +
        `${kids.length === 1 ? kids[0] : `[${kids.join(' ')}]`}>>`,
    )
  }
  const numbers = owners
    .map((ids, i) => `${i} [${ids.map((id) => `${id} 0 R`).join(' ')}]`)
    .join(' ')
  pdf.object(
    root,
    `<< /Type /StructTreeRoot /K ${document.id} 0 R /ParentTree << /Nums [${numbers}] >> /ParentTreeNextKey ` +
      `${pages.length} >>`,
  )
  return { marks, root }
}

function entriesOf({ tag, text, picture }: Stamp, language: string): string {
  if (picture) {
    const [x, y, width, height] = picture.box
    const box = [x, a4[1] - y - height, x + width, a4[1] - y].map((n) => n.toFixed(2)).join(' ')
    return `/Alt ${pdfText(`QR: ${picture.alternative}`)}/A <</O/Layout/Placement/Block/BBox [${box}]>>`
  }
  const other = text?.style.language
  return `${tag === 'TH' ? '/A <</O/Table/Scope/Row>>' : ''}${other === undefined || other === language ? '' : `/Lang (${other})`}`
}
