import { num } from '../pdf/text-operators.ts'
import { qrCode } from './encode.ts'
import { up } from '../paper.ts'
import type { Stamp } from '../text/stamps.ts'

const quiet = 2 // modules; the paper around it is empty as well

/**
 * A QR code as an image of one sample a module: printers draw samples as sharp squares, and it takes a tenth
 * of the bytes that rectangles do. The square includes a quiet zone. Read aloud, the signature behind # is
 * left out. The samples stand as they are, for nothing packs them further; where they happen to hold the
 * letters that end an image, in hexadecimal: some readers look for those letters instead of counting.
 */
export function qrStamp(text: string, left: number, top: number, side: number): Stamp {
  const { size, rows } = qrCode(text)
  const scale = side / (size + 2 * quiet)
  const inner = num(size * scale)
  const plain = !rows.includes('EI', 0, 'latin1')
  const head =
    `q ${inner} 0 0 ${inner} ${num(left + quiet * scale)} ${up(top + (quiet + size) * scale)} cm BI/W ` +
    `${size}/H ${size}/IM true/D[1 0]${plain ? '' : '/F/AHx'} ID `
  const samples = plain ? rows : Buffer.from(`${rows.toString('hex')}>`, 'latin1')
  return {
    head,
    ops: Buffer.concat([samples, imageEnd]),
    tag: 'Figure',
    text: undefined,
    picture: { alternative: text.replace(/#.*$/s, ''), box: [left, top, side, side] },
    left,
    top,
    x: 0,
    y: 0,
    uses: 0,
    of: undefined,
  }
}

const imageEnd = Buffer.from('\nEI Q\n')
