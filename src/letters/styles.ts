import { num } from './pdf/text-operators.ts'
import { placesOn, points, sizesOf, standardSheet, up, type Sheet } from './paper.ts'
import {
  decoration,
  once,
  setter,
  type Setter,
  type Stamp,
  type Style,
  type Tag,
} from './text/stamps.ts'

const ink = '0 g'
const accent = '0.04 0.24 0.42'

/** What decides how a letter, or the other language on its back, looks. */
export interface Look {
  direction: 'ltr' | 'rtl'
  largePrint: boolean
  lineLength?: number | undefined
  sheet?: Sheet | undefined
  /** when not the letter's own */
  language?: string
}

/** How a kind of letter looks: its places, its sizes, and a setter for each kind of text on it. Points. */
export interface Styles {
  direction: 'ltr' | 'rtl'
  places: ReturnType<typeof placesOn>
  column: { left: number; width: number }
  /** side of the 2D code */
  code: number
  sizes: ReturnType<typeof sizesOf>
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
  /** a thin line across the column, points from the paper's top */
  rule(top: number): Stamp
  /** around the panel: by height, then by top */
  frame(height: number): (top: number) => Stamp
}

const made = new Map<string, Styles>()

/** The same styles for all letters of one look, so that what one letter set serves the next. */
export function stylesOf(look: Look): Styles {
  const key =
    `${look.direction} ${look.largePrint} ${look.lineLength ?? ''} ${look.language ?? ''} ` +
    `${look.sheet ? JSON.stringify(look.sheet) : ''}`
  const known = made.get(key)
  if (known) return known
  const styles = makeStyles(look)
  made.set(key, styles)
  return styles
}

function makeStyles(look: Look): Styles {
  const { direction, largePrint, lineLength } = look
  const sizes = sizesOf(look)
  const places = placesOn(look.sheet ?? standardSheet)
  const column = { left: points(places.margin), width: points(210 - 2 * places.margin) }
  const code = points(places.check.code)
  const { width } = column
  const language = look.language === undefined ? {} : { language: look.language }
  const style = (tag: Tag, size: number, leading: number, more: Partial<Style> = {}): Setter =>
    setter({ tag, size, leading, bold: false, direction, width, ...language, ...more })
  const limit = lineLength === undefined ? {} : { lineLength }
  const beside = largePrint ? 13 : 11
  const checkSize = largePrint ? 14 : 11.5
  const labels = width * 0.3 - sizes.body
  const values = { width: width * 0.7 - sizes.body }
  const byCode = { width: width - code - 10 }
  return {
    direction,
    places,
    column,
    code,
    sizes,
    title: style('H1', sizes.title, sizes.title * 1.25, { bold: true, balanced: true }),
    heading: style('H2', sizes.heading, sizes.heading * 1.3, { bold: true }),
    paragraph: style('P', sizes.body, sizes.leading, limit),
    bullet: style('Lbl', sizes.body, sizes.leading),
    item: style('LBody', sizes.body, sizes.leading, { width: width - sizes.body * 1.3, ...limit }),
    label: style('TH', sizes.label, sizes.label * 1.3, { width: labels - 6 }),
    value: style('TD', sizes.body * 1.12, sizes.body * 1.12 * 1.32, { bold: true, ...values }),
    bigValue: style('TD', sizes.big, sizes.big * 1.32, { bold: true, ...values }),
    more: style('TD', sizes.body, sizes.leading, values),
    sender: style('P', 16, 21, { bold: true, ink: [`${accent} rg`, ink] }),
    senderLine: style('P', beside, beside * 1.3),
    // The window stands at the right in any language: what is beside it keeps to the column at its left.
    date: style('P', largePrint ? 14 : 12, 16, {
      width: points(places.window.left - places.margin - 5),
    }),
    checkTitle: style('H2', checkSize + 1, checkSize * 1.45, { bold: true, ...byCode }),
    checkText: style('P', checkSize, checkSize * 1.32, byCode),
    number: style('Artifact', sizes.small, sizes.small * 1.3, { width: (width * 2) / 3 }),
    page: style('Artifact', sizes.small, sizes.small * 1.3, { width: width / 3 }),
    address: once((size) =>
      setter({
        tag: 'P',
        size,
        leading: 0,
        bold: false,
        direction: 'ltr',
        width: 9999,
        language: 'sv',
      }),
    ),
    rule: once((top) =>
      decoration(
        `q 0.6 w 0.6 G ${num(column.left)} ${up(top)} m ${num(column.left + width)} ${up(top)} l S Q\n`,
      ),
    ),
    frame: once((height) =>
      once((top) => {
        const box = `${num(column.left)} ${up(top + height)} ${num(width)} ${num(height)} re`
        return decoration(`q 0.93 0.96 0.98 rg ${box} f ${accent} RG 1.6 w ${box} S Q\n`)
      }),
    ),
  }
}
