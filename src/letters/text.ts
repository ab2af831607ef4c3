import type { Face } from './faces.ts'
import { breakLines, type Style as LineStyle } from './lines.ts'
import { lineOps, num } from './ops.ts'
import { plainLines } from './plain.ts'
import { Recent } from './recent.ts'
import type { Run } from './shape.ts'

/** What a mark on paper is to a reader who can't see it: a heading, a paragraph, a list item's sign and text, a panel's row, a picture, nothing. */
export type Tag = 'H1' | 'H2' | 'P' | 'Lbl' | 'LBody' | 'TH' | 'TD' | 'Figure' | 'Artifact'

export interface Style extends LineStyle {
  tag: Tag
  /** operators before and after, for another ink */
  ink?: readonly [string, string]
  /** two lines of about the same length rather than one full and one with a single word */
  balanced?: boolean
  /** when not the letter's own */
  language?: string
}

/** A paragraph broken and shaped, ready to be placed. */
export interface Text {
  said: string
  style: Style
  lines: { width: number; ops: string }[]
  faces: Face[]
  /** those with glyphs whose text no font tells */
  unlisted: Run[]
  stamps: Stamp[]
}

/** Something at its place on a page. The same thing at the same place is one and the same stamp, in all letters. */
export interface Stamp {
  /** operators in Latin-1, each line ended; they leave the graphics state as they found it */
  ops: Buffer
  tag: Tag
  text?: Text
  /** of a picture: what it shows, and where it stands (x, y, width, height in points from the top left) */
  picture?: { alternative: string; box: readonly [number, number, number, number] }
  left: number
  top: number
  leading: number
}

export type Setter = (text: string) => Text

/** Sets paragraphs in one style. Most are the same in all letters of a campaign, so each is set once. */
export function setter(style: Style): Setter {
  const known = new Recent<string, Text>(400)
  return (said) => known.get(said) ?? known.set(said, setText(said, style))
}

function setText(said: string, style: Style): Text {
  const plain = style.balanced ? undefined : plainLines(said, style)
  if (plain) return { said, style, lines: plain.lines, faces: [plain.face], unlisted: [], stamps: [] }
  const lines = style.balanced ? balancedLines(said, style) : breakLines(said, style)
  const runs = [...new Set(lines.flatMap((line) => line.pieces.map((piece) => piece.run)))]
  return {
    said, style,
    lines: lines.map((line) => ({ width: line.width, ops: lineOps(line, style.size) })),
    faces: [...new Set(runs.map((run) => run.face))],
    unlisted: runs.filter((run) => run.unlisted.length > 0),
    stamps: [],
  }
}

function balancedLines(said: string, style: Style) {
  const full = breakLines(said, style)
  if (full.length === 1) return full
  for (const part of [0.55, 0.65, 0.75, 0.85]) {
    const narrow = breakLines(said, { ...style, width: style.width * part })
    if (narrow.length === full.length) return narrow
  }
  return full
}

/**
 * Places a text: lines from `top` downwards, against the left edge or, in right-to-left text, the right one.
 * @param leading points from one baseline to the next
 */
export function placeText(text: Text, left: number, top: number, leading: number): Stamp {
  for (const stamp of text.stamps) if (stamp.top === top && stamp.left === left && stamp.leading === leading) return stamp
  const { direction, width, size, ink, tag } = text.style
  // The first baseline stands so that the line's height is centred on its letters (Noto Sans rises 0.71 of its size).
  const first = top + leading / 2 + size * 0.36
  let ops = ink ? `${ink[0]}\n` : ''
  text.lines.forEach((line, i) => {
    ops += `BT 1 0 0 -1 ${num(direction === 'rtl' ? left + width - line.width : left)} ${num(first + i * leading)} Tm ${line.ops}ET\n`
  })
  if (ink) ops += `${ink[1]}\n`
  const stamp: Stamp = { ops: Buffer.from(ops, 'latin1'), tag, text, left, top, leading }
  if (text.stamps.length === 20) text.stamps.shift() // paragraphs under names of different length stand at different heights, but not many
  text.stamps.push(stamp)
  return stamp
}

const drawn = new Recent<string, Stamp>(500)

/** A line or frame that is decoration only, the same stamp each time. */
export const decoration = (ops: string): Stamp =>
  drawn.get(ops) ?? drawn.set(ops, { ops: Buffer.from(ops, 'latin1'), tag: 'Artifact', left: 0, top: 0, leading: 0 })
