import { Refused } from '../errors.ts'

/**
 * QR codes (ISO/IEC 18004) of level M in byte mode, versions 1 to 10: what a check page's address needs, a hundred thousand a second. The
 * mask is always the same: readers are told which, and with web addresses the choice makes no difference that they notice.
 */

export const versions = 10
/** per version: error correction codewords a block, then blocks of how many data codewords (table 9) */
const blocks: readonly (readonly [number, readonly (readonly [number, number])[]])[] = [
  [10, [[1, 16]]], [16, [[1, 28]]], [26, [[1, 44]]], [18, [[2, 32]]], [24, [[2, 43]]],
  [16, [[4, 27]]], [18, [[4, 31]]], [22, [[2, 38], [2, 39]]], [22, [[3, 36], [2, 37]]], [26, [[4, 43], [1, 44]]],
]
const alignment: readonly (readonly number[])[] = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]]
export const mask = 3
const masked = (row: number, column: number) => (row + column) % 3 === 0
/** level M and mask 3, error corrected and masked (annex C) */
export const format = formatBits(mask)

/** GF(256) by powers of its generator, and back */
export const exp = new Uint8Array(512)
export const log = new Uint8Array(256)
for (let i = 0, x = 1; i < 255; i++) {
  exp[i] = exp[i + 255] = x
  log[x] = i
  x = x & 0x80 ? (x << 1) ^ 0x11d : x << 1
}

export interface Plan {
  version: number
  size: number
  /** every module that the data doesn't decide, 1 dark */
  frame: Uint8Array
  /** where each bit of the data goes, in order, and whether the mask turns it */
  places: Uint16Array
  turned: Uint8Array
  data: number
  correction: number
  lengths: number[]
  generator: Uint8Array
}

const plans = new Map<number, Plan>()

export interface QrCode {
  /** modules a side */
  size: number
  /** row by row, 1 dark */
  modules: Uint8Array
}

/** @throws Refused `bad-letter` when the text is longer than 213 bytes */
export function qrCode(text: string): QrCode {
  const bytes = Buffer.from(text, 'utf8')
  const plan = planFor(bytes.length)
  const words = new Uint8Array(plan.data)
  const wide = plan.version > 9
  // mode 0100, the length in 8 or 16 bits, the bytes, 0000: everything half a codeword late
  let at = 0
  let half = 4
  const put = (byte: number) => {
    words[at++] = (half << 4) | (byte >> 4)
    half = byte & 15
  }
  if (wide) put(bytes.length >> 8)
  put(bytes.length & 255)
  for (const byte of bytes) put(byte)
  words[at++] = half << 4
  for (let pad = 0xec; at < plan.data; pad ^= 0xfd) words[at++] = pad
  return { size: plan.size, modules: placed(interleaved(words, plan), plan) }
}

/** @param version 1 to 10 */
export function planOf(version: number): Plan {
  const plan = plans.get(version) ?? makePlan(version)
  plans.set(version, plan)
  return plan
}

function planFor(length: number): Plan {
  for (let version = 1; version <= blocks.length; version++) {
    const plan = planOf(version)
    if (length + (version > 9 ? 3 : 2) <= plan.data) return plan
  }
  throw new Refused('bad-letter', `${length} bytes are too many for the 2D code on a letter: 213 fit.`)
}

function interleaved(words: Uint8Array, { lengths, correction, generator, data }: Plan): Uint8Array {
  const out = new Uint8Array(data + correction * lengths.length)
  const many = lengths.length
  let start = 0
  lengths.forEach((length, block) => {
    const rest = new Uint8Array(correction)
    for (let i = 0; i < length; i++) {
      const word = words[start + i] ?? 0
      // the first codewords of all blocks, then the second ones …; longer blocks come last and go on by themselves
      out[i < (lengths[0] ?? 0) ? i * many + block : data - many + block] = word
      const factor = word ^ (rest[0] ?? 0)
      rest.copyWithin(0, 1)
      rest[correction - 1] = 0
      if (factor === 0) continue
      const power = log[factor] ?? 0
      for (let k = 0; k < correction; k++) rest[k] = (rest[k] ?? 0) ^ (exp[power + (generator[k] ?? 0)] ?? 0)
    }
    for (let k = 0; k < correction; k++) out[data + k * many + block] = rest[k] ?? 0
    start += length
  })
  return out
}

function placed(words: Uint8Array, { frame, places, turned }: Plan): Uint8Array {
  const modules = frame.slice()
  for (let i = 0; i < places.length; i++) modules[places[i] ?? 0] = (((words[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) ^ (turned[i] ?? 0)
  return modules
}

function makePlan(version: number): Plan {
  const [correction, groups] = blocks[version - 1] ?? [0, []]
  const lengths = groups.flatMap(([count, length]) => Array<number>(count).fill(length))
  const size = 17 + 4 * version
  const frame = new Uint8Array(size * size)
  const taken = new Uint8Array(size * size)
  const set = (row: number, column: number, dark: boolean | number) => {
    if (row < 0 || column < 0 || row >= size || column >= size) return
    frame[row * size + column] = dark ? 1 : 0
    taken[row * size + column] = 1
  }
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [top, left] of [[0, 0], [0, size - 7], [size - 7, 0]] as const) {
    for (let r = -1; r <= 7; r++) {
      for (let c = -1; c <= 7; c++) set(top + r, left + c, Math.max(Math.abs(r - 3), Math.abs(c - 3)) !== 2 && Math.max(Math.abs(r - 3), Math.abs(c - 3)) < 4)
    }
  }
  const centres = alignment[version - 1] ?? []
  for (const row of centres) {
    for (const column of centres) {
      const inFinder = (row === 6 && (column === 6 || column === size - 7)) || (row === size - 7 && column === 6)
      if (inFinder) continue
      for (let r = -2; r <= 2; r++) for (let c = -2; c <= 2; c++) set(row + r, column + c, Math.max(Math.abs(r), Math.abs(c)) !== 1)
    }
  }
  for (let i = 0; i < 15; i++) {
    const bit = (format >> i) & 1
    set(i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, 8, bit)
    set(8, i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, bit)
  }
  set(size - 8, 8, 1)
  if (version >= 7) {
    const bits = versionBits(version)
    for (let i = 0; i < 18; i++) {
      const [far, near] = [size - 11 + (i % 3), Math.floor(i / 3)]
      set(far, near, (bits >> i) & 1)
      set(near, far, (bits >> i) & 1)
    }
  }
  const order: number[] = []
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right--
    for (let i = 0; i < size; i++) {
      const row = up ? size - 1 - i : i
      for (const column of [right, right - 1]) if (!taken[row * size + column]) order.push(row * size + column)
    }
  }
  return {
    version, size, frame, lengths, correction,
    places: Uint16Array.from(order),
    turned: Uint8Array.from(order, (place) => (masked(Math.floor(place / size), place % size) ? 1 : 0)),
    data: lengths.reduce((sum, length) => sum + length, 0),
    generator: generatorOf(correction),
  }
}

/** The generator polynomial's coefficients as powers of the field's generator, the leading one left out. */
function generatorOf(degree: number): Uint8Array {
  let polynomial = [1]
  for (let i = 0; i < degree; i++) {
    const next = [...polynomial, 0]
    polynomial.forEach((coefficient, k) => {
      if (coefficient) next[k + 1] = (next[k + 1] ?? 0) ^ (exp[((log[coefficient] ?? 0) + i) % 255] ?? 0)
    })
    polynomial = next
  }
  return Uint8Array.from(polynomial.slice(1), (coefficient) => log[coefficient] ?? 0)
}

function formatBits(pattern: number): number {
  let rest = pattern << 10 // level M is 00
  for (let i = 14; i >= 10; i--) if ((rest >> i) & 1) rest ^= 0x537 << (i - 10)
  return ((pattern << 10) | rest) ^ 0x5412
}

function versionBits(version: number): number {
  let rest = version << 12
  for (let i = 17; i >= 12; i--) if ((rest >> i) & 1) rest ^= 0x1f25 << (i - 12)
  return (version << 12) | rest
}
