import { exp, log } from './encode.ts'

const times = (a: number, b: number) => (a && b ? (exp[(log[a] ?? 0) + (log[b] ?? 0)] ?? 0) : 0)
const divided = (a: number, b: number) => (a ? (exp[(log[a] ?? 0) + 255 - (log[b] ?? 0)] ?? 0) : 0)
/** A polynomial, lowest power first, at x. */
const at = (polynomial: readonly number[], x: number) =>
  polynomial.reduceRight((sum, coefficient) => times(sum, x) ^ coefficient, 0)

/**
 * Corrects a block's codewords in place (Reed–Solomon over GF(256), generator roots from 2^0: ISO/IEC 18004 annex B).
 * @param correction how many of its last codewords are for correction
 * @returns false when there are more faults than can be corrected
 */
export function correctBlock(block: Uint8Array, correction: number): boolean {
  const faults = Array.from({ length: correction }, (_, i) =>
    block.reduce((sum, word) => times(sum, exp[i] ?? 0) ^ word, 0),
  )
  if (faults.every((fault) => fault === 0)) return true
  const locator = locatorOf(faults)
  const found: number[] = [] // places, counted from the end
  for (let place = 0; place < block.length; place++)
    if (at(locator, exp[255 - place] ?? 0) === 0) found.push(place)
  if (found.length !== locator.length - 1 || found.length > correction / 2) return false
  // Forney: the fault's size from the evaluator and the locator's derivative
  const evaluator = product(faults, locator).slice(0, correction)
  for (const place of found) {
    const inverse = exp[255 - place] ?? 0
    let slope = 0
    for (let power = 1; power < locator.length; power += 2)
      slope ^= times(locator[power] ?? 0, powerOf(inverse, power - 1))
    const size = times(exp[place] ?? 0, divided(at(evaluator, inverse), slope))
    block[block.length - 1 - place] = (block[block.length - 1 - place] ?? 0) ^ size
  }
  return true
}

const powerOf = (x: number, power: number) => exp[((log[x] ?? 0) * power) % 255] ?? 0

function product(a: readonly number[], b: readonly number[]): number[] {
  const out = Array<number>(a.length + b.length - 1).fill(0)
  a.forEach((x, i) => b.forEach((y, k) => (out[i + k] = (out[i + k] ?? 0) ^ times(x, y))))
  return out
}

/** Berlekamp–Massey: the shortest polynomial that explains the faults; its roots say where they are. */
function locatorOf(faults: readonly number[]): number[] {
  let locator = [1]
  let before = [1]
  let length = 0
  let gap = 1
  let last = 1
  for (let n = 0; n < faults.length; n++) {
    let difference = faults[n] ?? 0
    for (let i = 1; i <= length; i++) difference ^= times(locator[i] ?? 0, faults[n - i] ?? 0)
    if (difference === 0) {
      gap++
      continue
    }
    const factor = divided(difference, last)
    const next = [...locator]
    before.forEach(
      (coefficient, i) => (next[i + gap] = (next[i + gap] ?? 0) ^ times(factor, coefficient)),
    )
    if (2 * length <= n) {
      length = n + 1 - length
      before = locator
      last = difference
      gap = 1
    } else gap++
    locator = Array.from(next, (coefficient) => coefficient ?? 0)
  }
  while (locator.length > 1 && locator.at(-1) === 0) locator.pop()
  return locator
}
