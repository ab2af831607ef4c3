import type { Line } from './lines.ts'
import { shownOf, type Run } from './shape.ts'

/** A number as PDF writes it: at most two decimals, which is 3 µm. */
export const num = (value: number): string => String(Math.round(value * 100) / 100)

/** The operators that show a line from where the pen stands. */
export function lineOps(line: Line, size: number): string {
  let face = ''
  let ops = ''
  let shown = ''
  for (const { run } of line.pieces) {
    if (run.face.name !== face || run.shown === undefined) {
      if (shown) ops += `[${shown}]TJ `
      shown = ''
    }
    if (run.face.name !== face) {
      face = run.face.name
      ops += `/${face} ${num(size)} Tf `
    }
    if (run.shown === undefined) ops += raisedOps(run, size)
    // after a number, another one must stand apart
    else shown += !shown || shown.endsWith(')') || run.shown.startsWith('(') ? run.shown : ` ${run.shown}`
  }
  if (shown) ops += `[${shown}]TJ `
  return ops.replaceAll(')(', '')
}

/** A run with glyphs off the baseline (vowel signs, Thai tone marks): each is raised or lowered by itself. The pen ends at the run's width. */
function raisedOps(run: Run, size: number): string {
  let ops = ''
  let at = 0
  while (at < run.glyphs.length) {
    const dy = run.glyphs[at]?.dy ?? 0
    let end = at + 1
    while (end < run.glyphs.length && run.glyphs[end]?.dy === dy) end++
    const shown = `[${shownOf(run.glyphs.slice(at, end), run.face)}]TJ `
    ops += dy === 0 ? shown : `${num((dy * size) / 1000)} Ts ${shown}0 Ts `
    at = end
  }
  return ops
}
