import { BitWriter } from './bit-writer.ts'
import { codeFor, commonCode, type Code } from './code.ts'
import {
  distanceBits,
  distanceStarts,
  distanceSymbol,
  endOfBlock,
  firstLength,
  lengthBits,
  lengthStarts,
  lengthSymbol,
} from './symbols.ts'
import { Tokens } from './tokens.ts'

/** A piece's text, and what ends it and stands unpacked. */
interface Piece {
  ops: Buffer
  plain: Buffer
}

const writer = new BitWriter(Buffer.allocUnsafe(1 << 14))

/**
 * Packs many small pieces of the same kind (pages' operators) as zlib streams (RFC 1950, 1951). One code
 * serves them all, made from what they hold together. zlib sets up window and code for each piece again,
 * which takes it some four times as long as the packing.
 * @returns the packed piece by its number; it is valid until the next one is asked for
 */
export function deflateTogether(
  pieces: readonly Piece[],
  which: 'own' | 'common',
): (number: number) => Buffer {
  return which === 'own' ? withOwnCode(pieces) : (number) => withCommonCode(pieces[number]!)
}

function withOwnCode(pieces: readonly Piece[]): (number: number) => Buffer {
  const tokens = new Tokens(pieces.reduce((sum, { ops }) => sum + ops.length, 0))
  const ends = new Uint32Array(pieces.length)
  const sums = new Uint32Array(pieces.length)
  for (let i = 0; i < pieces.length; i++) {
    const { ops, plain } = pieces[i]!
    tokens.add(ops)
    ends[i] = tokens.count
    sums[i] = adlerOf(plain, adlerOf(ops, 1))
  }
  const code = codeFor(tokens.literals, tokens.distances)
  return (number) => {
    const start = number === 0 ? 0 : ends[number - 1]!
    return written(tokens.all, start, ends[number]!, code, pieces[number]!.plain, sums[number]!)
  }
}

let scratch = new Tokens(1 << 14)

function withCommonCode({ ops, plain }: Piece): Buffer {
  if (scratch.all.length < ops.length) scratch = new Tokens(2 * ops.length)
  scratch.count = 0
  scratch.add(ops)
  const sum = adlerOf(plain, adlerOf(ops, 1))
  return written(scratch.all, 0, scratch.count, commonCode(), plain, sum)
}

/** A whole stream: tokens from `start` to `end`, what stands as it is, and the checksum of both. */
function written(
  tokens: Uint32Array,
  start: number,
  end: number,
  code: Code,
  plain: Buffer,
  sum: number,
): Buffer {
  const most = 600 + 6 * (end - start) + 2 * plain.length // a match takes 48 bits at most
  if (writer.out.length < most) writer.out = Buffer.allocUnsafe(2 * most)
  const { bytes, held, bits } = plain.length === 0 ? code.lastHead : code.head
  writer.at = 0
  writer.bytes(bytes)
  writer.held = held
  writer.bits = bits
  writeTokens(tokens, start, end, code)
  writer.put(code.literals[endOfBlock]! >>> 4, code.literals[endOfBlock]! & 15)
  if (plain.length > 0) writeStored(plain)
  writer.flush()
  writer.at = writer.out.writeUInt32BE(sum, writer.at)
  return writer.out.subarray(0, writer.at)
}

// Two bytes at a time and all in one function: written a byte at a time, with a call for each match, a batch takes 8
// % longer.
function writeTokens(
  tokens: Uint32Array,
  start: number,
  end: number,
  { literals, distances }: Code,
): void {
  const { out } = writer
  let { at, held, bits } = writer
  for (let i = start; i < end; i++) {
    const token = tokens[i]!
    const size = token >>> 16
    const symbol = size === 0 ? token : lengthSymbol[size]!
    let code = literals[symbol]!
    held |= (code >>> 4) << bits
    bits += code & 15
    if (bits >= 16) {
      out[at++] = held & 255
      out[at++] = (held >>> 8) & 255
      held >>>= 16
      bits -= 16
    }
    if (size === 0) continue
    held |= (size - lengthStarts[symbol - firstLength]!) << bits
    bits += lengthBits[symbol - firstLength]!
    if (bits >= 16) {
      out[at++] = held & 255
      out[at++] = (held >>> 8) & 255
      held >>>= 16
      bits -= 16
    }
    const far = distanceSymbol((token & 0xffff) + 1)
    code = distances[far]!
    held |= (code >>> 4) << bits
    bits += code & 15
    if (bits >= 16) {
      out[at++] = held & 255
      out[at++] = (held >>> 8) & 255
      held >>>= 16
      bits -= 16
    }
    held |= ((token & 0xffff) + 1 - distanceStarts[far]!) << bits
    bits += distanceBits(far)
    if (bits >= 16) {
      out[at++] = held & 255
      out[at++] = (held >>> 8) & 255
      held >>>= 16
      bits -= 16
    }
  }
  writer.at = at
  writer.held = held
  writer.bits = bits
}

/** The last block, as it is (RFC 1951, 3.2.4). */
function writeStored(plain: Buffer): void {
  writer.put(1, 1)
  writer.put(0, 2)
  writer.flush()
  writer.at = writer.out.writeUInt16LE(plain.length, writer.at)
  writer.at = writer.out.writeUInt16LE(~plain.length & 0xffff, writer.at)
  writer.bytes(plain)
}

/** The checksum of RFC 1950, 9. @param start of what came before, 1 for nothing */
function adlerOf(bytes: Uint8Array, start: number): number {
  let a = start & 0xffff
  let b = start >>> 16
  for (let i = 0; i < bytes.length;) {
    const end = Math.min(i + 3800, bytes.length) // so far neither can outgrow 31 bits
    for (; i < end; i++) {
      a += bytes[i]!
      b += a
    }
    a %= 65_521
    b %= 65_521
  }
  return ((b << 16) | a) >>> 0
}
