import { BitWriter } from './bit-writer.ts'
import { canonicalCodes, codeLengths } from './huffman.ts'
import { distanceSymbols, endOfBlock, firstLength, literalSymbols } from './symbols.ts'

/** The prefix codes that streams are written with. */
export interface Code {
  /** of each literal and length, and of each distance: 16 × its bits + how many they are */
  literals: Uint32Array
  distances: Uint32Array
  /** a stream's beginning, which tells the codes; for a block that others follow, and for the last one */
  head: Head
  lastHead: Head
}

export interface Head {
  bytes: Buffer
  /** what doesn't fill a byte, and how many bits that is */
  held: number
  bits: number
}

/** The best code for symbols by how often they come. */
export function codeFor(literals: Uint32Array, distances: Uint32Array): Code {
  literals[endOfBlock] = 1
  distances[0] ||= 1 // a code must have a symbol
  const lengths = codeLengths(literals, 15)
  const distanceLengths = codeLengths(distances, 15)
  return {
    literals: joined(lengths),
    distances: joined(distanceLengths),
    head: headOf(lengths, distanceLengths, 0),
    lastHead: headOf(lengths, distanceLengths, 1),
  }
}

const joined = (lengths: Uint8Array): Uint32Array => {
  const codes = canonicalCodes(lengths)
  return Uint32Array.from(lengths, (length, symbol) => (codes[symbol]! << 4) | length)
}

let common: Code | undefined

/** A code that is the same for all letters, made from what a page of Swedish holds. */
export const commonCode = (): Code =>
  (common ??= codeFor(commonLiterals(), new Uint32Array(distanceSymbols).fill(8)))

/** Small letters, digits and what operators are written with; short matches, at any distance. */
function commonLiterals(): Uint32Array {
  const counts = new Uint32Array(literalSymbols).fill(1)
  const letters = 'aeinrst'.repeat(4) + 'bcdfghklmopuvyåäö '.repeat(2)
  for (const byte of Buffer.from(`${letters}0123456789.[]() TJdBE\n/R`, 'latin1'))
    counts[byte]! += 10
  for (let symbol = firstLength + 1; symbol < 270; symbol++) counts[symbol] = 15
  return counts
}

/** A symbol of the code for code lengths, and its extra bits (RFC 1951, 3.2.7). */
type Told = [symbol: number, more: number, width: number]

const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const dynamicCodes = 2 // kind of block

function headOf(lengths: Uint8Array, distanceLengths: Uint8Array, last: number): Head {
  const literalCount = Math.max(firstLength, lengths.findLastIndex((length) => length > 0) + 1)
  const distanceCount = distanceLengths.findLastIndex((length) => length > 0) + 1
  const told = runLengths([
    ...lengths.subarray(0, literalCount),
    ...distanceLengths.subarray(0, distanceCount),
  ])
  const counts = new Uint32Array(19)
  for (const [symbol] of told) counts[symbol]!++
  const sizes = codeLengths(counts, 7)
  const codes = canonicalCodes(sizes)
  const most = Math.max(4, order.findLastIndex((symbol) => sizes[symbol]! > 0) + 1)

  const writer = new BitWriter(Buffer.alloc(600))
  writer.bytes(Buffer.from([0x78, 0x01])) // deflate, window of 32 KB
  writer.put(last, 1)
  writer.put(dynamicCodes, 2)
  writer.put(literalCount - firstLength, 5)
  writer.put(distanceCount - 1, 5)
  writer.put(most - 4, 4)
  for (const symbol of order.slice(0, most)) writer.put(sizes[symbol]!, 3)
  for (const [symbol, more, width] of told) {
    writer.put(codes[symbol]!, sizes[symbol]!)
    writer.put(more, width)
  }
  return { bytes: writer.out.subarray(0, writer.at), held: writer.held, bits: writer.bits }
}

/** Code lengths with repetitions told as such. */
function runLengths(lengths: number[]): Told[] {
  const told: Told[] = []
  for (let i = 0; i < lengths.length;) {
    const length = lengths[i]!
    let same = 1
    while (lengths[i + same] === length) same++
    if (length === 0 && same >= 3) {
      same = Math.min(same, 138)
      told.push(same < 11 ? [17, same - 3, 3] : [18, same - 11, 7])
    } else if (i > 0 && lengths[i - 1] === length && same >= 3) {
      same = Math.min(same, 6)
      told.push([16, same - 3, 2])
    } else {
      same = 1
      told.push([length, 0, 0])
    }
    i += same
  }
  return told
}
