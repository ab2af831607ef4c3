/** Seeded uniform numbers in [0, 1): mulberry32. Same seed, same world, whatever the policy does. */
export type Random = () => number

export function random(seed: number): Random {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = a
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A standard normal number (Box–Muller). */
export const normal = (next: Random): number =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
export const between = (next: Random, low: number, high: number): number =>
  low + (high - low) * next()
export const whole = (next: Random, low: number, high: number): number =>
  low + Math.floor((high - low + 1) * next())
export const pick = <T>(next: Random, choices: readonly T[]): T =>
  choices[Math.floor(next() * choices.length)] as T
