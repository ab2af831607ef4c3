import { Refused } from '../errors.ts'
import { flow, type Unit } from './flow.ts'
import type { CheckedLetter } from './letter.ts'
import { num } from './ops.ts'
import { panelUnit } from './panel.ts'
import { qrStamp } from './qr.ts'
import { points, sheet } from './sheet.ts'
import { code, column, stylesOf, type Styles } from './styles.ts'
import { decoration, placeText, type Stamp, type Text } from './text.ts'

export interface LaidOut {
  /** what stands on each page, in the order it is read but for `check`, which ends the letter and stands on the first page */
  pages: Stamp[][]
  check: Stamp[]
}

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
  const styles = stylesOf(letter)
  const check = checkStamps(letter, styles)
  const bodies = flow(bodyUnits(letter, styles), check.top - points(5))
  const pages = bodies.map((body, i) => [
    ...(i === 0 ? headStamps(letter, styles) : []),
    ...body,
    ...(i === 0 ? check.stamps : []),
    ...footStamps(letter, styles, i + 1, bodies.length),
  ])
  return { pages, check: check.stamps }
}

function bodyUnits({ rendered }: CheckedLetter, styles: Styles): Unit[] {
  const { sizes, direction } = styles
  const { left, width } = column
  const units: Unit[] = []
  const add = (text: Text, leading: number, before: number, keep = false) => {
    const x = direction === 'rtl' ? left + width - text.style.width : left
    units.push({ before, height: text.lines.length * leading, keep, draw: (top, page) => page.push(placeText(text, x, top, leading)) })
  }
  add(styles.title(rendered.title), sizes.title * 1.25, 0, true)
  let above = 'title'
  for (const block of rendered.body) {
    switch (block.kind) {
      case 'heading':
        add(styles.heading(block.text), sizes.heading * 1.3, sizes.body * 1.15, true)
        break
      case 'paragraph':
        add(styles.paragraph(block.text), sizes.leading, sizes.body * (above === 'heading' ? 0.25 : 0.75))
        break
      case 'list':
        units.push(...itemUnits(block.items, styles))
        break
      case 'panel':
        units.push(panelUnit(rendered.panel, styles))
    }
    above = block.kind
  }
  return units
}

function itemUnits(items: string[], { sizes, direction, bullet, item }: Styles): Unit[] {
  const { left } = column
  const sign = bullet('•')
  const x = direction === 'rtl' ? left : left + sizes.body * 1.3
  return items.map((said, i) => {
    const text = item(said)
    return {
      before: i === 0 ? sizes.body * 0.25 : sizes.body * 0.2,
      height: text.lines.length * sizes.leading,
      keep: i === items.length - 2, // no last item alone on the next page
      draw: (top, page) => page.push(placeText(sign, left, top, sizes.leading), placeText(text, x, top, sizes.leading)),
    }
  })
}

/** Sender, date and the address in the window. */
function headStamps(letter: CheckedLetter, styles: Styles): Stamp[] {
  const { rendered } = letter
  const { left } = column
  const top = points(sheet.sender.top)
  return [
    placeText(styles.sender(rendered.sender.name), left, top, 21),
    ...rendered.sender.lines.map((line, i) => placeText(styles.senderLine(line), left, top + 22 + i * styles.beside * 1.3, styles.beside * 1.3)),
    placeText(styles.date(rendered.date), left, points(sheet.date.top), 16),
    ...addressStamps(letter, styles),
  ]
}

/** The address is read by machines and postmen, so it stands left to right in every language, lines close, straight at the left. */
function addressStamps(letter: CheckedLetter, styles: Styles): Stamp[] {
  const { window } = sheet
  const left = points(window.left + 4)
  const width = points(window.right - window.left - 6)
  const height = points(window.bottom - window.top)
  const narrow = (text: string, from: number, least: number) => {
    for (let size = from; size >= least; size -= 0.5) {
      const one = styles.address(size)(text)
      if (one.lines.length === 1 && (one.lines[0]?.width ?? 0) <= width) return one
    }
    throw new Refused('address-too-wide', `a line of ${text.length} characters does not fit the envelope's window. Shorten it in the register.`)
  }
  const leading = Math.min(14.5, (height - 16) / letter.addressLines.length)
  const top = points(window.top) + 3
  return [
    placeText(narrow(`Returadress: ${letter.returnAddress}`, 8, 6), left, top, 10),
    ...letter.addressLines.map((line, i) => placeText(narrow(line, Math.min(11.5, leading - 1.5), 8), left, top + 13 + i * leading, leading)),
  ]
}

/** How to check that the letter is real, at the foot of the first page; it grows upwards. */
function checkStamps({ rendered, checkUrl }: CheckedLetter, styles: Styles): { top: number; stamps: Stamp[] } {
  const { left, width } = column
  const [codeLeft, textLeft] = styles.direction === 'rtl' ? [left, left + code + 10] : [left + width - code, left]
  const size = styles.checkSize
  const title = styles.checkTitle(rendered.labels.checkTitle)
  const text = styles.checkText(rendered.labels.checkText)
  const top = points(sheet.check.bottom) - Math.max(code, size * (1.45 * title.lines.length + 1.32 * text.lines.length))
  const rule = decoration(`q 0.6 w 0.6 G ${num(left)} ${num(top - 5)} m ${num(left + width)} ${num(top - 5)} l S Q\n`)
  const words = [placeText(title, textLeft, top, size * 1.45), placeText(text, textLeft, top + size * 1.45 * title.lines.length, size * 1.32)]
  return { top, stamps: [rule, ...words, qrStamp(checkUrl, codeLeft, top, code)] }
}

function footStamps({ id, rendered }: CheckedLetter, styles: Styles, n: number, of: number): Stamp[] {
  const { left, width } = column
  const { labels } = rendered
  const leading = styles.sizes.small * 1.3
  const top = points(sheet.footer) - leading
  const page = styles.page(labels.page.replace('{n}', String(n)).replace('{m}', String(of)))
  const number = styles.number(styles.direction === 'rtl' ? `${labels.reference}: \u2066${id}\u2069` : `${labels.reference}: ${id}`)
  const wide = page.lines[0]?.width ?? 0
  const [numberLeft, pageLeft] = styles.direction === 'rtl' ? [left + width / 3, left - width / 3 + wide] : [left, left + width - wide]
  return [placeText(number, numberLeft, top, leading), placeText(page, pageLeft, top, leading)]
}
