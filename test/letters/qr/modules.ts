import type { QrCode } from '../../../src/letters/qr/encode.ts'

/** A code's modules row by row, 1 dark. */
export const modulesOf = ({ size, rows }: QrCode): Uint8Array =>
  Uint8Array.from(
    { length: size * size },
    (_, i) =>
      ((rows[Math.floor(i / size) * ((size + 7) >> 3) + ((i % size) >> 3)] ?? 0) >>
        (7 - ((i % size) & 7))) &
      1,
  )
