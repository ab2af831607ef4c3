import { correctBlock } from './correct.ts'
import { format, planOf, signs, versions, type Plan } from './encode.ts'
import { darkOf, findersIn, type Corners, type Picture, type Point } from './find.ts'

/**
 * Reads a letter's 2D code from a picture: a page, a scan or a photograph, turned any way. Only codes of the form that our letters have (level M,
 * one mask): with any other it is not ours.
 * @returns the text, or undefined when there is none
 */
export function readQr(picture: Picture): string | undefined {
  const dark = darkOf(picture)
  for (const corners of findersIn(dark, picture)) {
    for (const version of likely(corners.across)) {
      const plan = planOf(version)
      const words = codewords(dark, picture, corners, plan)
      const text = words && textOf(words, plan)
      if (text !== undefined) return text
    }
  }
  return undefined
}

/** Versions by how well their size fits the distance between the finders, counted in modules; seen cornerwise a module looks up to 1.4 times as big. */
const likely = (across: number) =>
  Array.from({ length: versions }, (_, i) => i + 1).sort(
    (a, b) => Math.abs(10 + 4 * a - across) - Math.abs(10 + 4 * b - across),
  )

function codewords(
  dark: Uint8Array,
  { width, height }: Picture,
  corners: Corners,
  plan: Plan,
): Uint8Array | undefined {
  const { size } = plan
  const sampled = (toPoint: (row: number, column: number) => Point) => {
    const modules = new Uint8Array(size * size)
    for (let row = 0, i = 0; row < size; row++) {
      for (let column = 0; column < size; column++, i++) {
        const { x, y } = toPoint(row, column)
        const [px, py] = [Math.floor(x), Math.floor(y)]
        if (px < 0 || py < 0 || px >= width || py >= height) return undefined
        modules[i] = dark[py * width + px] ?? 0
      }
    }
    return modules
  }
  const straight = parallel(corners, size)
  const at = ({ x, y }: Point) => dark[Math.floor(y) * width + Math.floor(x)] ?? 0
  const modules = sampled(
    plan.version > 1 ? seenFrom(corners, alignment(straight, at, size), size) : straight,
  )
  if (!modules || formatFaults(modules, size) > 3) return undefined
  const words = new Uint8Array(plan.data + plan.correction * plan.lengths.length)
  for (let i = 0; i < words.length * 8; i++)
    words[i >> 3] =
      ((words[i >> 3] ?? 0) << 1) | ((modules[plan.places[i] ?? 0] ?? 0) ^ (plan.turned[i] ?? 0))
  return words
}

/** Where a module's middle is in a picture taken straight from above. */
function parallel({ topLeft, topRight, bottomLeft }: Corners, size: number) {
  const span = size - 7
  return (row: number, column: number): Point => {
    const [u, v] = [(column - 3) / span, (row - 3) / span]
    return {
      x: topLeft.x + u * (topRight.x - topLeft.x) + v * (bottomLeft.x - topLeft.x),
      y: topLeft.y + u * (topRight.y - topLeft.y) + v * (bottomLeft.y - topLeft.y),
    }
  }
}

/** The middle of the alignment pattern near the fourth corner: where it looks most like one, the nearer to its place the better. */
function alignment(
  straight: (row: number, column: number) => Point,
  at: (p: Point) => number,
  size: number,
): Point {
  const middle = size - 7
  let best = { score: -1, far: 0, point: straight(middle, middle) }
  for (let down = -5; down <= 5; down += 0.5) {
    for (let right = -5; right <= 5; right += 0.5) {
      let score = 0
      for (let r = -2; r <= 2; r++)
        for (let c = -2; c <= 2; c++)
          score +=
            at(straight(middle + r + down, middle + c + right)) ===
            (Math.max(Math.abs(r), Math.abs(c)) === 1 ? 0 : 1)
              ? 1
              : 0
      const far = Math.abs(down) + Math.abs(right)
      if (score > best.score || (score === best.score && far < best.far))
        best = { score, far, point: straight(middle + down, middle + right) }
    }
  }
  return best.point
}

/** Where a module's middle is, seen from wherever three finders and the alignment pattern are where they are: a projection, by its eight equations. */
function seenFrom({ topLeft, topRight, bottomLeft }: Corners, aligned: Point, size: number) {
  const pairs: [u: number, v: number, to: Point][] = [
    [3, 3, topLeft],
    [size - 4, 3, topRight],
    [3, size - 4, bottomLeft],
    [size - 7, size - 7, aligned],
  ]
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = solved(
    pairs.flatMap(([u, v, { x, y }]) => [
      [u, v, 1, 0, 0, 0, -u * x, -v * x, x],
      [0, 0, 0, u, v, 1, -u * y, -v * y, y],
    ]),
  )
  return (row: number, column: number): Point => {
    const w = g * column + h * row + 1
    return { x: (a * column + b * row + c) / w, y: (d * column + e * row + f) / w }
  }
}

/** Gauss's elimination; each line ends with what it comes to. */
function solved(lines: number[][]): number[] {
  const n = lines.length
  for (let i = 0; i < n; i++) {
    const pivot = lines
      .slice(i)
      .reduce((best, line) => (Math.abs(line[i] ?? 0) > Math.abs(best[i] ?? 0) ? line : best))
    lines.splice(lines.indexOf(pivot), 1)
    lines.splice(i, 0, pivot)
    for (const line of lines) {
      if (line === pivot || !line[i]) continue
      const factor = (line[i] ?? 0) / (pivot[i] ?? 1)
      for (let k = i; k <= n; k++) line[k] = (line[k] ?? 0) - factor * (pivot[k] ?? 0)
    }
  }
  return lines.map((line, i) => (line[n] ?? 0) / (line[i] ?? 1))
}

function formatFaults(modules: Uint8Array, size: number): number {
  let faults = 0
  for (let i = 0; i < 15; i++)
    if (((format >> i) & 1) !== modules[8 * size + (i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i)])
      faults++
  return faults
}

function textOf(
  words: Uint8Array,
  { lengths, correction, data, version }: Plan,
): string | undefined {
  const bytes: number[] = []
  const [many, shortest] = [lengths.length, lengths[0] ?? 0]
  for (const [block, length] of lengths.entries()) {
    const own = Uint8Array.from([
      ...Array.from(
        { length },
        (_, i) => words[i < shortest ? i * many + block : data - many + block] ?? 0,
      ),
      ...Array.from({ length: correction }, (_, k) => words[data + k * many + block] ?? 0),
    ])
    if (!correctBlock(own, correction)) return undefined
    bytes.push(...own.subarray(0, length))
  }
  return said(bytes, version > 9)
}

/** Reads the segments: bytes (mode 0100) and signs (0010), until 0000 or the end. @returns undefined when there is another */
function said(words: number[], wide: boolean): string | undefined {
  let at = 0
  const left = () => 8 * words.length - at
  const take = (width: number) => {
    let value = 0
    for (let i = 0; i < width; i++, at++)
      value = (value << 1) | (((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    return value
  }
  let text = ''
  while (left() >= 4) {
    const mode = take(4)
    if (mode === 0) break
    if (mode !== 4 && mode !== 2) return undefined
    const length = take(mode === 4 ? (wide ? 16 : 8) : wide ? 11 : 9)
    if (length * (mode === 4 ? 8 : 5) > left()) return undefined
    if (mode === 4) text += Buffer.from(Array.from({ length }, () => take(8))).toString('utf8')
    else {
      for (let i = 0; i + 1 < length; i += 2) {
        const two = take(11)
        text += `${signs[Math.floor(two / 45)] ?? ''}${signs[two % 45] ?? ''}`
      }
      if (length % 2 === 1) text += signs[take(6)] ?? ''
    }
  }
  return text
}
