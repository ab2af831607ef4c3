import type { Stamp } from '../text/stamps.ts'

/** A page's operators, gathered again and again in the same place. */
export class PageBuffer {
  #bytes = Buffer.allocUnsafe(1 << 15)
  #length = 0

  clear(): void {
    this.#length = 0
  }

  add(bytes: Buffer): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  text(latin1: string): void {
    this.#room(latin1.length)
    this.#length += this.#bytes.write(latin1, this.#length, 'latin1')
  }

  stamp({ head, text, x, y, ops }: Stamp): void {
    if (head !== '') this.text(head)
    if (text) this.#begin(x, y)
    this.add(ops)
  }

  /** `BT x y Td `, from hundredths of a point. */
  #begin(x: number, y: number): void {
    this.#room(40)
    const bytes = this.#bytes
    let at = this.#length
    bytes[at++] = 0x42
    bytes[at++] = 0x54
    bytes[at++] = 0x20
    at = hundredths(bytes, at, x)
    bytes[at++] = 0x20
    at = hundredths(bytes, at, y)
    bytes[at++] = 0x20
    bytes[at++] = 0x54
    bytes[at++] = 0x64
    bytes[at++] = 0x20
    this.#length = at
  }

  /** valid until the next `clear` */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  copy(): Buffer {
    return Buffer.from(this.bytes())
  }

  #room(more: number): void {
    if (this.#length + more > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes], 2 * (this.#length + more))
  }
}

const zero = 0x30

/** Writes a number of hundredths as `num` does. @returns where it ends */
function hundredths(bytes: Buffer, start: number, value: number): number {
  let at = start
  let left = Math.abs(value)
  if (value < 0) bytes[at++] = 0x2d
  for (
    let unit =
      left >= 100_000
        ? 10 ** Math.floor(Math.log10(left))
        : left >= 10_000
          ? 10_000
          : left >= 1_000
            ? 1_000
            : 100;
    unit >= 100;
    unit /= 10
  ) {
    const digit = Math.floor(left / unit)
    bytes[at++] = zero + digit
    left -= digit * unit
  }
  if (left === 0) return at
  bytes[at++] = 0x2e
  bytes[at++] = zero + Math.floor(left / 10)
  if (left % 10 !== 0) bytes[at++] = zero + (left % 10)
  return at
}
