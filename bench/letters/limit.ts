import { deflateSync } from 'node:zlib'
import { faceOf } from '../../src/letters/faces.ts'
import type { Letter } from '../../src/letters/letter.ts'
import { qrCode } from '../../src/letters/qr-encode.ts'
import { wordsOf } from './sample.ts'

const glyphs = new Map<string, string>()
const glyphOf = (character: string) => {
  const known = glyphs.get(character)
  if (known) return known
  const made = (faceOf(character.codePointAt(0) ?? 0, false).font.nominalGlyph(character.codePointAt(0) ?? 0) ?? 0).toString(16).padStart(4, '0')
  glyphs.set(character, made)
  return made
}
const hex = (text: string) => {
  let made = ''
  for (const character of text) made += glyphOf(character)
  return made
}

/**
 * The limit: what a program reaches that is written for this one letter. Its words stand where they stand, each field on one line by itself, no
 * shaping, wrapping, checks or hash; everything else is one form. Bytes of a batch's pages; fonts left out.
 */
export function handMade(letters: readonly Letter[]): Buffer[] {
  const chunks: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const form = deflateSync(Buffer.from(wordsOf(letters[0]!).map(({ text, size }, i) => `BT /R0 ${size} Tf 71 ${800 - 20 * i} Td <${hex(text)}> Tj ET\n`).join('')))
  chunks.push(Buffer.from(`3 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length ${form.length} /Filter /FlateDecode >>\nstream\n`), form, Buffer.from('\nendstream\nendobj\n'))
  const offsets: number[] = []
  let at = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  letters.forEach(({ rendered, addressLines, id, checkUrl }, i) => {
    const [greeting, first, , , second] = rendered.body
    const fields = [...addressLines, id, ...rendered.panel.map((row) => row.value), rendered.labels.checkText, ...[greeting, first, second].map((block) => (block?.kind === 'paragraph' ? block.text : ''))]
    let ops = '/F Do\nBT /R0 12 Tf 14 TL 320 700 Td\n'
    for (const field of fields) ops += `<${hex(field)}> '\n`
    const { size, modules } = qrCode(checkUrl)
    let code = ''
    for (let k = 0; k < modules.length; k += 4) code += ((modules[k]! << 3) | (modules[k + 1]! << 2) | (modules[k + 2]! << 1) | modules[k + 3]!).toString(16)
    ops += `ET\nq 62 0 0 62 460 40 cm BI /W ${size} /H ${size} /IM true /F /AHx ID\n${code}>\nEI Q\n`
    const stream = deflateSync(Buffer.from(ops, 'latin1'), { level: 1, windowBits: 12, memLevel: 5, chunkSize: 4096 })
    const head = Buffer.from(`${10 + 2 * i} 0 obj\n<</Type/Page/Parent 2 0 R/Contents ${11 + 2 * i} 0 R>>\nendobj\n${11 + 2 * i} 0 obj\n<</Length ${stream.length}/Filter/FlateDecode>>\nstream\n`)
    offsets.push(at)
    chunks.push(head, stream, Buffer.from('\nendstream\nendobj\n'))
    at += head.length + stream.length + 18
  })
  chunks.push(Buffer.from(`xref\n${offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}`))
  return chunks
}
