import { createHash } from 'node:crypto'
import { Refused } from '../errors.ts'
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
  pages: string[]
  runs: Set<Run>
  sha256: string
}

/** pdfkit begins every page with this, so that y counts from the top; the hash is over the whole stream. */
const flipped = '1 0 0 -1 0 841.89 cm\n'

export const ink = '0 g'
export const accent = '0.04 0.24 0.42 rg'

/**
 * Lays a letter out on A4. The same letter gives the same pages, alone or in any batch.
 * @throws Refused `missing-glyph`, or `address-too-wide` when a line does not fit the envelope's window
 */
export function layOut(letter: CheckedLetter): LaidOut {
  try {
    return layOutPages(letter)
  } catch (error) {
    if (error instanceof Refused) throw new Refused(error.code, `Letter ${letter.id}: ${error.message}`, { ...error.details, letter: letter.id })
    throw error
  }
}

function layOutPages(letter: CheckedLetter): LaidOut {
  const { rendered } = letter
  const { direction, labels } = rendered
  const sizes = sizesOf(letter)
  const left = points(sheet.margin)
  const width = points(sheet.width - 2 * sheet.margin)
  const runs = new Set<Run>()
  const used = (text: Text) => {
    for (const run of text.runs) runs.add(run)
    return text
  }
  const set = (text: string, size: number, bold = false, wide = width, lineLength?: number) => used(setText(text, { size, bold, direction, width: wide, lineLength }))

  const units: Unit[] = []
  const add = (text: Text, leading: number, before: number, keep = false, x = left) =>
    units.push({ before, height: text.lines.length * leading, keep, draw: (top) => placeText(text, x, top, leading) })
  add(set(rendered.title, sizes.title, true), sizes.title * 1.25, 0, true)
  for (const block of rendered.body) {
    switch (block.kind) {
      case 'heading':
        add(set(block.text, sizes.heading, true), sizes.heading * 1.3, sizes.body * 1.15, true)
        break
      case 'paragraph':
        add(set(block.text, sizes.body, false, width, rendered.lineLength), sizes.leading, sizes.body * 0.7)
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
            keep: false,
            draw: (top) => placeText(bullet, left, top, sizes.leading) + placeText(text, x, top, sizes.leading),
          })
        })
        break
      }
      case 'panel':
        units.push(panelUnit(rendered.panel, { left, width, direction, sizes, use: used }))
    }
  }
  const bodies = flow(units)
  const pages = bodies.map((body, i) => {
    const page = set(labels.page.replace('{n}', String(i + 1)).replace('{m}', String(bodies.length)), sizes.small, false, width / 3)
    const number = set(`${labels.reference}: \u2066${letter.id}\u2069`, sizes.small, false, (width * 2) / 3)
    const [numberLeft, pageLeft] = direction === 'rtl' ? [left + width / 3, left] : [left, left + width - (page.lines[0]?.width ?? 0)]
    const foot = points(sheet.footer) - sizes.small * 1.3
    const pageX = direction === 'rtl' ? left - width / 3 + (page.lines[0]?.width ?? 0) : pageLeft
    return `${ink}\n${i === 0 ? firstPageOnly(letter, { left, width, set, used }) : ''}${body}${placeText(number, numberLeft, foot, sizes.small * 1.3)}${placeText(page, pageX, foot, sizes.small * 1.3)}`
  })
  const hash = createHash('sha256')
  for (const page of pages) hash.update(`${flipped}${page}\n`)
  return { id: letter.id, pages, runs, sha256: hash.digest('hex') }
}

interface Place {
  left: number
  width: number
  set: (text: string, size: number, bold?: boolean, wide?: number) => Text
  used: (text: Text) => Text
}

/** Sender, date, the address in the window, and how to check that the letter is real. */
function firstPageOnly(letter: CheckedLetter, { left, width, set, used }: Place): string {
  const { rendered } = letter
  const mirrored = rendered.direction === 'rtl'
  // The window stands at the right in any language, so the sender and the date stay beside it at the left.
  const column = points(sheet.window.left - sheet.margin - 5)
  const from = (text: Text, top: number, leading: number) => placeText(text, left, top, leading)
  let ops = `${accent}\n`
  let top = points(sheet.sender.top)
  ops += from(set(rendered.sender.name, 16, true, width), top, 21)
  ops += `${ink}\n`
  top += 23
  for (const line of rendered.sender.lines) {
    ops += from(set(line, 11, false, mirrored ? width : column), top, 15)
    top += 15
  }
  ops += from(set(rendered.date, 12, false, mirrored ? column : column), points(sheet.date.top), 16)

  ops += addressOps(letter, used)

  const code = points(sheet.check.code)
  const checkTop = points(sheet.check.top)
  const [codeLeft, textLeft] = mirrored ? [left, left + code + 10] : [left + width - code, left]
  const size = letter.largePrint ? 14 : 11.5
  const title = set(rendered.labels.checkTitle, size + 1, true, width - code - 10)
  const text = set(rendered.labels.checkText, size, false, width - code - 10)
  ops += `q 0.6 w 0.6 G ${num(left)} ${num(checkTop - 5)} m ${num(left + width)} ${num(checkTop - 5)} l S Q\n`
  ops += placeText(title, textLeft, checkTop, size * 1.4) + placeText(text, textLeft, checkTop + size * 1.45, size * 1.32)
  return ops + qrOps(letter.checkUrl, codeLeft, checkTop, code)
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
