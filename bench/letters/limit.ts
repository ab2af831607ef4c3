import type { Letter } from '../../src/letters/letter.ts'
import { pack, type Piece } from '../../src/letters/pdf/pack.ts'
import { qrCode } from '../../src/letters/qr/encode.ts'
import { wordsOf } from './sample.ts'

const escaped = (text: string) => text.replace(/[\\()]/g, '\\$&')

/**
 * The limit: what a program reaches that is written for this one letter, with our 2D code and packing. Its
 * words stand where they stand, each field on one line by itself, no kerning, wrapping, checks or hash, a
 * Western European letter a byte; everything else is one form. Bytes of a batch's pages; fonts left out.
 */
export function handMade(letters: readonly Letter[]): Buffer[] {
  const form = {
    plain: Buffer.alloc(0),
    ops: Buffer.from(
      wordsOf(letters[0]!)
        .map(
          ({ text, size }, i) =>
            `BT /R ${size} Tf 71 ${800 - 20 * i} Td (${escaped(text)}) Tj ET\n`,
        )
        .join(''),
      'latin1',
    ),
  }
  const pieces: Piece[] = [form]
  for (const { rendered, addressLines, id, checkUrl } of letters) {
    const [greeting, first, , , second] = rendered.body
    const fields = [
      ...addressLines,
      id,
      ...rendered.panel.map((row) => row.value),
      rendered.labels.checkText,
      ...[greeting, first, second].map((block) => (block?.kind === 'paragraph' ? block.text : '')),
    ]
    const { size, rows } = qrCode(checkUrl)
    let ops = '/F Do BT /R 12 Tf 14 TL 320 700 Td\n'
    for (const field of fields) ops += `(${escaped(field)})'\n`
    const picture = `q 62 0 0 62 460 40 cm BI/W ${size}/H ${size}/IM true ID `
    pieces.push({
      ops: Buffer.from(`${ops}ET ${picture}`, 'latin1'),
      plain: Buffer.concat([rows, Buffer.from('\nEI Q')]),
    })
  }
  const packed = pack(pieces, 'own')
  const chunks: Buffer[] = [Buffer.from('%PDF-1.7\n'), Buffer.from(packed(0))]
  const offsets: number[] = []
  let at = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  letters.forEach((_, i) => {
    const stream = Buffer.from(packed(i + 1))
    const head = Buffer.from(
      `${10 + 2 * i} 0 obj\n<</Type/Page/Parent 2 0 R/Contents ${11 + 2 * i} 0 R>>\nendobj\n${11 + 2 * i} 0 obj\n<</Length ${stream.length}/Filter/FlateDecode>>\nstream\n`,
    )
    offsets.push(at)
    chunks.push(head, stream, Buffer.from('\nendstream\nendobj\n'))
    at += head.length + stream.length + 18
  })
  chunks.push(
    Buffer.from(
      `xref\n${offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}`,
    ),
  )
  return chunks
}
