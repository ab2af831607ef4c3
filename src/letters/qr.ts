import { num } from './ops.ts'
import { qrCode } from './qr-encode.ts'
import type { Stamp } from './text.ts'

const quiet = 2 // modules; the paper around it is empty as well

/**
 * A QR code as an image of one sample a module: printers draw samples as sharp squares, and it takes a tenth of the bytes that rectangles do. The
 * square includes a quiet zone. Read aloud, the signature behind # is left out. Written in hexadecimal, so that the page's operators stay readable text.
 */
export function qrStamp(text: string, left: number, top: number, side: number): Stamp {
  const { size, modules } = qrCode(text)
  const scale = side / (size + 2 * quiet)
  const rowBytes = (size + 7) >> 3
  const samples = Buffer.alloc(rowBytes * size)
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      if (modules[at]) samples[row * rowBytes + (column >> 3)] = (samples[row * rowBytes + (column >> 3)] ?? 0) | (0x80 >> (column & 7))
    }
  }
  const inner = num(size * scale)
  const place = `${inner} 0 0 -${inner} ${num(left + quiet * scale)} ${num(top + (quiet + size) * scale)} cm`
  const ops = `q ${place}\nBI /W ${size} /H ${size} /IM true /D [1 0] /F /AHx ID\n${samples.toString('hex')}>\nEI Q\n`
  return { ops: Buffer.from(ops, 'latin1'), tag: 'Figure', picture: { alternative: text.replace(/#.*$/s, ''), box: [left, top, side, side] }, left, top, leading: 0 }
}
