import type { PageFont } from './fonts.ts'
import { breakLines, type Style as LineStyle } from './lines.ts'
import { linesOps } from '../pdf/text-operators.ts'
import { plainText } from './latin-fast-path.ts'
import { BoundedCache } from '../bounded-cache.ts'
import type { Run } from './shape.ts'
import { a4 } from '../paper.ts'

/**
 * What a mark on paper is to a reader who can't see it: a heading, a paragraph, a list item's sign and text,
 * a panel's row, a picture, nothing.
 */
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
  /** it has glyphs without a text of their own: dots that Noto draws apart from Arabic letters */
  untold: boolean
  stamps: Stamp[]
}

/** Something at its place on a page. The same thing at the same place is one and the same stamp, in all letters. */
export interface Stamp {
  /**
   * operators in Latin-1: first `head`, then of a text where its first line begins, then `ops`; they leave
   * the graphics state as they found it
   */
  head: string
  ops: Buffer
  tag: Tag
  text: Text | undefined
  /** of a picture: what it shows, and where it stands (x, y, width, height in points from the top left) */
  picture: { alternative: string; box: readonly [number, number, number, number] } | undefined
  left: number
  top: number
  /** of a text, where its first line begins: hundredths of a point from the paper's lower left */
  x: number
  y: number
  /** how often the batch `of` has it */
  uses: number
  of: object | undefined
}

export type Setter = (text: string) => Text

/** Sets paragraphs in one style. Most are the same in all letters of a campaign, so each is set once. */
export function setter(style: Style): Setter {
  const known = new BoundedCache<string, Text>(400)
  return (said) => known.get(said) ?? known.set(said, setText(said, style))
}

const noRuns: Run[] = []

function setText(said: string, style: Style): Text {
  const { widths, ops, fonts, unlisted, untold } =
    (style.balanced ? undefined : plainText(said, style)) ?? wholeText(said, style)
  const inked = style.ink ? Buffer.concat([ops, Buffer.from(`${style.ink[1]}\n`)]) : ops
  return {
    said,
    style,
    widths,
    height: widths.length * style.leading,
    ops: inked,
    fonts,
    unlisted: unlisted ?? noRuns,
    untold: untold ?? false,
    stamps: [],
  }
}

function wholeText(said: string, style: Style) {
  const lines = style.balanced ? balancedLines(said, style) : breakLines(said, style)
  const runs = [...new Set(lines.flatMap((line) => line.pieces.map((piece) => piece.run)))]
  return {
    widths: lines.map((line) => line.width),
    ops: Buffer.from(linesOps(lines, style), 'latin1'),
    fonts: [...new Set(runs.map((run) => run.font))],
    unlisted: runs.filter((run) => run.unlisted.length > 0),
    untold: runs.some(
      (run) => run.font.by === 'glyph' && run.glyphs.some((glyph) => glyph.text === ''),
    ),
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
  const y = a4[1] - (top + leading / 2 + size * 0.36)
  const stamp: Stamp = {
    head: ink ? `${ink[0]} ` : '',
    ops: text.ops,
    tag,
    text,
    picture: undefined,
    left,
    top,
    x: Math.round(x * 100),
    y: Math.round(y * 100),
    uses: 0,
    of: undefined,
  }
  // Paragraphs under names of different length stand at different heights, but not many.
  if (text.stamps.length === 20) text.stamps.shift()
  text.stamps.push(stamp)
  return stamp
}

/** A line or frame that is decoration only. */
export const decoration = (ops: string): Stamp => ({
  head: '',
  ops: Buffer.from(ops, 'latin1'),
  tag: 'Artifact',
  text: undefined,
  picture: undefined,
  left: 0,
  top: 0,
  x: 0,
  y: 0,
  uses: 0,
  of: undefined,
})

/** What is made once for each number: a rule at its height. */
export function once<T>(make: (at: number) => T): (at: number) => T {
  const known = new BoundedCache<number, T>(500)
  return (at) => known.get(at) ?? known.set(at, make(at))
}
