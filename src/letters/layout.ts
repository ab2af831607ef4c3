import { createHash } from 'node:crypto'
import { Refused } from '../errors.ts'
import type { Face } from './faces.ts'
import { flow, type Unit } from './flow.ts'
import type { CheckedLetter } from './letter.ts'
import { num } from './ops.ts'
import { panelUnit } from './panel.ts'
import { qrOps } from './qr.ts'
import type { Run } from './shape.ts'
import { points, sheet, sizesOf } from './sheet.ts'
import { placeText, setText, type Text } from './text.ts'

/** A letter laid out: one content stream a page, what it is drawn with, and the hash that the manifest gives. */
export interface LaidOut {
  id: string
  pages: Buffer[]
  faces: Set<Face>
  sha256: string
}

/** pdfkit begins every page with this, so that y counts from the top; the hash is over the whole stream. */
const flipped = '1 0 0 -1 0 841.89 cm\n'

export const ink = '0 g'
export const accent = '0.04 0.24 0.42 rg'

/**
 * Lays a letter out on A4. The same letter gives the same pages, alone or in any batch.
 * @param runs gets what the pages are drawn with, for the fonts of the document they go into
 * @throws Refused `missing-glyph`, or `address-too-wide` when a line does not fit the envelope's window
 */
export function layOut(letter: CheckedLetter, runs: Set<Run>): LaidOut {
  try {
    return layOutPages(letter, runs)
  } catch (error) {
    if (error instanceof Refused) throw new Refused(error.code, `Letter ${letter.id}: ${error.message}`, { ...error.details, letter: letter.id })
    throw error
  }
}

function layOutPages(letter: CheckedLetter, runs: Set<Run>): LaidOut {
  const { rendered } = letter
  const { direction, labels } = rendered
  const sizes = sizesOf(letter)
  const left = points(sheet.margin)
  const width = points(sheet.width - 2 * sheet.margin)
  const faces = new Set<Face>()
  const used = (text: Text) => {
    for (const run of text.runs) runs.add(run)
    for (const face of text.faces) faces.add(face)
    return text
  }
  const set = (text: string, size: number, bold = false, wide = width, lineLength?: number) => used(setText(text, { size, bold, direction, width: wide, lineLength }))

  const units: Unit[] = []
  const add = (text: Text, leading: number, before: number, keep = false) => {
    const x = direction === 'rtl' ? left + width - text.style.width : left
    units.push({ before, height: text.lines.length * leading, keep, draw: (top) => placeText(text, x, top, leading) })
  }
  add(balanced((wide) => set(rendered.title, sizes.title, true, wide), width), sizes.title * 1.25, 0, true)
  let above: string = 'title'
  for (const block of rendered.body) {
    switch (block.kind) {
      case 'heading':
        add(set(block.text, sizes.heading, true), sizes.heading * 1.3, sizes.body * 1.15, true)
        break
      case 'paragraph':
        add(set(block.text, sizes.body, false, width, rendered.lineLength), sizes.leading, sizes.body * (above === 'heading' ? 0.25 : 0.75))
        break
      case 'list': {
        const indent = sizes.body * 1.3
        block.items.forEach((item, i) => {
          const text = set(item, sizes.body, false, width - indent, rendered.lineLength)
          const bullet = set('•', sizes.body)
          const x = direction === 'rtl' ? left : left + indent
          units.push({
            before: i === 0 ? sizes.body * 0.25 : sizes.body * 0.2,
            height: text.lines.length * sizes.leading,
            keep: i === block.items.length - 2, // no last item alone on the next page
            draw: (top) => placeText(bullet, left, top, sizes.leading) + placeText(text, x, top, sizes.leading),
          })
        })
        break
      }
      case 'panel':
        units.push(panelUnit(rendered.panel, { left, width, direction, sizes, use: used }))
    }
    above = block.kind
  }
  const place = { left, width, set, used }
  const check = checkOps(letter, place)
  const bodies = flow(units, check.top - points(5))
  const pages = bodies.map((body, i) => {
    const page = set(labels.page.replace('{n}', String(i + 1)).replace('{m}', String(bodies.length)), sizes.small, false, width / 3)
    const number = set(`${labels.reference}: \u2066${letter.id}\u2069`, sizes.small, false, (width * 2) / 3)
    const [numberLeft, pageLeft] = direction === 'rtl' ? [left + width / 3, left] : [left, left + width - (page.lines[0]?.width ?? 0)]
    const foot = points(sheet.footer) - sizes.small * 1.3
    const pageX = direction === 'rtl' ? left - width / 3 + (page.lines[0]?.width ?? 0) : pageLeft
    const head = i === 0 ? headOps(letter, place) + check.ops : ''
    const number_ = placeText(number, numberLeft, foot, sizes.small * 1.3)
    // Bytes, not a string: what a page was put together from would stay in memory with it.
    return Buffer.from(`${ink}\n${head}${body}${number_}${placeText(page, pageX, foot, sizes.small * 1.3)}`, 'latin1')
  })
  const hash = createHash('sha256')
  for (const page of pages) hash.update(flipped).update(page)
  return { id: letter.id, pages, faces, sha256: hash.digest('hex') }
}

interface Place {
  left: number
  width: number
  set: (text: string, size: number, bold?: boolean, wide?: number) => Text
  used: (text: Text) => Text
}

/** Two lines of about the same length rather than one full and one with a single word. */
function balanced(set: (wide: number) => Text, width: number): Text {
  const full = set(width)
  if (full.lines.length === 1) return full
  return [0.55, 0.65, 0.75, 0.85].map((part) => set(width * part)).find((text) => text.lines.length === full.lines.length) ?? full
}

/** Sender, date and the address in the window. */
function headOps(letter: CheckedLetter, { left, set, used }: Place): string {
  const { rendered, largePrint } = letter
  // The window stands at the right in any language: what is beside it keeps to the column at its left.
  const column = points(sheet.window.left - sheet.margin - 5)
  const size = largePrint ? 13 : 11
  let top = points(sheet.sender.top)
  let ops = `${accent}\n${placeText(set(rendered.sender.name, 16, true), left, top, 21)}${ink}\n`
  top += 22
  for (const line of rendered.sender.lines) {
    ops += placeText(set(line, size), left, top, size * 1.3)
    top += size * 1.3
  }
  ops += placeText(set(rendered.date, largePrint ? 14 : 12, false, column), left, points(sheet.date.top), 16)
  return ops + addressOps(letter, used)
}

/** How to check that the letter is real, at the foot of the first page; it grows upwards. */
function checkOps(letter: CheckedLetter, { left, width, set }: Place): { top: number; ops: string } {
  const { rendered } = letter
  const code = points(sheet.check.code)
  const [codeLeft, textLeft] = rendered.direction === 'rtl' ? [left, left + code + 10] : [left + width - code, left]
  const size = letter.largePrint ? 14 : 11.5
  const title = set(rendered.labels.checkTitle, size + 1, true, width - code - 10)
  const text = set(rendered.labels.checkText, size, false, width - code - 10)
  const top = points(sheet.check.bottom) - Math.max(code, size * (1.45 * title.lines.length + 1.32 * text.lines.length))
  const rule = `q 0.6 w 0.6 G ${num(left)} ${num(top - 5)} m ${num(left + width)} ${num(top - 5)} l S Q\n`
  const words = placeText(title, textLeft, top, size * 1.45) + placeText(text, textLeft, top + size * 1.45 * title.lines.length, size * 1.32)
  return { top, ops: rule + words + qrOps(letter.checkUrl, codeLeft, top, code) }
}

/** The address is read by machines and postmen, so it stands left to right in every language, lines close, straight at the left. */
function addressOps(letter: CheckedLetter, used: (text: Text) => Text): string {
  const { window } = sheet
  const left = points(window.left + 4)
  const width = points(window.right - window.left - 6)
  const height = points(window.bottom - window.top)
  const set = (text: string, size: number) => used(setText(text, { size, bold: false, direction: 'ltr', width: 9999 }))
  const narrow = (text: string, from: number, least: number) => {
    for (let size = from; size >= least; size -= 0.5) {
      const one = set(text, size)
      if (one.lines.length === 1 && (one.lines[0]?.width ?? 0) <= width) return one
    }
    throw new Refused('address-too-wide', `a line of ${text.length} characters does not fit the envelope's window. Shorten it in the register.`)
  }
  const leading = Math.min(14.5, (height - 16) / letter.addressLines.length)
  let top = points(window.top) + 3
  let ops = placeText(narrow(`Returadress: ${letter.returnAddress}`, 8, 6), left, top, 10)
  top += 13
  for (const line of letter.addressLines) {
    ops += placeText(narrow(line, Math.min(11.5, leading - 1.5), 8), left, top, leading)
    top += leading
  }
  return ops
}
