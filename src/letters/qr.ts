import qrcode from 'qrcode'
import { num } from './ops.ts'

const quiet = 2 // modules; the paper around it is empty as well

/** A QR code (ISO/IEC 18004, level M) as filled rectangles: sharp at any resolution. The square includes a quiet zone. */
export function qrOps(text: string, x: number, y: number, side: number): string {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' })
  const { size, data } = modules
  const scale = side / (size + 2 * quiet)
  let ops = ''
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let run = 0
      while (column + run < size && data[row * size + column + run]) run++
      if (run > 0) ops += `${column + quiet} ${row + quiet} ${run} 1 re `
      column += run
    }
  }
  return `q ${num(1)} 0 0 1 ${num(x)} ${num(y)} cm ${scale.toFixed(4)} 0 0 ${scale.toFixed(4)} 0 0 cm 0 g ${ops}f Q\n`
}
