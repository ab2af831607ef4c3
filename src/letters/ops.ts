import type { Line } from './lines.ts'
import type { Run } from './shape.ts'

/** A number as PDF writes it: at most two decimals, which is 3 µm. */
export const num = (value: number): string => String(Math.round(value * 100) / 100)

const hex = (glyph: number) => glyph.toString(16).padStart(4, '0')

const made = new WeakMap<Run, Map<number, string>>()

/** The text-showing operators of one run; the pen ends at the run's width. */
function runOps(run: Run, size: number): string {
  const bySize = made.get(run) ?? new Map<number, string>()
  made.set(run, bySize)
  const ops = bySize.get(size) ?? makeRunOps(run, size)
  bySize.set(size, ops)
  return ops
}

function makeRunOps(run: Run, size: number): string {
  let ops = ''
  let shown = ''
  let pending = 0 // how far the pen stands from where the next glyph goes, in thousandths
  const move = (by: number) => {
    const n = Math.round(by)
    if (n !== 0) shown += `${-n} `
  }
  for (const glyph of run.glyphs) {
    if (glyph.dy !== 0) {
      if (shown) ops += `[${shown}]TJ `
      ops += `${num((glyph.dy * size) / 1000)} Ts `
      shown = ''
    }
    move(pending + glyph.dx)
    shown += `<${hex(glyph.cid)}>`
    // A glyph moves the pen by its width in the font; what shaping wants beside that is made up for before the next one.
    pending = glyph.advance - run.face.font.glyphHAdvance(glyph.id) - glyph.dx
    if (glyph.dy !== 0) {
      ops += `[${shown}]TJ 0 Ts `
      shown = ''
    }
  }
  move(pending)
  return shown ? `${ops}[${shown}]TJ ` : ops
}

/** The operators that show a line from where the pen stands. */
export function lineOps(line: Line, size: number): string {
  let face = ''
  let ops = ''
  for (const { run } of line.pieces) {
    if (run.face.name !== face) {
      face = run.face.name
      ops += `/${face} ${num(size)} Tf `
    }
    ops += runOps(run, size)
  }
  return ops
}
