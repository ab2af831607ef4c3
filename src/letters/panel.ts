import type { PanelRow } from '../texts/rendered.ts'
import type { Unit } from './flow.ts'
import { num } from './ops.ts'
import type { sizesOf } from './sheet.ts'
import { placeText, setText, type Text } from './text.ts'

interface Place {
  left: number
  width: number
  direction: 'ltr' | 'rtl'
  sizes: ReturnType<typeof sizesOf>
  /** notes what a text is drawn with */
  use: (text: Text) => Text
}

/** The frame with time and place, or with how to book: labels in one column, what matters in the other, big and bold. */
export function panelUnit(rows: PanelRow[], { left, width, direction, sizes, use }: Place): Unit {
  const inset = sizes.body
  const labels = width * 0.3 - inset
  const values = width * 0.7 - inset
  const set = (text: string, size: number, bold: boolean, wide: number) => use(setText(text, { size, bold, direction, width: wide }))
  const mirrored = direction === 'rtl'
  const [labelLeft, valueLeft] = mirrored ? [left + width - inset - labels, left + inset] : [left + inset, left + inset + labels]
  const placed: { label: Text; value: Text; more?: Text; leading: number; top: number }[] = []
  let height = inset * 0.8
  for (const row of rows) {
    const size = row.big ? sizes.big : sizes.body * 1.12
    const leading = size * 1.32
    const label = set(row.label, sizes.label, false, labels - 6)
    const value = set(row.value, size, true, values)
    const more = row.more === undefined ? undefined : set(row.more, sizes.body, false, values)
    placed.push({ label, value, more, leading, top: height })
    const right = value.lines.length * leading + (more ? more.lines.length * sizes.leading : 0)
    height += Math.max(right, (leading - sizes.label * 1.3) / 2 + label.lines.length * sizes.label * 1.3) + inset * 0.45
  }
  height += inset * 0.35
  return {
    before: sizes.body * 1.1,
    height,
    keep: false,
    draw(top) {
      const frame = `q 0.93 0.96 0.98 rg ${num(left)} ${num(top)} ${num(width)} ${num(height)} re f 0.04 0.24 0.42 RG 1.6 w ${num(left)} ${num(top)} ${num(width)} ${num(height)} re S Q\n`
      return frame + placed
        .map(({ label, value, more, leading, top: at }) => {
          const y = top + at
          const beside = (leading - sizes.label * 1.3) / 2
          return placeText(label, labelLeft, y + beside, sizes.label * 1.3)
            + placeText(value, valueLeft, y, leading)
            + (more ? placeText(more, valueLeft, y + value.lines.length * leading, sizes.leading) : '')
        })
        .join('')
    },
  }
}
