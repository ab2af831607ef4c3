import { buffer } from 'node:stream/consumers'
import { Refused } from '../errors.ts'
import { qrCode } from '../letters/qr/encode.ts'
import type { RenderedPage } from '../texts/rendered.ts'
import { shownUrl } from '../texts/format.ts'
import { drawable } from './kit/fonts.ts'
import { ink } from './kit/ink.ts'
import { openDocument, type Doc, type Element, type Imprint } from './kit/sheet.ts'
import { wrap } from './kit/wrap.ts'

export interface Poster extends Imprint {
  paper: 'a4' | 'a3'
  /** the text of the region's page about it */
  page: RenderedPage
  tone: 'warning' | 'notice'
  /** as people write it */
  phone: string
  /** where to read more: in words and as a 2D code */
  address: string
}

interface Step {
  type: 'H1' | 'H2' | 'P' | 'LI'
  lines: string[]
  size: number
  bold: boolean
  before: number
  indent: number
}

const a4Width = 595.28

/**
 * A warning or notice for the wall of a waiting room, on one page: its title is read across the room, the rest at
 * arm's length. The letters are as large as the text allows.
 * @throws Refused not-for-posters: a language that is written from the right, which pdfkit can't set; or a text too
 *   long for one page
 */
export async function posterPaper(poster: Poster): Promise<Buffer> {
  const { page } = poster
  if (page.direction === 'rtl')
    throw new Refused(
      'not-for-posters',
      `There is no poster in ${page.language}: it is written from right to left. Print its page instead.`,
    )
  const language = page.language.replace('-simple', '')
  const doc = openDocument(
    { ...poster, title: page.title },
    { language, size: poster.paper === 'a3' ? 'A3' : 'A4' },
  )
  const bytes = buffer(doc)
  doc.addPage()
  const k = doc.page.width / a4Width
  const root = doc.struct('Document')
  doc.addStructure(root)
  const foot = doc.page.height - 150 * k
  const steps = fitted(doc, page, k, foot)
  artifact(doc, () => drawGround(doc, poster, k, foot))
  drawSteps(doc, root, steps, k)
  drawContact(doc, root, poster, k, foot)
  root.end()
  doc.end()
  return bytes
}

const left = 48
const top = 92

/** The text in the largest letters that leave room for the foot. */
function fitted(doc: Doc, page: RenderedPage, k: number, foot: number): Step[] {
  for (let scale = 1; scale >= 0.5; scale -= 0.04) {
    const steps = stepsOf(doc, page, k * scale, doc.page.width - 2 * left * k)
    if (top * k + heightOf(steps) <= foot - 14 * k) return steps
  }
  throw new Refused(
    'not-for-posters',
    `The text ${page.title} is too long for one page. Shorten it.`,
  )
}

function stepsOf(doc: Doc, page: RenderedPage, k: number, width: number): Step[] {
  const step = (type: Step['type'], text: string, size: number, before: number): Step => {
    const bold = type === 'H1' || type === 'H2'
    const indent = type === 'LI' ? 22 * k : 0
    const clean = drawable(doc, text, () => undefined)
    doc.font(bold ? 'bold' : 'regular').fontSize(size * k)
    const lines = wrap(clean, width - indent, (part) => doc.widthOfString(part))
    return { type, lines, size: size * k, bold, before: before * k, indent }
  }
  return [
    step('H1', page.title, 50, 0),
    ...page.body.flatMap((block): Step[] => {
      if (block.kind === 'panel') return []
      if (block.kind === 'list') return block.items.map((item) => step('LI', item, 19, 7))
      return block.kind === 'heading'
        ? [step('H2', block.text, 23, 20)]
        : [step('P', block.text, 20, 10)]
    }),
  ]
}

const leading = (step: Step): number => step.size * (step.type === 'H1' ? 1.15 : 1.32)
const heightOf = (steps: Step[]): number =>
  steps.reduce((sum, step) => sum + step.before + step.lines.length * leading(step), 0)

function drawSteps(doc: Doc, root: Element, steps: Step[], k: number): void {
  let y = top * k
  let list: Element | undefined
  for (const step of steps) {
    y += step.before
    if (step.type === 'LI' && !list) root.add((list = doc.struct('L')))
    if (step.type !== 'LI') {
      list?.end()
      list = undefined
    }
    const at = y
    const x = left * k + step.indent
    if (step.indent)
      artifact(doc, () => {
        const middle = at + leading(step) * 0.56
        doc.circle(x - 13 * k, middle, step.size * 0.17).fill(ink.accent)
      })
    const words = () => {
      doc
        .font(step.bold ? 'bold' : 'regular')
        .fontSize(step.size)
        .fillColor(ink.text)
      step.lines.forEach((line, i) => {
        if (line) doc.text(line, x, at + i * leading(step), { lineBreak: false })
      })
    }
    if (list) list.add(doc.struct('LI', {}, [doc.struct('LBody', {}, words)]))
    else root.add(doc.struct(step.type, {}, words))
    y += step.lines.length * leading(step)
  }
  list?.end()
}

function artifact(doc: Doc, draw: () => void): void {
  doc.markContent('Artifact', { type: 'Layout' })
  draw()
  doc.endMarkedContent()
}

/** A band at the top with the region's name, and a tinted foot. */
function drawGround(doc: Doc, { region, tone }: Poster, k: number, foot: number): void {
  const { width, height } = doc.page
  doc.rect(0, 0, width, 62 * k).fill(tone === 'warning' ? ink.alarm : ink.accent)
  doc
    .font('semibold')
    .fontSize(20 * k)
    .fillColor('#ffffff')
  doc.text(region, left * k, 18 * k, { lineBreak: false })
  doc.rect(0, foot, width, height - foot).fill(ink.pale)
  doc.rect(0, foot, width, 4 * k).fill(ink.accent)
}

function drawContact(doc: Doc, root: Element, poster: Poster, k: number, foot: number): void {
  const side = 104 * k
  const x = doc.page.width - left * k - side
  const y = foot + 25 * k
  const words = (text: string, size: number, weight: string, at: number, colour: string) =>
    root.add(
      doc.struct('P', {}, () => {
        doc
          .font(weight)
          .fontSize(size * k)
          .fillColor(colour)
        doc.text(text, left * k, at, { lineBreak: false })
      }),
    )
  words(poster.phone, 40, 'bold', foot + 20 * k, ink.text)
  const address = shownUrl(poster.address)
  doc.font('semibold').fontSize(18 * k)
  const room = (x - left * k - 16 * k) / doc.widthOfString(address)
  words(address, 18 * Math.min(1, room), 'semibold', foot + 86 * k, ink.accent)
  const box: [number, number, number, number] = [x, y, x + side, y + side]
  const options = { alt: poster.address, placement: 'Block', bbox: box } as const
  root.add(doc.struct('Figure', options, () => drawCode(doc, poster.address, x, y, side)))
}

function drawCode(doc: Doc, text: string, x: number, y: number, side: number): void {
  const { size, rows } = qrCode(text)
  const module = side / (size + 4)
  doc.rect(x, y, side, side).fill('#ffffff')
  const bytes = Math.ceil(size / 8)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if ((rows[row * bytes + (column >> 3)]! >> (7 - (column & 7))) & 1)
        doc.rect(x + (column + 2) * module, y + (row + 2) * module, module + 0.05, module + 0.05)
  doc.fill('#000000')
}
