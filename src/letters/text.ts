import type { PageFont } from './faces.ts'
import { breakLines, type Style as LineStyle } from './lines.ts'
import { linesOps, num } from './ops.ts'
import { plainText } from './plain.ts'
import { Recent } from './recent.ts'
import type { Run } from './shape.ts'
import { up } from './sheet.ts'

/** What a mark on paper is to a reader who can't see it: a heading, a paragraph, a list item's sign and text, a panel's row, a picture, nothing. */
export type Tag = 'H1' | 'H2' | 'P' | 'Lbl' | 'LBody' | 'TH' | 'TD' | 'Figure' | 'Artifact'

export interface Style extends LineStyle {
  tag: Tag
  /** points from one baseline to the next */
  leading: number
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
  /** of each line, points */
  widths: number[]
  height: number
  /** operators from where the first line's pen stands, in Latin-1 */
  ops: Buffer
  fonts: PageFont[]
  /** those with glyphs whose text no font tells */
  unlisted: Run[]
  stamps: Stamp[]
}

/** Something at its place on a page. The same thing at the same place is one and the same stamp, in all letters. */
export interface Stamp {
  /** operators in Latin-1, `head` before `ops`; they leave the graphics state as they found it */
  head: string
  ops: Buffer
  tag: Tag
  text?: Text
  /** of a picture: what it shows, and where it stands (x, y, width, height in points from the top left) */
  picture?: { alternative: string; box: readonly [number, number, number, number] }
  left: number
  top: number
  /** how often the batch `of` has it */
  uses: number
  of: object | undefined
}

export type Setter = (text: string) => Text

/** Sets paragraphs in one style. Most are the same in all letters of a campaign, so each is set once. */
export function setter(style: Style): Setter {
  const known = new Recent<string, Text>(400)
  return (said) => known.get(said) ?? known.set(said, setText(said, style))
}

function setText(said: string, style: Style): Text {
  const plain = style.balanced ? undefined : plainText(said, style)
  const text = plain ? { widths: plain.widths, ops: plain.ops, fonts: [plain.face.byByte], unlisted: [] } : wholeText(said, style)
  const ops = style.ink ? Buffer.concat([text.ops, Buffer.from(`${style.ink[1]}\n`)]) : text.ops
  return { said, style, ...text, ops, height: text.widths.length * style.leading, stamps: [] }
}

function wholeText(said: string, style: Style) {
  const lines = style.balanced ? balancedLines(said, style) : breakLines(said, style)
  const runs = [...new Set(lines.flatMap((line) => line.pieces.map((piece) => piece.run)))]
  return {
    widths: lines.map((line) => line.width),
    ops: Buffer.from(linesOps(lines, style), 'latin1'),
    fonts: [...new Set(runs.map((run) => run.font))],
    unlisted: runs.filter((run) => run.unlisted.length > 0),
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
 */
export function placeText(text: Text, left: number, top: number): Stamp {
  for (const stamp of text.stamps) if (stamp.top === top && stamp.left === left) return stamp
  const { direction, width, size, leading, ink, tag } = text.style
  const x = direction === 'rtl' ? left + width - (text.widths[0] ?? 0) : left
  // The first baseline stands so that the line's height is centred on its letters (Noto Sans rises 0.71 of its size).
  const head = `${ink ? `${ink[0]} ` : ''}BT ${num(x)} ${up(top + leading / 2 + size * 0.36)} Td `
  const stamp: Stamp = { head, ops: text.ops, tag, text, left, top, uses: 0, of: undefined }
  if (text.stamps.length === 20) text.stamps.shift() // paragraphs under names of different length stand at different heights, but not many
  text.stamps.push(stamp)
  return stamp
}

const drawn = new Recent<string, Stamp>(500)

/** A line or frame that is decoration only, the same stamp each time. */
export const decoration = (ops: string): Stamp =>
  drawn.get(ops) ?? drawn.set(ops, { head: '', ops: Buffer.from(ops, 'latin1'), tag: 'Artifact', left: 0, top: 0, uses: 0, of: undefined })
