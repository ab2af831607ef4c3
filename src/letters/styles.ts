import { points, sheet, sizesOf } from './sheet.ts'
import { setter, type Setter, type Style, type Tag } from './text.ts'

export const ink = '0 g'
export const accent = '0.04 0.24 0.42'

export const column = { left: points(sheet.margin), width: points(sheet.width - 2 * sheet.margin) }
export const code = points(sheet.check.code)

/** How a kind of letter looks: its sizes, and a setter for each kind of text on it. */
export interface Styles {
  direction: 'ltr' | 'rtl'
  sizes: ReturnType<typeof sizesOf>
  beside: number
  dated: number
  checkSize: number
  title: Setter
  heading: Setter
  paragraph: Setter
  bullet: Setter
  item: Setter
  label: Setter
  value: Setter
  bigValue: Setter
  more: Setter
  sender: Setter
  senderLine: Setter
  date: Setter
  checkTitle: Setter
  checkText: Setter
  number: Setter
  page: Setter
  /** by half points */
  address(size: number): Setter
}

const made = new Map<string, Styles>()

/** The same styles for all letters of one look, so that what one letter set serves the next. */
export function stylesOf(letter: { largePrint: boolean; rendered: { direction: 'ltr' | 'rtl'; lineLength?: number | undefined } }): Styles {
  const key = `${letter.rendered.direction} ${letter.largePrint} ${letter.rendered.lineLength ?? ''}`
  const known = made.get(key)
  if (known) return known
  const styles = makeStyles(letter.rendered.direction, letter.largePrint, letter.rendered.lineLength)
  made.set(key, styles)
  return styles
}

function makeStyles(direction: 'ltr' | 'rtl', largePrint: boolean, lineLength: number | undefined): Styles {
  const sizes = sizesOf({ largePrint, rendered: lineLength === undefined ? {} : { lineLength } })
  const { width } = column
  const style = (tag: Tag, size: number, more: Partial<Style> = {}): Setter => setter({ tag, size, bold: false, direction, width, ...more })
  const limit = lineLength === undefined ? {} : { lineLength }
  const beside = largePrint ? 13 : 11
  const dated = largePrint ? 14 : 12
  const checkSize = largePrint ? 14 : 11.5
  const labels = width * 0.3 - sizes.body
  const values = { width: width * 0.7 - sizes.body }
  const byCode = { width: width - code - 10 }
  const addresses = new Map<number, Setter>()
  return {
    direction, sizes, beside, dated, checkSize,
    title: style('H1', sizes.title, { bold: true, balanced: true }),
    heading: style('H2', sizes.heading, { bold: true }),
    paragraph: style('P', sizes.body, limit),
    bullet: style('Lbl', sizes.body),
    item: style('LBody', sizes.body, { width: width - sizes.body * 1.3, ...limit }),
    label: style('TH', sizes.label, { width: labels - 6 }),
    value: style('TD', sizes.body * 1.12, { bold: true, ...values }),
    bigValue: style('TD', sizes.big, { bold: true, ...values }),
    more: style('TD', sizes.body, values),
    sender: style('P', 16, { bold: true, ink: [`${accent} rg`, ink] }),
    senderLine: style('P', beside),
    // The window stands at the right in any language: what is beside it keeps to the column at its left.
    date: style('P', dated, { width: points(sheet.window.left - sheet.margin - 5) }),
    checkTitle: style('H2', checkSize + 1, { bold: true, ...byCode }),
    checkText: style('P', checkSize, byCode),
    number: style('Artifact', sizes.small, { width: (width * 2) / 3 }),
    page: style('Artifact', sizes.small, { width: width / 3 }),
    address(size) {
      const known = addresses.get(size) ?? setter({ tag: 'P', size, bold: false, direction: 'ltr', width: 9999, language: 'sv' })
      addresses.set(size, known)
      return known
    },
  }
}
