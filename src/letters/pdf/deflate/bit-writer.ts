/** Writes bits into bytes, from each byte's lowest bit upwards, as deflate wants. */
export class BitWriter {
  out: Buffer
  at = 0
  /** bits that don't fill a byte yet, and how many they are */
  held = 0
  bits = 0

  constructor(out: Buffer) {
    this.out = out
  }

  /** @param width at most 16 */
  put(value: number, width: number): void {
    this.held |= value << this.bits
    for (this.bits += width; this.bits >= 8; this.bits -= 8) {
      this.out[this.at++] = this.held & 255
      this.held >>>= 8
    }
  }

  /** Fills up the last byte. */
  flush(): void {
    if (this.bits > 0) this.put(0, 8 - this.bits)
  }

  bytes(bytes: Buffer): void {
    this.out.set(bytes, this.at)
    this.at += bytes.length
  }
}
