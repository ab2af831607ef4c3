import { Refused } from '../errors.ts'
import type { Stamp } from './text/stamps.ts'

/** Something that stays whole: a paragraph, a list item, the panel. Lengths in points. */
export interface Unit {
  /** space above it, unless it begins a page */
  before: number
  height: number
  /** may not be the last on a page: a heading */
  keep: boolean
  /** begins a page, unless it already is beyond the first */
  turn?: boolean
  draw(top: number, page: Stamp[]): void
}

/** Points from the paper's top, between which the text of the first page and of the others stands. */
export interface Bounds {
  first: { top: number; bottom: number }
  next: { top: number; bottom: number }
}

/**
 * Puts units on pages, first come first placed.
 * @throws Refused `letter-too-long` when one has no room on a page of its own: it would run over what stands
 * below, or off the paper
 */
export function flow(units: Unit[], bounds: Bounds): Stamp[][] {
  const pages: Stamp[][] = [[]]
  let { top, bottom } = bounds.first
  let empty = true
  units.forEach((unit, i) => {
    let needed = unit.height
    for (let k = i; units[k]?.keep && k + 1 < units.length; k++)
      needed += (units[k + 1]?.before ?? 0) + (units[k + 1]?.height ?? 0)
    if (!empty && (top + unit.before + needed > bottom || (unit.turn && pages.length === 1))) {
      pages.push([])
      ;({ top, bottom } = bounds.next)
      empty = true
    }
    if (!empty) top += unit.before
    if (top + unit.height > bottom + 0.01)
      throw new Refused(
        'letter-too-long',
        'a part of the text is higher than a page has room for. Make it shorter, or two paragraphs.',
      )
    unit.draw(top, pages[pages.length - 1] ?? [])
    top += unit.height
    empty = false
  })
  return pages
}
