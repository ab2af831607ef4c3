import type { PanelRow } from '../texts/rendered.ts'
import type { Unit } from './flow.ts'
import { num } from './ops.ts'
import { accent, column, type Styles } from './styles.ts'
import { decoration, placeText, type Text } from './text.ts'

/** The frame with time and place, or with how to book: labels in one column, what matters in the other, big and bold. */
export function panelUnit(rows: PanelRow[], styles: Styles): Unit {
  const { sizes, direction } = styles
  const { left, width } = column
  const inset = sizes.body
  const labels = width * 0.3 - inset
  const small = sizes.label * 1.3
  const [labelLeft, valueLeft] = direction === 'rtl' ? [left + width - inset - labels, left + inset] : [left + inset, left + inset + labels]
  const placed: { label: Text; value: Text; more: Text | undefined; leading: number; top: number }[] = []
  let height = inset * 0.8
  for (const row of rows) {
    const leading = (row.big ? sizes.big : sizes.body * 1.12) * 1.32
    const label = styles.label(row.label)
    const value = (row.big ? styles.bigValue : styles.value)(row.value)
    const more = row.more === undefined ? undefined : styles.more(row.more)
    placed.push({ label, value, more, leading, top: height })
    const right = value.lines.length * leading + (more ? more.lines.length * sizes.leading : 0)
    height += Math.max(right, (leading - small) / 2 + label.lines.length * small) + inset * 0.45
  }
  height += inset * 0.35
  return {
    before: sizes.body * 1.1,
    height,
    keep: false,
    draw(top, page) {
      const box = `${num(left)} ${num(top)} ${num(width)} ${num(height)} re`
      page.push(decoration(`q 0.93 0.96 0.98 rg ${box} f ${accent} RG 1.6 w ${box} S Q\n`))
      for (const { label, value, more, leading, top: at } of placed) {
        const y = top + at
        page.push(placeText(label, labelLeft, y + (leading - small) / 2, small), placeText(value, valueLeft, y, leading))
        if (more) page.push(placeText(more, valueLeft, y + value.lines.length * leading, sizes.leading))
      }
    },
  }
}
