/**
 * The networks of an address, from the narrowest: an IPv4 address itself; of an IPv6 one its /64, /56 and /48, for a
 * home has all addresses of the first, and a company or a hired machine often those of the others.
 */
export function networksOf(address: string): string[] {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (v4) return [v4[1]!]
  const [head = '', tail] = address.split('::')
  const parts = head.split(':').filter(Boolean)
  const after = (tail ?? '').split(':').filter(Boolean)
  while (parts.length + after.length < 8) parts.push('0')
  const words = [...parts, ...after].map((part) => Number.parseInt(part, 16) || 0)
  return [64, 56, 48].map((bits) => {
    const kept = words
      .slice(0, 4)
      .map((word, n) => (16 * (n + 1) <= bits ? word : word & (0xffff << (16 * (n + 1) - bits))))
    return `${kept.map((word) => (word & 0xffff).toString(16)).join(':')}::/${bits}`
  })
}
