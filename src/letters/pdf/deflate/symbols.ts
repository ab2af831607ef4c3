/** The symbols of deflate's codes (RFC 1951, 3.2.5). */

export const literalSymbols = 286
export const distanceSymbols = 30
export const endOfBlock = 256
/** the first symbol that is a match's length */
export const firstLength = 257

/** Lengths of matches that we look for; deflate also knows 3. */
export const shortest = 4
export const longest = 258
/** how far back a match may begin */
export const farthest = 32_768

/** The first length of each symbol from `firstLength`, and how many bits tell which one. */
export const lengthStarts = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
]
export const lengthBits = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]
/** by length */
export const lengthSymbol = Uint16Array.from(
  { length: longest + 1 },
  (_, size) => firstLength + lengthStarts.findLastIndex((start) => start <= size),
)

/** The first distance of each symbol. */
export const distanceStarts = Array.from({ length: distanceSymbols }, (_, symbol) =>
  symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << ((symbol >> 1) - 1)) + 1,
)
export const distanceSymbol = (distance: number): number => {
  if (distance < 5) return distance - 1
  const top = 31 - Math.clz32(distance - 1)
  return 2 * top + (((distance - 1) >> (top - 1)) & 1)
}
/** How many bits tell which distance of the symbol. */
export const distanceBits = (symbol: number): number => (symbol < 4 ? 0 : (symbol >> 1) - 1)
