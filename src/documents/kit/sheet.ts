import PDFDocument from 'pdfkit'
import { buffer } from 'node:stream/consumers'
import { clockTime, longDate } from '../../texts/format.ts'
import type { Drawing } from './svg.ts'
import { addFonts, drawable, type Weight } from './fonts.ts'
import { ink } from './ink.ts'
import { wrap } from './wrap.ts'

export type Doc = PDFKit.PDFDocument
export type Element = PDFKit.PDFStructureElement
type Options = PDFKit.Mixins.StructureElementOptions
/** Of an element of the structure; the types of pdfkit do not know all that it reads. */
export type TagOptions = Options & {
  scope?: 'Row' | 'Column'
  placement?: 'Block'
  bbox?: [left: number, top: number, right: number, bottom: number]
}

/** What every paper says of itself. */
export interface Imprint {
  /** the region's name, at the top of every page */
  region: string
  /** when it is made: printed in the foot, and the file's date, so that the same data gives the same file */
  printedAt: Date
  /** who made it */
  printedBy?: string | undefined
}

interface Frame extends Imprint {
  /** the file's title, and what the pages after the first have at the top */
  title: string
  /** what sort of paper it is, at the top right of the first page */
  kind: string
  landscape?: boolean
  /** how to handle the paper, in the foot of every page */
  handling?: string
}

export interface Style {
  size: number
  weight: Weight
  colour: string
  /** from one line's top to the next, in parts of the size */
  leading: number
}

export const styles = {
  h1: { size: 23, weight: 'semibold', colour: ink.text, leading: 1.25 },
  h2: { size: 15, weight: 'semibold', colour: ink.text, leading: 1.3 },
  h3: { size: 12.5, weight: 'semibold', colour: ink.text, leading: 1.35 },
  lead: { size: 12, weight: 'regular', colour: ink.text, leading: 1.45 },
  body: { size: 10, weight: 'regular', colour: ink.text, leading: 1.45 },
  note: { size: 9, weight: 'regular', colour: ink.soft, leading: 1.4 },
} as const satisfies Record<string, Style>

const margin = 51 // 18 mm
const headTop = 30
const bodyTop = 66
const footHeight = 54
const missingNote = 'Tecknet \ufffd står för en bokstav som inte kan skrivas ut.'

/**
 * The pages of a paper: a frame with head and foot, and a place where the next thing is drawn. Lengths are in points
 * from the top left.
 */
export class Sheet {
  readonly doc: Doc
  /** the root of the structure: what is read aloud, in order */
  readonly root: Element
  /** where the next thing is drawn */
  y = 0
  private readonly frame: Frame
  private readonly bytes: Promise<Buffer>
  private missed = false

  constructor(frame: Frame) {
    this.frame = frame
    this.doc = openDocument(frame, { language: 'sv', size: 'A4', landscape: frame.landscape })
    this.bytes = buffer(this.doc)
    this.root = this.doc.struct('Document')
    this.doc.addStructure(this.root)
    this.newPage()
  }

  get left(): number {
    return margin
  }
  get width(): number {
    return this.doc.page.width - 2 * margin
  }
  get bottom(): number {
    return this.doc.page.height - footHeight
  }

  newPage(): void {
    this.doc.addPage()
    this.y = bodyTop
  }

  /** Begins a new page unless so much still fits. @returns whether it did */
  ensure(height: number): boolean {
    if (this.y + height <= this.bottom || this.y <= bodyTop) return false
    this.newPage()
    return true
  }

  space(height: number): void {
    this.y += height
  }

  /** A text as it can be drawn. */
  clean(text: string): string {
    return drawable(this.doc, text, () => (this.missed = true))
  }

  lines(text: string, style: Style, width: number): string[] {
    const clean = this.clean(text)
    this.doc.font(style.weight).fontSize(style.size)
    return wrap(clean, width, (part) => this.doc.widthOfString(part))
  }

  /** Draws lines that were broken before; the caller says what they are in the structure. */
  drawLines(lines: string[], style: Style, x: number, y: number, right?: number): void {
    const { doc } = this
    doc.font(style.weight).fontSize(style.size).fillColor(style.colour)
    lines.forEach((line, i) => {
      const at = right === undefined ? x : right - doc.widthOfString(line.trimEnd())
      if (line !== '') doc.text(line, at, y + i * style.size * style.leading, { lineBreak: false })
    })
  }

  /** What decorates the page and is not read aloud. */
  artifact(draw: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.doc.markContent('Artifact', { type })
    draw()
    this.doc.endMarkedContent()
  }

  /** Draws something as an element of the structure. */
  tag(parent: Element, type: string, draw: () => void, options: TagOptions = {}): void {
    parent.add(this.doc.struct(type, options, draw))
  }

  heading(level: 1 | 2 | 3, text: string): void {
    const style = ([styles.h1, styles.h2, styles.h3] as const)[level - 1]!
    const lines = this.lines(text, style, this.width)
    const before = level === 1 ? 0 : style.size
    // A heading does not stand alone at the foot of a page.
    this.ensure(before + lines.length * style.size * style.leading + 60)
    if (this.y > bodyTop) this.space(before)
    if (level === 2) this.doc.outline.addItem(lines.join(''))
    this.block(`H${level}`, lines, style, {})
    this.space(level === 1 ? 5 : 3)
  }

  paragraph(text: string, style: Style = styles.body, options: TagOptions = {}): void {
    this.block('P', this.lines(text, style, this.width), style, options)
    this.space(style.size * 0.5)
  }

  /** Lines one below the other; they go on the next page where they must. */
  private block(type: string, lines: string[], style: Style, options: TagOptions): void {
    const element = this.doc.struct(type, options)
    this.root.add(element)
    const high = style.size * style.leading
    for (let at = 0; at < lines.length;) {
      this.ensure(high)
      const room = Math.max(1, Math.floor((this.bottom - this.y) / high))
      const part = lines.slice(at, at + room)
      element.add(() => this.drawLines(part, style, this.left, this.y))
      this.y += part.length * high
      at += part.length
    }
    element.end()
  }

  /** Something to see to: a text on a tinted ground with a bar at its left. */
  box(text: string, tone: 'alarm' | 'calm' = 'calm'): void {
    const style: Style = {
      ...styles.body,
      weight: 'semibold',
      colour: tone === 'alarm' ? ink.alarm : ink.text,
    }
    const lines = this.lines(text, style, this.width - 26)
    const high = lines.length * style.size * style.leading + 14
    this.ensure(high + 8)
    this.space(4)
    this.artifact(() => {
      this.doc
        .rect(this.left, this.y, this.width, high)
        .fill(tone === 'alarm' ? ink.alarmGround : ink.pale)
      this.doc.rect(this.left, this.y, 4, high).fill(tone === 'alarm' ? ink.alarm : ink.accent)
    })
    this.tag(this.root, 'P', () => this.drawLines(lines, style, this.left + 16, this.y + 7))
    this.y += high + 10
  }

  /** Labels with their values, one a line. */
  facts(all: { label: string; value: string }[], labelWidth = 130): void {
    const label: Style = { ...styles.body, colour: ink.soft }
    const list = this.doc.struct('L')
    this.root.add(list)
    for (const fact of all) {
      const names = this.lines(fact.label, label, labelWidth - 10)
      const values = this.lines(fact.value, styles.body, this.width - labelWidth)
      const high =
        Math.max(names.length, values.length) * styles.body.size * styles.body.leading + 3
      this.ensure(high)
      const item = this.doc.struct('LI')
      list.add(item)
      this.tag(item, 'Lbl', () => this.drawLines(names, label, this.left, this.y))
      this.tag(item, 'LBody', () =>
        this.drawLines(values, styles.body, this.left + labelWidth, this.y),
      )
      item.end()
      this.y += high
    }
    list.end()
  }

  /** A drawing as wide as the page, or as high as a page with its heading holds. */
  private scaleOf(drawing: Drawing): number {
    return Math.min(this.width / drawing.width, (this.bottom - bodyTop - 90) / drawing.height)
  }
  heightOf(drawing: Drawing): number {
    return drawing.height * this.scaleOf(drawing)
  }

  /** A drawing as wide as the page, on one page, and in words for those who hear it. */
  figure(drawing: Drawing): void {
    const scale = this.scaleOf(drawing)
    const high = drawing.height * scale
    this.ensure(high)
    const { left, y, doc } = this
    this.tag(
      this.root,
      'Figure',
      () => {
        doc.save().translate(left, y).scale(scale)
        drawing.draw(doc, (text) => this.clean(text))
        doc.restore()
      },
      {
        alt: drawing.alt,
        placement: 'Block',
        bbox: [left, y, left + drawing.width * scale, y + high],
      },
    )
    this.y += high + 4
  }

  /** A few large figures side by side. */
  figures(all: { label: string; value: string; more: string }[]): void {
    const gap = 12
    const width = (this.width - gap * (all.length - 1)) / all.length
    const high = 74
    this.ensure(high)
    const list = this.doc.struct('L')
    this.root.add(list)
    all.forEach(({ label, value, more }, i) => {
      const x = this.left + i * (width + gap)
      this.artifact(() => {
        this.doc.rect(x, this.y, width, high).fill(ink.pale)
        this.doc.rect(x, this.y, width, 3).fill(ink.accent)
      })
      const big: Style = { ...styles.h1, size: 21 }
      const inner = width - 24
      const item = this.doc.struct('LI')
      list.add(item)
      this.tag(item, 'LBody', () => {
        this.drawLines(
          this.lines(label, styles.note, inner).slice(0, 1),
          styles.note,
          x + 12,
          this.y + 11,
        )
        this.drawLines([this.clean(value)], big, x + 12, this.y + 23)
        this.drawLines(
          this.lines(more, styles.note, inner).slice(0, 1),
          styles.note,
          x + 12,
          this.y + 53,
        )
      })
      item.end()
    })
    list.end()
    this.y += high + 14
  }

  /** Draws head and foot on every page and ends the file. */
  async finish(): Promise<Buffer> {
    if (this.missed) this.paragraph(missingNote, styles.note)
    this.root.end()
    const { start, count } = this.doc.bufferedPageRange()
    for (let i = 0; i < count; i++) {
      this.doc.switchToPage(start + i)
      this.artifact(() => this.drawFrame(i + 1, count), 'Pagination')
    }
    this.doc.end()
    return this.bytes
  }

  private drawFrame(page: number, pages: number): void {
    const { doc, frame } = this
    const right = this.left + this.width
    const region: Style = { ...styles.note, weight: 'semibold', colour: ink.accent, size: 10 }
    const at = this.lines(page === 1 ? frame.kind : frame.title, styles.note, this.width - 180)
    this.drawLines(this.lines(frame.region, region, 170), region, this.left, headTop)
    this.drawLines(at.slice(0, 1), styles.note, 0, headTop + 1, right)
    doc
      .moveTo(this.left, headTop + 19)
      .lineTo(right, headTop + 19)
      .lineWidth(1.2)
      .stroke(ink.accent)

    const foot = doc.page.height - footHeight + 20
    const small: Style = { ...styles.note, size: 8 }
    const by = frame.printedBy ? ` av ${frame.printedBy}` : ''
    const printed = `Utskriven ${longDate(frame.printedAt, 'sv')} kl. ${clockTime(frame.printedAt, 'sv')}${by}`
    doc
      .moveTo(this.left, foot - 6)
      .lineTo(right, foot - 6)
      .lineWidth(0.5)
      .stroke(ink.rule)
    const handling = frame.handling ? [frame.handling] : []
    this.drawLines([this.clean(printed), ...handling], small, this.left, foot)
    this.drawLines([`Sida ${page} av ${pages}`], { ...small, weight: 'semibold' }, 0, foot, right)
  }
}

interface Format {
  language: string
  size: 'A4' | 'A3'
  landscape?: boolean | undefined
}

/** A pdfkit document as all papers are: tagged, with its language and title, and the same bytes for the same data. */
export function openDocument(about: Imprint & { title: string }, format: Format): Doc {
  // pdfkit writes the title into XML as it is.
  const title = about.title.replace(/&/g, '+').replace(/[<>]/g, '')
  const doc = new PDFDocument({
    size: format.size,
    layout: format.landscape ? 'landscape' : 'portrait',
    margin: 0, // pages are broken here, not by pdfkit
    font: '', // none but ours
    pdfVersion: '1.7',
    lang: format.language,
    tagged: true,
    displayTitle: true,
    bufferPages: true,
    autoFirstPage: false,
    info: {
      Title: title,
      Author: about.region.replace(/[<>&]/g, ''),
      Creator: 'Kallelse',
      CreationDate: about.printedAt,
    },
  })
  addFonts(doc)
  return doc
}
