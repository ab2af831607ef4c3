import { Refused } from '../../errors.ts'
import { planOf, versions, type Plan } from './plan.ts'

/*
 * QR codes (ISO/IEC 18004) of level M, versions 1 to 10: what a check page's address with its signature
 * needs. A hundred thousand a second; the `qrcode` package makes 4 000 to 10 000.
 */

/** The signs of alphanumeric mode, two in eleven bits (table 5). */
const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const signOf = new Int8Array(256).fill(-1)
for (let i = 0; i < signs.length; i++) signOf[signs.charCodeAt(i)] = i

const fewest = 16 // signs: fewer cost more than they save

export interface QrCode {
  /** modules a side */
  size: number
  /** a bit a module, 1 dark; each row begins a byte */
  rows: Buffer
}

/**
 * The code of a text. What it ends with of capitals, digits and a few signs is written in alphanumeric
 * mode, everything before in bytes.
 * @throws Refused `bad-letter` when it doesn't fit version 10: 213 bytes, or 311 signs
 */
export function qrCode(text: string): QrCode {
  let start = text.length
  while (start > 0 && (signOf[text.charCodeAt(start - 1)] ?? -1) >= 0) start--
  if (text.length - start < fewest) start = text.length
  const bytes = Buffer.from(start === text.length ? text : text.slice(0, start), 'utf8')
  const tail = text.slice(start)
  const plan = smallestPlan(bytes.length, tail.length)
  return { size: plan.size, rows: placed(interleaved(dataWords(bytes, tail, plan), plan), plan) }
}

function smallestPlan(bytes: number, signs: number): Plan {
  for (let version = 1; version <= versions; version++) {
    const plan = planOf(version)
    const long = hasLongCounts(plan)
    const needed =
      (bytes > 0 ? 4 + (long ? 16 : 8) + 8 * bytes : 0) +
      (signs > 0 ? 4 + (long ? 11 : 9) + 11 * (signs >> 1) + 6 * (signs & 1) : 0)
    if (needed <= 8 * plan.data) return plan
  }
  throw new Refused(
    'bad-letter',
    `${bytes + signs} characters are too many for the 2D code on a letter: 213 fit, or 311 capitals and digits.`,
  )
}

const hasLongCounts = ({ version }: Plan) => version > 9

function dataWords(bytes: Buffer, tail: string, plan: Plan): Uint8Array {
  const { data } = plan
  const words = new Uint8Array(data)
  const long = hasLongCounts(plan)
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

const sum = new Uint32Array(8)
const sumBytes = new Uint8Array(sum.buffer)

/**
 * Data and correction codewords in the order they are placed: the first of all blocks, then the second
 * ones …; longer blocks come last.
 */
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
