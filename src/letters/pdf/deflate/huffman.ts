/**
 * The lengths of the best prefix code for symbols by how often they come (Huffman), none longer than `most`
 * bits; 0 for those that don't come. A code of one symbol has length 1.
 */
export function codeLengths(counts: Uint32Array, most: number): Uint8Array {
  const lengths = new Uint8Array(counts.length)
  const used = [...counts.keys()].filter((symbol) => counts[symbol]! > 0)
  if (used.length === 1) lengths[used[0]!] = 1
  for (let flat = 0; used.length > 1; flat++) {
    // counts flattened until the rarest is not too deep
    const leaves = used
      .map((symbol) => ({ symbols: [symbol], count: Math.max(1, counts[symbol]! >>> (2 * flat)) }))
      .sort((a, b) => a.count - b.count || a.symbols[0]! - b.symbols[0]!)
    const joined: typeof leaves = []
    lengths.fill(0)
    const rarest = () =>
      (joined.length === 0 || (leaves.length > 0 && leaves[0]!.count <= joined[0]!.count)
        ? leaves
        : joined
      ).shift()!
    while (leaves.length + joined.length > 1) {
      const [one, other] = [rarest(), rarest()]
      const symbols = one.symbols.concat(other.symbols)
      for (const symbol of symbols) lengths[symbol]!++
      joined.push({ symbols, count: one.count + other.count })
    }
    if (lengths.every((length) => length <= most)) break
  }
  return lengths
}

/** The codes that belong to lengths (RFC 1951, 3.2.2), turned round: the first bit is the lowest. */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length)
  let code = 0
  for (let length = 1; length <= 15; length++) {
    code <<= 1
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      let turned = 0
      for (let bit = 0; bit < length; bit++) turned |= ((code >> bit) & 1) << (length - 1 - bit)
      codes[symbol] = turned
      code++
    }
  }
  return codes
}
