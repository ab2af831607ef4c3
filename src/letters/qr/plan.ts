import { exp, generatorOf, log } from './field.ts'

/** What all codes of one version (size) have in common, made once. */
export interface Plan {
  version: number
  /** modules a side */
  size: number
  /** the code without data as rows of bits, 1 dark, with the mask laid over where the data goes */
  masked: Buffer
  /** where in those rows each bit of the data goes, in order: which byte, and the bit's value in it */
  spotBytes: Uint16Array
  spotBits: Uint8Array
  /** how many data codewords, how many of them in each block, and correction codewords a block */
  data: number
  lengths: number[]
  correction: number
  /** what each half of a data word adds to the correction words of its block (`addedBy`) */
  added: Uint32Array
}

type Group = readonly [blocks: number, dataWords: number]
/** Level M, by version from 1: correction codewords a block, then blocks of how many data codewords (table 9). */
const blocks: readonly (readonly [correction: number, ...Group[]])[] = [
  [10, [1, 16]],
  [16, [1, 28]],
  [26, [1, 44]],
  [18, [2, 32]],
  [24, [2, 43]],
  [16, [4, 27]],
  [18, [4, 31]],
  [22, [2, 38], [2, 39]],
  [22, [3, 36], [2, 37]],
  [26, [4, 43], [1, 44]],
]
/** By version: rows and columns of the centres of alignment patterns (annex E). */
const alignment: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
]

/** Always the same one: readers are told which, and with web addresses they notice no difference. */
export const mask = 3
const isTurned = (row: number, column: number) => (row + column) % 3 === 0

const plans: Plan[] = []

/** @param version 1 to `versions` */
export const planOf = (version: number): Plan => (plans[version] ??= makePlan(version))
export const versions = blocks.length

function makePlan(version: number): Plan {
  const [correction = 0, ...groups] = blocks[version - 1] ?? [0]
  const lengths = groups.flatMap(([count, length]) => Array<number>(count).fill(length))
  const frame = frameOf(version)
  const { size, taken } = frame
  const order = dataOrder(frame)
  const rowBytes = (size + 7) >> 3
  const spotOf = (place: number) => Math.floor(place / size) * rowBytes * 8 + (place % size)
  const masked = Buffer.alloc(rowBytes * size)
  for (let place = 0; place < taken.length; place++) {
    const dark = taken[place] ? frame.dark[place] : isTurned(Math.floor(place / size), place % size)
    const spot = spotOf(place)
    if (dark) masked[spot >> 3] = (masked[spot >> 3] ?? 0) | (0x80 >> (spot & 7))
  }
  return {
    version,
    size,
    masked,
    spotBytes: Uint16Array.from(order, (place) => spotOf(place) >> 3),
    spotBits: Uint8Array.from(order, (place) => 0x80 >> (spotOf(place) & 7)),
    data: lengths.reduce((sum, length) => sum + length, 0),
    lengths,
    correction,
    added: addedBy(lengths.at(-1) ?? 0, correction),
  }
}

/** The modules that the data doesn't decide: finders, timing, alignment, format and version. */
class Frame {
  readonly size: number
  /** row by row, 1 for each such module, and 1 for each that is dark */
  readonly taken: Uint8Array
  readonly dark: Uint8Array

  constructor(size: number) {
    this.size = size
    this.taken = new Uint8Array(size * size)
    this.dark = new Uint8Array(size * size)
  }

  set(row: number, column: number, dark: boolean | number): void {
    const { size } = this
    if (row < 0 || column < 0 || row >= size || column >= size) return
    this.dark[row * size + column] = dark ? 1 : 0
    this.taken[row * size + column] = 1
  }

  /** Squares within each other around a middle; `isDark` by how far a module is from it. */
  squares(row: number, column: number, far: number, isDark: (far: number) => boolean): void {
    for (let r = -far; r <= far; r++)
      for (let c = -far; c <= far; c++)
        this.set(row + r, column + c, isDark(Math.max(Math.abs(r), Math.abs(c))))
  }
}

function frameOf(version: number): Frame {
  const size = 17 + 4 * version
  const frame = new Frame(size)
  for (let i = 0; i < size; i++) {
    frame.set(6, i, i % 2 === 0)
    frame.set(i, 6, i % 2 === 0)
  }
  const corners = [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const
  for (const [row, column] of corners)
    frame.squares(row, column, 4, (far) => far !== 2 && far !== 4)
  const centres = alignment[version - 1] ?? []
  for (const row of centres)
    for (const column of centres) {
      const far = size - 7
      const inFinder =
        (row === 6 && (column === 6 || column === far)) || (row === far && column === 6)
      if (!inFinder) frame.squares(row, column, 2, (far) => far !== 1)
    }
  setFormat(frame)
  if (version >= 7) setVersion(frame, version)
  return frame
}

/** Level and mask, twice (7.9). */
function setFormat(frame: Frame): void {
  const { size } = frame
  for (let i = 0; i < 15; i++) {
    const bit = (format >> i) & 1
    frame.set(i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, 8, bit)
    frame.set(8, i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, bit)
  }
  frame.set(size - 8, 8, 1)
}

/** The version, twice (7.10). */
function setVersion(frame: Frame, version: number): void {
  const bits = versionBits(version)
  for (let i = 0; i < 18; i++) {
    const [far, near] = [frame.size - 11 + (i % 3), Math.floor(i / 3)]
    frame.set(far, near, (bits >> i) & 1)
    frame.set(near, far, (bits >> i) & 1)
  }
}

/** The places that are left for data, two columns at a time, up and down from the right (7.7.3). */
function dataOrder({ size, taken }: Frame): number[] {
  const order: number[] = []
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right--
    for (let i = 0; i < size; i++) {
      const row = up ? size - 1 - i : i
      for (const column of [right, right - 1])
        if (!taken[row * size + column]) order.push(row * size + column)
    }
  }
  return order
}

/**
 * What a data word adds to the correction words of its block: they are a sum in GF(2), so that each half
 * of a word can be looked up. By place in the longest block (counted from its start) and half word,
 * correction words in fours of bytes.
 */
function addedBy(longest: number, correction: number): Uint32Array {
  const generator = generatorOf(correction)
  const wide = (correction + 3) >> 2
  const added = new Uint32Array(longest * 32 * wide)
  const bytes = new Uint8Array(added.buffer)
  const rest = new Uint8Array(longest + correction)
  for (let place = 0; place < longest; place++) {
    for (let half = 0; half < 32; half++) {
      rest.fill(0)
      rest[place] = half < 16 ? half << 4 : half - 16
      for (let i = place; i < longest; i++) {
        const factor = rest[i]!
        if (factor !== 0)
          for (let k = 0; k < correction; k++)
            rest[i + 1 + k]! ^= exp[log[factor]! + generator[k]!]!
      }
      bytes.set(rest.subarray(longest), (place * 32 + half) * wide * 4)
    }
  }
  return added
}

/** Level M (00) and the mask, error corrected and masked (annex C). */
const format = formatBits(mask)
function formatBits(pattern: number): number {
  let rest = pattern << 10
  for (let i = 14; i >= 10; i--) if ((rest >> i) & 1) rest ^= 0x537 << (i - 10)
  return ((pattern << 10) | rest) ^ 0x5412
}

/** Error corrected (annex D). */
function versionBits(version: number): number {
  let rest = version << 12
  for (let i = 17; i >= 12; i--) if ((rest >> i) & 1) rest ^= 0x1f25 << (i - 12)
  return (version << 12) | rest
}
