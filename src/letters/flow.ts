import { points, sheet } from './sheet.ts'
import type { Stamp } from './text.ts'

/** Something that stays whole: a paragraph, a list item, the panel. Lengths in points. */
export interface Unit {
  /** space above it, unless it begins a page */
  before: number
  height: number
  /** may not be the last on a page: a heading */
  keep: boolean
  draw(top: number, page: Stamp[]): void
}

/**
 * Puts units on pages, first come first placed.
 * @param firstBottom where the first page's text must end, points from the top
 */
export function flow(units: Unit[], firstBottom: number): Stamp[][] {
  const pages: Stamp[][] = []
  let page: Stamp[] = []
  pages.push(page)
  let top = points(sheet.title.top)
  let bottom = firstBottom
  let empty = true
  units.forEach((unit, i) => {
    let needed = unit.height
    for (let k = i; units[k]?.keep && k + 1 < units.length; k++) needed += (units[k + 1]?.before ?? 0) + (units[k + 1]?.height ?? 0)
    if (!empty && top + unit.before + needed > bottom) {
      page = []
      pages.push(page)
      top = points(sheet.nextTop)
      bottom = points(sheet.nextBottom)
      empty = true
    }
    if (!empty) top += unit.before
    unit.draw(top, page)
    top += unit.height
    empty = false
  })
  return pages
}
