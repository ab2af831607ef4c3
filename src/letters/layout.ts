import { Refused } from '../errors.ts'
import type { RenderedLetter } from '../texts/rendered.ts'
import { flow, type Unit } from './paginate.ts'
import type { CheckedLetter } from './letter.ts'
import { panelUnit } from './panel.ts'
import { qrStamp } from './qr/draw.ts'
import { points } from './paper.ts'
import { stylesOf, type Styles } from './styles.ts'
import { placeText, type Stamp, type Text } from './text/stamps.ts'

export interface LaidOut {
  /**
   * what stands on each page, in the order it is read but for `check`, which ends the letter and stands on
   * the first page
   */
  pages: Stamp[][]
  check: Stamp[]
}

/**
 * Lays a letter out on A4. The same letter gives the same pages, alone or in any batch.
 * @throws Refused `missing-glyph`, `address-too-wide` when a line does not fit the envelope's window, or
 * `letter-too-long` when a part does not fit a page
 */
export function layOut(letter: CheckedLetter): LaidOut {
  try {
    return layOutPages(letter)
  } catch (error) {
    if (error instanceof Refused)
      throw new Refused(error.code, `Letter ${letter.id}: ${error.message}`, {
        ...error.details,
        letter: letter.id,
      })
    throw error
  }
}

function layOutPages(letter: CheckedLetter): LaidOut {
  const { rendered, largePrint, sheet } = letter
  const { direction, lineLength, also } = rendered
  const styles = stylesOf({ direction, largePrint, lineLength, sheet })
  const { places } = styles
  const check = checkStamps(letter, styles)
  const units = [
    titleUnit(rendered.title, styles),
    ...bodyUnits(rendered.body, rendered.panel, styles),
  ]
  if (also)
    units.push(
      ...backUnits(
        also,
        stylesOf({ direction: also.direction, language: also.language, largePrint, sheet }),
      ),
    )
  const bodies = flow(units, {
    first: { top: points(places.title.top), bottom: check.top - points(5) },
    next: { top: points(places.nextTop), bottom: points(places.nextBottom) },
  })
  const pages = bodies.map((body, i) => {
    const foot = footStamps(letter, styles, i + 1, bodies.length)
    return i > 0
      ? body.concat(foot)
      : headStamps(letter, styles).concat(body, check.words, foot, check.code) // the code last, for it can't be packed further
  })
  return { pages, check: [...check.words, check.code] }
}

const unitOf = (text: Text, before: number, styles: Styles, keep = false): Unit => {
  const { left, width } = styles.column
  const x = styles.direction === 'rtl' ? left + width - text.style.width : left
  return {
    before,
    height: text.height,
    keep,
    draw: (top, page) => page.push(placeText(text, x, top)),
  }
}

const titleUnit = (title: string, styles: Styles) => unitOf(styles.title(title), 0, styles, true)

function bodyUnits(
  body: RenderedLetter['body'],
  panel: RenderedLetter['panel'],
  styles: Styles,
): Unit[] {
  const { sizes } = styles
  const units: Unit[] = []
  let above = ''
  for (const block of body) {
    switch (block.kind) {
      case 'heading':
        units.push(unitOf(styles.heading(block.text), sizes.body * 1.15, styles, true))
        break
      case 'paragraph':
        units.push(
          unitOf(
            styles.paragraph(block.text),
            sizes.body * (above === 'heading' ? 0.25 : 0.75),
            styles,
          ),
        )
        break
      case 'list':
        units.push(...itemUnits(block.items, styles))
        break
      case 'panel':
        units.push(panelUnit(panel, styles))
    }
    above = block.kind
  }
  return units
}

/**
 * The other language stands on the back: on the second page, after a rule where the letter itself goes on
 * there; or whole on the third, where it has no room.
 */
function backUnits(also: NonNullable<RenderedLetter['also']>, styles: Styles): Unit[] {
  const { body } = styles.sizes
  const line: Unit = {
    before: 2 * body,
    height: body,
    keep: true,
    turn: true,
    draw: (top, page) => page.push(styles.rule(top)),
  }
  const units = [line, ...bodyUnits(also.body, [], styles)]
  const height = units.reduce((sum, unit) => sum + unit.before + unit.height, 0)
  const { nextTop, nextBottom } = styles.places
  return height > points(nextBottom - nextTop)
    ? units
    : units.map((unit, i) => ({ ...unit, keep: i < units.length - 1 }))
}

function itemUnits(items: string[], { sizes, direction, bullet, item, column }: Styles): Unit[] {
  const { left } = column
  const sign = bullet('•')
  const x = direction === 'rtl' ? left : left + sizes.body * 1.3
  return items.map((said, i) => {
    const text = item(said)
    return {
      before: i === 0 ? sizes.body * 0.25 : sizes.body * 0.2,
      height: text.height,
      keep: i === items.length - 2, // no last item alone on the next page
      draw: (top, page) => page.push(placeText(sign, left, top), placeText(text, x, top)),
    }
  })
}

/** Sender, date and the address in the window. */
function headStamps(letter: CheckedLetter, styles: Styles): Stamp[] {
  const { sender, date } = letter.rendered
  const { places, column } = styles
  const { left } = column
  const stamps: Stamp[] = []
  let top = points(places.sender.top)
  for (const [i, line] of [sender.name, ...sender.lines].entries()) {
    const text = i === 0 ? styles.sender(line) : styles.senderLine(line)
    stamps.push(placeText(text, left, top))
    top += i === 0 ? text.height + 1 : text.height
  }
  if (top > points(places.window.top))
    throw new Refused(
      'letter-too-long',
      "the sender and what stands below it reach into the envelope's window. Give shorter ones.",
    )
  return [
    ...stamps,
    placeText(styles.date(date), left, points(places.date.top)),
    ...addressStamps(letter, styles),
  ]
}

/**
 * The address is read by machines and postmen, so it stands left to right in every language, lines close,
 * straight at the left.
 */
function addressStamps(letter: CheckedLetter, styles: Styles): Stamp[] {
  const { window } = styles.places
  const left = points(window.left + 4)
  const width = points(window.right - window.left - 6)
  const height = points(window.bottom - window.top)
  const narrow = (text: string, from: number, least: number) => {
    for (let size = from; size >= least; size -= 0.5) {
      const one = styles.address(size)(text)
      if (one.widths.length === 1 && (one.widths[0] ?? 0) <= width) return one
    }
    throw new Refused(
      'address-too-wide',
      `a line of ${text.length} characters does not fit the envelope's window. Shorten it in the register.`,
    )
  }
  const leading = Math.min(14.5, (height - 16) / letter.addressLines.length)
  const top = points(window.top) + 3
  return [
    ...(letter.addressLines.length === 1
      ? []
      : [placeText(narrow(`Returadress: ${letter.returnAddress}`, 8, 6), left, top + 5)]), // an identity number stands alone (docs/operator/protected.md)
    ...letter.addressLines.map((line, i) =>
      placeText(
        narrow(line, Math.min(11.5, leading - 1.5), 8),
        left,
        top + 13 + (i + 0.5) * leading,
      ),
    ),
  ]
}

/** How to check that the letter is real, at the foot of the first page; it grows upwards. */
function checkStamps(
  { rendered, checkUrl }: CheckedLetter,
  styles: Styles,
): { top: number; words: Stamp[]; code: Stamp } {
  const { code, places } = styles
  const { left, width } = styles.column
  const [codeLeft, textLeft] =
    styles.direction === 'rtl' ? [left, left + code + 10] : [left + width - code, left]
  const title = styles.checkTitle(rendered.labels.checkTitle)
  const text = styles.checkText(rendered.labels.checkText)
  const top = points(places.check.bottom) - Math.max(code, title.height + text.height)
  return {
    top,
    words: [
      styles.rule(top - 5),
      placeText(title, textLeft, top),
      placeText(text, textLeft, top + title.height),
    ],
    code: qrStamp(checkUrl, codeLeft, top, code),
  }
}

function footStamps(
  { id, rendered }: CheckedLetter,
  styles: Styles,
  n: number,
  of: number,
): Stamp[] {
  const { left, width } = styles.column
  const { labels } = rendered
  const page = styles.page(labels.page.replace('{n}', String(n)).replace('{m}', String(of)))
  const number = styles.number(
    styles.direction === 'rtl'
      ? `${labels.reference}: \u2066${id}\u2069`
      : `${labels.reference}: ${id}`,
  )
  const top = points(styles.places.footer) - page.style.leading
  const wide = page.widths[0] ?? 0
  const [numberLeft, pageLeft] =
    styles.direction === 'rtl'
      ? [left + width / 3, left - width / 3 + wide]
      : [left, left + width - wide]
  return [placeText(number, numberLeft, top), placeText(page, pageLeft, top)]
}
