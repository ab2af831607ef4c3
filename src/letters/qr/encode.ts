import { Refused } from '../../errors.ts'

/**
 * QR codes (ISO/IEC 18004) of level M, versions 1 to 10: what a check page's address with its signature needs, a hundred thousand a second. The
 * mask is always the same: readers are told which, and with web addresses the choice makes no difference that they notice.
 */

/** The signs of alphanumeric mode, two in eleven bits (table 5). */
export const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const signOf = new Int8Array(256).fill(-1)
for (let i = 0; i < signs.length; i++) signOf[signs.charCodeAt(i)] = i

export const versions = 10
/** per version: error correction codewords a block, then blocks of how many data codewords (table 9) */
const blocks: readonly (readonly [number, readonly (readonly [number, number])[]])[] = [
  [10, [[1, 16]]],
  [16, [[1, 28]]],
  [26, [[1, 44]]],
  [18, [[2, 32]]],
  [24, [[2, 43]]],
  [16, [[4, 27]]],
  [18, [[4, 31]]],
  [
    22,
    [
      [2, 38],
      [2, 39],
    ],
  ],
  [
    22,
    [
      [3, 36],
      [2, 37],
    ],
  ],
  [
    26,
    [
      [4, 43],
      [1, 44],
    ],
  ],
]
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
  /** the frame as rows of bits with the mask laid over it, and where in them each bit of the data goes */
  masked: Buffer
  spotBytes: Uint16Array
  spotBits: Uint8Array
  data: number
  correction: number
  lengths: number[]
  added: Uint32Array
}

const plans = new Map<number, Plan>()

export interface QrCode {
  /** modules a side */
  size: number
  /** a bit a module, 1 dark; each row begins a byte */
  rows: Buffer
}

const fewest = 16 // signs: fewer cost more than they save

/**
 * The code of a text. What it ends with of capitals, digits and a few signs is written in alphanumeric mode, everything before in bytes.
 * @throws Refused `bad-letter` when it doesn't fit version 10: 213 bytes, or 311 signs
 */
export function qrCode(text: string): QrCode {
  let start = text.length
  while (start > 0 && (signOf[text.charCodeAt(start - 1)] ?? -1) >= 0) start--
  if (text.length - start < fewest) start = text.length
  const bytes = Buffer.from(start === text.length ? text : text.slice(0, start), 'utf8')
  const tail = text.slice(start)
  const plan = planFor(bytes.length, tail.length)
  return { size: plan.size, rows: placed(interleaved(dataWords(bytes, tail, plan), plan), plan) }
}

function dataWords(bytes: Buffer, tail: string, { data, version }: Plan): Uint8Array {
  const words = new Uint8Array(data)
  const long = version > 9
  const state = { words, at: 0, held: 0, bits: 0 }
  if (bytes.length > 0) {
    put(state, 4, 4)
    put(state, bytes.length, long ? 16 : 8)
    let { at, held } = state // four bits wait: every byte begins in the middle of a word
    for (let i = 0; i < bytes.length; i++) {
      held = (held << 8) | bytes[i]!
      words[at++] = held >> 4
      held &= 15
    }
    Object.assign(state, { at, held })
  }
  if (tail !== '') {
    put(state, 2, 4)
    put(state, tail.length, long ? 11 : 9)
    for (let i = 0; i + 1 < tail.length; i += 2)
      put(state, 45 * signOf[tail.charCodeAt(i)]! + signOf[tail.charCodeAt(i + 1)]!, 11)
    if (tail.length % 2 === 1) put(state, signOf[tail.charCodeAt(tail.length - 1)]!, 6)
  }
  put(state, 0, Math.min(4, 8 * data - 8 * state.at - state.bits))
  if (state.bits > 0) put(state, 0, 8 - state.bits)
  for (let pad = 0xec; state.at < data; pad ^= 0xfd) words[state.at++] = pad
  return words
}

/** Writes bits, the highest first. */
function put(
  to: { words: Uint8Array; at: number; held: number; bits: number },
  value: number,
  width: number,
): void {
  to.held = (to.held << width) | value
  for (to.bits += width; to.bits >= 8; to.bits -= 8)
    to.words[to.at++] = (to.held >> (to.bits - 8)) & 255
  to.held &= (1 << to.bits) - 1
}

/** @param version 1 to 10 */
export function planOf(version: number): Plan {
  const plan = plans.get(version) ?? makePlan(version)
  plans.set(version, plan)
  return plan
}

function planFor(bytes: number, signs: number): Plan {
  for (let version = 1; version <= blocks.length; version++) {
    const plan = planOf(version)
    const wide = version > 9
    const needed =
      (bytes > 0 ? 4 + (wide ? 16 : 8) + 8 * bytes : 0) +
      (signs > 0 ? 4 + (wide ? 11 : 9) + 11 * (signs >> 1) + 6 * (signs & 1) : 0)
    if (needed <= 8 * plan.data) return plan
  }
  throw new Refused(
    'bad-letter',
    `${bytes + signs} characters are too many for the 2D code on a letter: 213 fit, or 311 capitals and digits.`,
  )
}

// The correction words of a block are a sum (in GF(2)) of what each half of each of its data words adds; four of their bytes are added at a time.
const sum = new Uint32Array(8)
const sumBytes = new Uint8Array(sum.buffer)

/** Data and correction codewords in the order they are placed: the first of all blocks, then the second ones …; longer blocks come last. */
function interleaved(words: Uint8Array, { lengths, correction, added, data }: Plan): Uint8Array {
  const out = new Uint8Array(data + correction * lengths.length)
  const many = lengths.length
  const shortest = lengths[0]!
  const longest = lengths[many - 1]!
  const wide = (correction + 3) >> 2
  let start = 0
  for (let block = 0; block < many; block++) {
    const length = lengths[block]!
    sum.fill(0)
    for (let i = 0; i < length; i++) {
      const word = words[start + i]!
      out[i < shortest ? i * many + block : data - many + block] = word
      const place = 32 * (longest - length + i)
      const [high, low] = [(place + (word >> 4)) * wide, (place + 16 + (word & 15)) * wide]
      for (let k = 0; k < wide; k++) sum[k]! ^= added[high + k]! ^ added[low + k]!
    }
    for (let k = 0; k < correction; k++) out[data + k * many + block] = sumBytes[k]!
    start += length
  }
  return out
}

function placed(words: Uint8Array, { masked, spotBytes, spotBits }: Plan): Buffer {
  const rows = Buffer.from(masked)
  for (let i = 0, at = 0; i < words.length; i++) {
    const word = words[i]!
    for (let bit = 7; bit >= 0; bit--, at++)
      rows[spotBytes[at]!]! ^= spotBits[at]! & -((word >> bit) & 1)
  }
  return rows
}

/** By place in the longest block (counted from its start) and half of a data word, what it adds to the correction words: `wide` times four bytes. */
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
  for (const [top, left] of [
    [0, 0],
    [0, size - 7],
    [size - 7, 0],
  ] as const) {
    for (let r = -1; r <= 7; r++) {
      for (let c = -1; c <= 7; c++)
        set(
          top + r,
          left + c,
          Math.max(Math.abs(r - 3), Math.abs(c - 3)) !== 2 &&
            Math.max(Math.abs(r - 3), Math.abs(c - 3)) < 4,
        )
    }
  }
  const centres = alignment[version - 1] ?? []
  for (const row of centres) {
    for (const column of centres) {
      const inFinder =
        (row === 6 && (column === 6 || column === size - 7)) || (row === size - 7 && column === 6)
      if (inFinder) continue
      for (let r = -2; r <= 2; r++)
        for (let c = -2; c <= 2; c++)
          set(row + r, column + c, Math.max(Math.abs(r), Math.abs(c)) !== 1)
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
      for (const column of [right, right - 1])
        if (!taken[row * size + column]) order.push(row * size + column)
    }
  }
  const rowBytes = (size + 7) >> 3
  const spotOf = (place: number) => Math.floor(place / size) * rowBytes * 8 + (place % size)
  const rows = Buffer.alloc(rowBytes * size)
  for (let place = 0; place < frame.length; place++) {
    const dark = taken[place]
      ? frame[place]
      : masked(Math.floor(place / size), place % size)
        ? 1
        : 0
    if (dark)
      rows[spotOf(place) >> 3] = (rows[spotOf(place) >> 3] ?? 0) | (0x80 >> (spotOf(place) & 7))
  }
  return {
    version,
    size,
    frame,
    lengths,
    correction,
    places: Uint16Array.from(order),
    turned: Uint8Array.from(order, (place) =>
      masked(Math.floor(place / size), place % size) ? 1 : 0,
    ),
    masked: rows,
    spotBytes: Uint16Array.from(order, (place) => spotOf(place) >> 3),
    spotBits: Uint8Array.from(order, (place) => 0x80 >> (spotOf(place) & 7)),
    data: lengths.reduce((sum, length) => sum + length, 0),
    added: addedBy(lengths.at(-1) ?? 0, correction),
  }
}

/** The generator polynomial's coefficients as powers of the field's generator, the leading one left out. */
function generatorOf(degree: number): Uint8Array {
  let polynomial = [1]
  for (let i = 0; i < degree; i++) {
    const next = [...polynomial, 0]
    polynomial.forEach((coefficient, k) => {
      if (coefficient)
        next[k + 1] = (next[k + 1] ?? 0) ^ (exp[((log[coefficient] ?? 0) + i) % 255] ?? 0)
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
