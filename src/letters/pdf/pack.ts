import { canonicalCodes, codeLengths } from './huffman.ts'

/** Where a piece's tokens, and what stands as it is, are kept until its code is known. */
interface Piece {
  firstToken: number
  endToken: number
  plain: Buffer
  adler: number
}

/**
 * Packs many small pieces of the same kind (pages' operators) as zlib streams (RFC 1950, 1951). One code serves them all, made from what they
 * hold together, and repetitions are sought as zlib's first level does; zlib itself sets up window and code anew for each piece, which takes it some
 * four times as long as the packing.
 */
export class Packer {
  readonly #pieces: Piece[] = []
  /** a literal's byte, or a match's length × 2^16 + distance, in the order they are written */
  #tokens = new Uint32Array(1 << 16)
  #tokenCount = 0
  readonly #literals = new Uint32Array(286)
  readonly #distances = new Uint32Array(30)
  #code: Code | undefined

  /**
   * @param plain what ends the piece and can't be packed further: it stands as it is, and must not change until it is packed
   * @returns the piece's number
   */
  add(text: Uint8Array, plain: Buffer): number {
    const firstToken = this.#tokenCount
    this.#parse(text)
    return (
      this.#pieces.push({
        firstToken,
        endToken: this.#tokenCount,
        plain,
        adler: adlerOf(plain, adlerOf(text, 1)),
      }) - 1
    )
  }

  /** The packed piece, once all have been added. Valid until the next. */
  packed(number: number): Buffer {
    this.#code ??= codeOf(this.#literals, this.#distances)
    return this.#write(number, this.#code)
  }

  /** A piece by itself, packed with a code that is the same for all: half as well as among others of its kind. Valid until the next. */
  alone(text: Uint8Array, plain: Buffer): Buffer {
    const number = this.add(text, plain)
    const packed = this.#write(number, (commonCode ??= codeOf(common(286), common(30))))
    this.#pieces.length = this.#tokenCount = 0
    return packed
  }

  #write(number: number, code: Code): Buffer {
    const { firstToken, endToken, plain, adler } = this.#pieces[number]!
    const most = 600 + 6 * (endToken - firstToken) + 2 * plain.length // a match takes 48 bits at most
    if (packedBytes.length < most) packedBytes = Buffer.allocUnsafe(2 * most)
    writer.start(packedBytes, plain.length === 0 ? code.lastHead : code.head)
    writer.tokens(this.#tokens, firstToken, endToken, code)
    writer.put(code.literals[endOfBlock]! >>> 4, code.literals[endOfBlock]! & 15)
    if (plain.length > 0) writer.stored(plain)
    return packedBytes.subarray(0, writer.finish(adler))
  }

  #parse(text: Uint8Array): void {
    const { length } = text
    if (this.#tokenCount + length > this.#tokens.length) {
      const more = new Uint32Array(2 * (this.#tokenCount + length))
      more.set(this.#tokens)
      this.#tokens = more
    }
    const tokens = this.#tokens
    const literals = this.#literals
    let count = this.#tokenCount
    if (base > 0x3fffffff) {
      base = 1
      lastSeen.fill(0)
    }
    const lastStart = length - shortest
    let i = 0
    let four = length < shortest ? 0 : (text[0]! << 8) | (text[1]! << 16) | (text[2]! << 24)
    while (i <= lastStart) {
      four = (four >>> 8) | (text[i + 3]! << 24)
      const slot = Math.imul(four, 0x9e3779b1) >>> 20
      const from = lastSeen[slot]! - base
      lastSeen[slot] = base + i
      if (from >= 0 && fourAt[slot] === four && i - from <= 32_768) {
        let size = shortest
        while (size < longest && i + size < length && text[from + size] === text[i + size]) size++
        tokens[count++] = (size << 16) | (i - from - 1)
        literals[lengthSymbol[size]!]!++
        this.#distances[distanceSymbol(i - from)]!++
        i += size
        if (i <= lastStart) four = (text[i]! << 8) | (text[i + 1]! << 16) | (text[i + 2]! << 24)
      } else {
        fourAt[slot] = four
        tokens[count++] = four & 255
        literals[four & 255]!++
        i++
      }
    }
    for (; i < length; i++) {
      tokens[count++] = text[i]!
      literals[text[i]!]!++
    }
    this.#tokenCount = count
    base += length
  }
}

const shortest = 4
const longest = 258
const endOfBlock = 256

// Where four bytes were seen last, counted from `base`, which moves on with each piece.
const lastSeen = new Int32Array(4096)
const fourAt = new Int32Array(4096)
let base = 1

let packedBytes: Buffer = Buffer.allocUnsafe(1 << 14)

/** Table of RFC 1951, 3.2.5: the first length of each symbol from 257, the first distance of each, and how many bits tell which one. */
const lengthStarts = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
]
const lengthBits = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]
const lengthSymbol = Uint16Array.from(
  { length: longest + 1 },
  (_, size) => 257 + lengthStarts.findLastIndex((start) => start <= size),
)
const distanceStarts = Array.from({ length: 30 }, (_, symbol) =>
  symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << ((symbol >> 1) - 1)) + 1,
)
const distanceSymbol = (distance: number): number => {
  if (distance < 5) return distance - 1
  const top = 31 - Math.clz32(distance - 1)
  return 2 * top + (((distance - 1) >> (top - 1)) & 1)
}

interface Code {
  /** of each literal and length, and of each distance: 16 × its bits + how many they are */
  literals: Uint32Array
  distances: Uint32Array
  /** a stream's beginning, with how the lengths are told (3.2.7); for a block that others follow, and for the last one */
  head: Head
  lastHead: Head
}

interface Head {
  bytes: Buffer
  /** what doesn't fill a byte */
  held: number
  bits: number
}

function codeOf(literals: Uint32Array, distances: Uint32Array): Code {
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

let commonCode: Code | undefined

/** How often what comes in a page of Swedish: small letters, digits and what operators are written with; short matches, at any distance. */
function common(symbols: number): Uint32Array {
  const counts = new Uint32Array(symbols).fill(symbols === 30 ? 8 : 1)
  if (symbols === 30) return counts
  for (const byte of Buffer.from(
    'aeinrst'.repeat(4) + 'bcdfghklmopuvyåäö '.repeat(2) + '0123456789.[]() TJdBE\n/R',
    'latin1',
  ))
    counts[byte]! += 10
  for (let symbol = 258; symbol < 270; symbol++) counts[symbol] = 15
  return counts
}

const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

function headOf(lengths: Uint8Array, distanceLengths: Uint8Array, last: number): Head {
  const literalCount = Math.max(257, lengths.findLastIndex((length) => length > 0) + 1)
  const distanceCount = distanceLengths.findLastIndex((length) => length > 0) + 1
  const told = [...lengths.subarray(0, literalCount), ...distanceLengths.subarray(0, distanceCount)]
  const said: [symbol: number, more: number, width: number][] = []
  for (let i = 0; i < told.length;) {
    const length = told[i]!
    let same = 1
    while (told[i + same] === length) same++
    if (length === 0 && same >= 3) {
      same = Math.min(same, 138)
      said.push(same < 11 ? [17, same - 3, 3] : [18, same - 11, 7])
    } else if (i > 0 && told[i - 1] === length && same >= 3) {
      same = Math.min(same, 6)
      said.push([16, same - 3, 2])
    } else {
      same = 1
      said.push([length, 0, 0])
    }
    i += same
  }
  const counts = new Uint32Array(19)
  for (const [symbol] of said) counts[symbol]!++
  const sizes = codeLengths(counts, 7)
  const codes = canonicalCodes(sizes)
  const most = Math.max(4, order.findLastIndex((symbol) => sizes[symbol]! > 0) + 1)
  writer.start(packedBytes, { bytes: Buffer.from([0x78, 0x01]), held: 0, bits: 0 }) // deflate, window of 32 KB
  const parts: [bits: number, width: number][] = [
    [last, 1],
    [2, 2],
    [literalCount - 257, 5],
    [distanceCount - 1, 5],
    [most - 4, 4],
    ...order.slice(0, most).map((symbol): [number, number] => [sizes[symbol]!, 3]),
    ...said.flatMap(([symbol, more, width]): [number, number][] => [
      [codes[symbol]!, sizes[symbol]!],
      [more, width],
    ]),
  ]
  for (const [bits, width] of parts) writer.put(bits, width)
  return {
    bytes: Buffer.from(packedBytes.subarray(0, writer.at)),
    held: writer.held,
    bits: writer.bits,
  }
}

/** Bits from the lowest upwards into bytes. */
const writer = {
  out: packedBytes,
  at: 0,
  held: 0,
  bits: 0,

  start(out: Buffer, head: Head): void {
    this.out = out
    out.set(head.bytes)
    this.at = head.bytes.length
    this.held = head.held
    this.bits = head.bits
  },

  /** @param width at most 16 */
  put(value: number, width: number): void {
    this.held |= value << this.bits
    for (this.bits += width; this.bits >= 8; this.bits -= 8) {
      this.out[this.at++] = this.held & 255
      this.held >>>= 8
    }
  },

  tokens(tokens: Uint32Array, start: number, end: number, { literals, distances }: Code): void {
    const { out } = this
    for (let i = start; i < end; i++) {
      // Most are literals: they go on without the writer being asked.
      let { at, held, bits } = this
      for (; i < end && tokens[i]! < 256; i++) {
        const code = literals[tokens[i]!]!
        held |= (code >>> 4) << bits
        for (bits += code & 15; bits >= 8; bits -= 8) {
          out[at++] = held & 255
          held >>>= 8
        }
      }
      this.at = at
      this.held = held
      this.bits = bits
      if (i < end) this.match(tokens[i]! >>> 16, (tokens[i]! & 0xffff) + 1, literals, distances)
    }
  },

  match(size: number, distance: number, literals: Uint32Array, distances: Uint32Array): void {
    const symbol = lengthSymbol[size]!
    this.put(literals[symbol]! >>> 4, literals[symbol]! & 15)
    this.put(size - lengthStarts[symbol - 257]!, lengthBits[symbol - 257]!)
    const far = distanceSymbol(distance)
    this.put(distances[far]! >>> 4, distances[far]! & 15)
    this.put(distance - distanceStarts[far]!, far < 4 ? 0 : (far >> 1) - 1)
  },

  /** The last block, unpacked (3.2.4). */
  stored(plain: Buffer): void {
    this.put(1, 1)
    this.put(0, 2)
    this.flush()
    this.at = this.out.writeUInt16LE(plain.length, this.at)
    this.at = this.out.writeUInt16LE(~plain.length & 0xffff, this.at)
    this.out.set(plain, this.at)
    this.at += plain.length
  },

  flush(): void {
    if (this.bits > 0) this.put(0, 8 - this.bits)
  },

  /** @returns how long the stream is */
  finish(adler: number): number {
    this.flush()
    return this.out.writeUInt32BE(adler, this.at)
  },
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
