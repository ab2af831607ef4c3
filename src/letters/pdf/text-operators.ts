import type { Line } from '../text/lines.ts'
import { shownOf, type Run } from '../text/shape.ts'

/** A number as PDF writes it: at most two decimals, which is 3 µm. */
export const num = (value: number): string => String(Math.round(value * 100) / 100)

/**
 * The operators that show lines, each under the last, from where the first line's pen stands to the end of
 * the text object, in Latin-1.
 * @param leading points from one baseline to the next
 * @param direction from the left edge or, in right-to-left text, from the right
 */
export function linesOps(
  lines: Line[],
  { size, leading, direction }: { size: number; leading: number; direction: 'ltr' | 'rtl' },
): string {
  const state = { font: '' }
  const turned = direction === 'rtl'
  return `${lines.length > 1 && !turned ? `${num(leading)} TL` : ''}${lines
    .map((line, i) => {
      const moved =
        i === 0
          ? ''
          : turned
            ? `${num((lines[i - 1]?.width ?? 0) - line.width)} ${num(-leading)} Td`
            : 'T*'
      return `${moved}${lineOps(line, size, state) || ' '}` // after an empty line, too, the next operator must stand apart
    })
    .join('')}ET\n`
}

/** One line; `state` says which font is set. */
function lineOps(line: Line, size: number, state: { font: string }): string {
  let ops = ''
  let shown = ''
  for (const { run } of line.pieces) {
    if (run.font.name !== state.font || run.shown === undefined) {
      if (shown) ops += `[${shown}]TJ `
      shown = ''
    }
    if (run.font.name !== state.font) {
      state.font = run.font.name
      ops += `/${run.font.name} ${num(size)} Tf`
    }
    if (run.shown === undefined) ops += raisedOps(run, size)
    // after a number, another one must stand apart
    else
      shown +=
        !shown || shown.endsWith(')') || run.shown.startsWith('(') ? run.shown : ` ${run.shown}`
  }
  if (shown) ops += `[${shown}]TJ `
  return ops.replaceAll(')(', '')
}

/**
 * A run with glyphs off the baseline (vowel signs, Thai tone marks): each is raised or lowered by itself. The
 * pen ends at the run's width.
 */
function raisedOps({ glyphs, font, width }: Run, size: number): string {
  let ops = ''
  let pen = 0
  for (let at = 0, end: number; at < glyphs.length; at = end) {
    const dy = glyphs[at]?.dy ?? 0
    for (end = at + 1; end < glyphs.length && glyphs[end]?.dy === dy; end++);
    const part = shownOf(
      glyphs.slice(at, end),
      font,
      pen,
      end === glyphs.length ? width : undefined,
    )
    pen = part.pen
    ops += dy === 0 ? `[${part.shown}]TJ ` : ` ${num((dy * size) / 1000)} Ts[${part.shown}]TJ 0 Ts `
  }
  return ops
}
