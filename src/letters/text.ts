import type { Face } from './faces.ts'
import { breakLines, type Style } from './lines.ts'
import { lineOps, num } from './ops.ts'
import type { Run } from './shape.ts'

/** A paragraph broken and shaped, ready to be placed. */
export interface Text {
  lines: { width: number; ops: string }[]
  runs: Run[]
  faces: Face[]
  style: Style
}

const most = 1_500
const known = new Map<string, Text>()

/** Sets a paragraph. Most paragraphs are the same in all letters of a campaign, so each is set once. */
export function setText(text: string, style: Style): Text {
  const key = `${style.size} ${style.bold} ${style.direction} ${style.width} ${style.lineLength ?? ''} ${text}`
  const cached = known.get(key)
  if (cached) return cached
  const lines = breakLines(text, style)
  const runs = [...new Set(lines.flatMap((line) => line.pieces.map((piece) => piece.run)))]
  const set = {
    lines: lines.map((line) => ({ width: line.width, ops: lineOps(line, style.size) })),
    runs,
    faces: [...new Set(runs.map((run) => run.face))],
    style,
  }
  if (known.size >= most) known.clear()
  known.set(key, set)
  return set
}

/**
 * The operators that place a text: lines from `top` downwards, against the left edge or, in right-to-left text, the right one.
 * @param leading points from one baseline to the next
 */
export function placeText(text: Text, left: number, top: number, leading: number): string {
  const { direction, width, size } = text.style
  // The first baseline stands so that the line's height is centred on its letters (Noto Sans rises 0.71 of its size).
  const first = top + leading / 2 + size * 0.36
  return text.lines
    .map((line, i) => `BT 1 0 0 -1 ${num(direction === 'rtl' ? left + width - line.width : left)} ${num(first + i * leading)} Tm ${line.ops}ET\n`)
    .join('')
}
