import {
  distanceSymbol,
  distanceSymbols,
  farthest,
  lengthSymbol,
  literalSymbols,
  longest,
  shortest,
} from './symbols.ts'

/** Where four bytes were seen last, by a hash of them, counted from `base`, which moves on with each text. */
const lastSeen = new Int32Array(4096)
const fourAt = new Int32Array(4096)
let base = 1

/** Texts cut into literals and matches, and how often each symbol comes in all of them. */
export class Tokens {
  /** a literal's byte, or a match's length × 2^16 + distance − 1, in the order they are written */
  readonly all: Uint32Array
  count = 0
  readonly literals = new Uint32Array(literalSymbols)
  readonly distances = new Uint32Array(distanceSymbols)

  /** @param bytes of all texts together: each makes one token at most */
  constructor(bytes: number) {
    this.all = new Uint32Array(bytes)
  }

  /** Finds repetitions as zlib's first level does: only the last place where the same four bytes stood is tried. */
  add(text: Uint8Array): void {
    const { length } = text
    const { all, literals, distances } = this
    let { count } = this
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
      if (from >= 0 && fourAt[slot] === four && i - from <= farthest) {
        let size = shortest
        while (size < longest && i + size < length && text[from + size] === text[i + size]) size++
        all[count++] = (size << 16) | (i - from - 1)
        literals[lengthSymbol[size]!]!++
        distances[distanceSymbol(i - from)]!++
        i += size
        if (i <= lastStart) four = (text[i]! << 8) | (text[i + 1]! << 16) | (text[i + 2]! << 24)
      } else {
        fourAt[slot] = four
        all[count++] = four & 255
        literals[four & 255]!++
        i++
      }
    }
    for (; i < length; i++) {
      all[count++] = text[i]!
      literals[text[i]!]!++
    }
    this.count = count
    base += length
  }
}
