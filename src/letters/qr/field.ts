/**
 * GF(256) with the polynomial 0x11d, by which a 2D code's correction words are counted: by powers of its
 * generator, and back.
 */
export const exp = new Uint8Array(512)
export const log = new Uint8Array(256)
for (let i = 0, x = 1; i < 255; i++) {
  exp[i] = exp[i + 255] = x
  log[x] = i
  x = x & 0x80 ? (x << 1) ^ 0x11d : x << 1
}

/** The generator polynomial's coefficients as powers of the field's generator, without the leading one. */
export function generatorOf(degree: number): Uint8Array {
  let polynomial = [1]
  for (let i = 0; i < degree; i++) {
    const next = [...polynomial, 0]
    polynomial.forEach((coefficient, k) => {
      if (coefficient)
        next[k + 1] = (next[k + 1] ?? 0) ^ (exp[((log[coefficient] ?? 0) + i) % 255] ?? 0)
    })
    polynomial = next
  }
  return Uint8Array.from(polynomial.slice(1), (coefficient) => log[coefficient] ?? 0)
}
