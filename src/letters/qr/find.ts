/** Grey from 0 (black) to 255, row by row. */
export interface Picture {
  width: number
  height: number
  grey: Uint8Array
}

export interface Point {
  x: number
  y: number
}

export interface Corners {
  topLeft: Point
  topRight: Point
  bottomLeft: Point
  /** the distance between two of them, in modules */
  across: number
}

/** 1 where the picture is darker than around it: a shadow over half a photograph does no harm. */
export function darkOf({ width, height, grey }: Picture): Uint8Array {
  const sums = new Float64Array((width + 1) * (height + 1)) // of everything above and to the left
  for (let y = 0; y < height; y++) {
    for (let x = 0, line = 0; x < width; x++) {
      line += grey[y * width + x] ?? 0
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] ?? 0) + line
    }
  }
  const around = Math.max(8, Math.floor(Math.max(width, height) / 16))
  const dark = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - around), Math.min(height, y + around + 1)]
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(0, x - around), Math.min(width, x + around + 1)]
      const sum = (row: number, column: number) => sums[row * (width + 1) + column] ?? 0
      const mean =
        (sum(bottom, right) - sum(top, right) - sum(bottom, left) + sum(top, left)) /
        ((bottom - top) * (right - left))
      dark[y * width + x] = (grey[y * width + x] ?? 0) < mean * 0.85 ? 1 : 0
    }
  }
  return dark
}

interface Finder extends Point {
  module: number
  seen: number
}

/** Sets of three squares that can be the corners of one code, the likeliest first. */
export function findersIn(dark: Uint8Array, size: { width: number; height: number }): Corners[] {
  const finders = squares(dark, size)
    .sort((a, b) => b.seen - a.seen)
    .slice(0, 12)
  const sets: { corners: Corners; fault: number }[] = []
  for (const corner of finders) {
    for (const [i, one] of finders.entries()) {
      for (const other of finders.slice(i + 1)) {
        if (one === corner || other === corner) continue
        const [a, b] = [
          { x: one.x - corner.x, y: one.y - corner.y },
          { x: other.x - corner.x, y: other.y - corner.y },
        ]
        const [lengthA, lengthB] = [Math.hypot(a.x, a.y), Math.hypot(b.x, b.y)]
        const module = (corner.module + one.module + other.module) / 3
        const fault =
          Math.abs(lengthA - lengthB) / Math.max(lengthA, lengthB) +
          Math.abs(a.x * b.x + a.y * b.y) / (lengthA * lengthB) +
          (Math.max(corner.module, one.module, other.module) -
            Math.min(corner.module, one.module, other.module)) /
            module
        const across = (lengthA + lengthB) / 2 / module
        if (fault > 1 || across < 10 || across > 70) continue
        const turnsRight = a.x * b.y - a.y * b.x > 0
        sets.push({
          fault,
          corners: {
            topLeft: corner,
            topRight: turnsRight ? one : other,
            bottomLeft: turnsRight ? other : one,
            across,
          },
        })
      }
    }
  }
  return sets
    .sort((a, b) => a.fault - b.fault)
    .slice(0, 20)
    .map((set) => set.corners)
}

/** Places where dark and light follow each other as 1 : 1 : 3 : 1 : 1, across and down. */
function squares(dark: Uint8Array, { width, height }: { width: number; height: number }): Finder[] {
  const found: Finder[] = []
  for (let y = 0; y < height; y++) {
    const runs = [0, 0, 0, 0, 0] // the last five, the newest last
    let colour = 0
    for (let x = 0; x <= width; x++) {
      const now = x < width ? (dark[y * width + x] ?? 0) : 1 - colour
      if (now === colour) {
        runs[4] = (runs[4] ?? 0) + 1
        continue
      }
      if (colour === 1) consider(runs, x, y)
      runs.shift()
      runs.push(1)
      colour = now
    }
  }
  function consider(runs: number[], end: number, y: number) {
    const across = moduleOf(runs)
    if (across === undefined) return
    const x = end - (runs[4] ?? 0) - (runs[3] ?? 0) - (runs[2] ?? 0) / 2
    const down = crossing(dark, width, height, Math.floor(x), y)
    if (!down || Math.abs(down.module - across) > across * 0.6) return
    const near = found.find((f) => Math.hypot(f.x - x, f.y - down.middle) < f.module * 2)
    if (!near)
      return void found.push({ x, y: down.middle, module: (across + down.module) / 2, seen: 1 })
    near.x += (x - near.x) / (near.seen + 1)
    near.y += (down.middle - near.y) / (near.seen + 1)
    near.module += ((across + down.module) / 2 - near.module) / (near.seen + 1)
    near.seen++
  }
  return found
}

/** The size of a module when five runs are 1 : 1 : 3 : 1 : 1. */
function moduleOf(runs: readonly number[]): number | undefined {
  const total = runs.reduce((sum, run) => sum + run, 0)
  if (total < 7 || runs.includes(0)) return undefined
  const module = total / 7
  const slack = module * 0.7
  return runs.every(
    (run, i) => Math.abs(run - (i === 2 ? 3 : 1) * module) < (i === 2 ? 2 : 1) * slack,
  )
    ? module
    : undefined
}

/** The same pattern up and down through a dark place. */
function crossing(
  dark: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
): { middle: number; module: number } | undefined {
  const at = (row: number) => (row >= 0 && row < height ? (dark[row * width + x] ?? 0) : -1)
  if (at(y) !== 1) return undefined
  const walk = (step: 1 | -1) => {
    let row = y
    return [1, 0, 1].map((colour) => {
      let length = 0
      for (; at(row) === colour; row += step) length++
      return length
    })
  }
  const [upMiddle = 0, upLight = 0, upDark = 0] = walk(-1)
  const [downMiddle = 0, downLight = 0, downDark = 0] = walk(1)
  const module = moduleOf([upDark, upLight, upMiddle + downMiddle - 1, downLight, downDark])
  return module === undefined ? undefined : { middle: y + (downMiddle - upMiddle + 1) / 2, module }
}
