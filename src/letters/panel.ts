import type { PanelRow } from '../texts/rendered.ts'
import type { Unit } from './paginate.ts'
import type { Styles } from './styles.ts'
import { placeText, type Text } from './text/stamps.ts'

/**
 * The frame with time and place, or with how to book: labels in one column, what matters in the other, big
 * and bold.
 */
export function panelUnit(rows: PanelRow[], styles: Styles): Unit {
  const { sizes, direction, column } = styles
  const { left, width } = column
  const inset = sizes.body
  const labels = width * 0.3 - inset
  const [labelLeft, valueLeft] =
    direction === 'rtl'
      ? [left + width - inset - labels, left + inset]
      : [left + inset, left + inset + labels]
  const placed: { label: Text; value: Text; more: Text | undefined; lower: number; top: number }[] =
    []
  let height = inset * 0.8
  for (const row of rows) {
    const label = styles.label(row.label)
    const value = (row.big ? styles.bigValue : styles.value)(row.value)
    const more = row.more === undefined ? undefined : styles.more(row.more)
    // The label stands in the middle of the value's first line.
    const lower = (value.style.leading - label.style.leading) / 2
    placed.push({ label, value, more, lower, top: height })
    height += Math.max(value.height + (more?.height ?? 0), lower + label.height) + inset * 0.45
  }
  height += inset * 0.35
  return {
    before: sizes.body * 1.1,
    height,
    keep: false,
    draw(top, page) {
      page.push(styles.frame(height)(top))
      for (const { label, value, more, lower, top: at } of placed) {
        const y = top + at
        page.push(placeText(label, labelLeft, y + lower), placeText(value, valueLeft, y))
        if (more) page.push(placeText(more, valueLeft, y + value.height))
      }
    },
  }
}
