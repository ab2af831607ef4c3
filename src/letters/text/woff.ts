import { inflateSync } from 'node:zlib'

interface Table {
  tag: string
  checksum: number
  data: Buffer
}

/**
 * Unpacks a WOFF 1.0 font to the OpenType file it was made of, which is what HarfBuzz reads.
 * @param only keep just these tables: a PDF needs outlines and measures, not the rules for shaping
 * @see https://www.w3.org/TR/WOFF/ sections 3–5
 */
export function unpackWoff(woff: Buffer, only?: readonly string[]): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new TypeError('not a WOFF 1.0 font')
  const tables = Array.from({ length: woff.readUInt16BE(12) }, (_, i): Table => {
    const at = 44 + 20 * i
    const [offset, packed, size] = [
      woff.readUInt32BE(at + 4),
      woff.readUInt32BE(at + 8),
      woff.readUInt32BE(at + 12),
    ]
    const data = woff.subarray(offset, offset + packed)
    return {
      tag: woff.toString('latin1', at, at + 4),
      checksum: woff.readUInt32BE(at + 16),
      data: packed < size ? inflateSync(data) : data,
    }
  })
  return openType(
    woff.readUInt32BE(4),
    only ? tables.filter(({ tag }) => only.includes(tag)) : tables,
  )
}

function openType(flavour: number, tables: Table[]): Buffer {
  const power = Math.floor(Math.log2(tables.length))
  const head = Buffer.alloc(12 + 16 * tables.length)
  head.writeUInt32BE(flavour, 0)
  head.writeUInt16BE(tables.length, 4)
  head.writeUInt16BE(16 * 2 ** power, 6)
  head.writeUInt16BE(power, 8)
  head.writeUInt16BE(16 * (tables.length - 2 ** power), 10)
  let offset = head.length
  const bodies = tables.map(({ tag, checksum, data }, i) => {
    head.write(tag, 12 + 16 * i, 'latin1')
    head.writeUInt32BE(checksum, 16 + 16 * i)
    head.writeUInt32BE(offset, 20 + 16 * i)
    head.writeUInt32BE(data.length, 24 + 16 * i)
    const padded = Buffer.alloc(Math.ceil(data.length / 4) * 4)
    data.copy(padded)
    offset += padded.length
    return padded
  })
  return Buffer.concat([head, ...bodies])
}
