import { createHash } from 'node:crypto'
import { deflateSync, type ZlibOptions } from 'node:zlib'

/** A text string that every reader takes as Unicode. */
export const pdfText = (text: string): string =>
  `<${Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex')}>`

/** Small objects that stand packed together: in which stream, as which one. */
interface Member {
  stream: number
  index: number
}

// A small window: setting up a big one would cost more than packing does.
const quick: ZlibOptions = { windowBits: 12, memLevel: 5, chunkSize: 4096 }

/** What a writer that has ended wrote into: allocating as much again takes as long as drawing a page. */
let spare: Buffer | undefined

const together = 200 // objects a stream

/**
 * Writes the objects of a PDF 1.7 one after the other into memory, noting where each begins. `take` hands
 * over what has been written since, so a file need never be in memory whole.
 */
export class PdfWriter {
  #pending = spare ?? Buffer.allocUnsafe(1 << 17)
  #length = 0
  #taken = 0
  readonly #offsets: (number | Member)[] = []
  #small: { id: number; body: string }[] = []

  constructor() {
    spare = undefined
    this.text('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n')
  }

  get pending(): number {
    return this.#length
  }

  /** A number for an object that others may point at before it is written. */
  reserve(): number {
    return this.#offsets.push(0)
  }

  object(id: number, body: string | Buffer): void {
    this.begin(id)
    if (typeof body === 'string') this.text(body)
    else this.bytes(body)
    this.text('\nendobj\n')
  }

  add(body: string | Buffer): number {
    const id = this.reserve()
    this.object(id, body)
    return id
  }

  /**
   * An object that stands packed with others like it (ISO 32000-1, 7.5.7); no stream, and the file must end
   * with `endPacked`.
   */
  small(id: number, body: string): void {
    this.#small.push({ id, body })
    if (this.#small.length === together) this.#writeSmall()
  }

  /** A stream; `entries` are in its dictionary. */
  stream(id: number, data: Buffer, entries = ''): void {
    this.packedStream(id, deflateSync(data, quick), entries)
  }

  /** A stream packed already. */
  packedStream(id: number, body: Buffer, entries = ''): void {
    this.begin(id)
    this.text(`<<${entries}/Length ${body.length}/Filter/FlateDecode>>\nstream\n`)
    this.bytes(body)
    this.text('\nendstream\nendobj\n')
  }

  /** Objects written earlier by another writer, numbered from 1 as they are here. */
  copied(bytes: Buffer, offsets: readonly number[]): void {
    for (const offset of offsets) this.#offsets.push(offset + this.#taken + this.#length)
    this.bytes(bytes)
  }

  /** Where each object begins; for a file without small ones. */
  offsetsSince(start: number): number[] {
    return this.#offsets.map((offset) => (offset as number) - start)
  }

  /**
   * Cross-reference table and trailer. The file's identifier comes from what it is called, so the same file
   * has the same.
   */
  end(catalog: number, info: number, name: string): void {
    const start = this.#taken + this.#length
    let entries = ''
    for (const offset of this.offsetsSince(0))
      entries += `${String(offset).padStart(10, '0')} 00000 n \n`
    this.text(`xref\n0 ${this.#offsets.length + 1}\n0000000000 65535 f \n${entries}`)
    this.text(
      `trailer\n<< /Size ${this.#offsets.length + 1} ${rootEntries(catalog, info, name)} ` +
        `>>\nstartxref\n${start}\n%%EOF\n`,
    )
  }

  /** The same with the table as a stream (ISO 32000-1, 7.5.8), which says where small objects are. */
  endPacked(catalog: number, info: number, name: string): void {
    this.#writeSmall()
    const id = this.reserve()
    const start = this.#taken + this.#length
    this.begin(id)
    const size = this.#offsets.length + 1
    const table = Buffer.alloc(7 * size)
    table.writeUInt16BE(0xffff, 5) // object 0 is free
    this.#offsets.forEach((offset, i) => {
      const at = 7 * (i + 1)
      const packed = typeof offset !== 'number'
      table[at] = packed ? 2 : 1
      table.writeUInt32BE(packed ? offset.stream : offset, at + 1)
      table.writeUInt16BE(packed ? offset.index : 0, at + 5)
    })
    const body = deflateSync(table)
    this.text(
      `<< /Type /XRef /Size ${size} /W [1 4 2] ${rootEntries(catalog, info, name)} /Length ${body.length} ` +
        '/Filter /FlateDecode >>\nstream\n',
    )
    this.bytes(body)
    this.text(`\nendstream\nendobj\nstartxref\n${start}\n%%EOF\n`)
  }

  /** What is left once the end is written; the writer can't be used any more. */
  takeLast(): Buffer {
    const taken = this.take()
    spare = this.#pending
    return taken
  }

  take(): Buffer {
    const taken = Buffer.from(this.#pending.subarray(0, this.#length))
    this.#taken += this.#length
    this.#length = 0
    return taken
  }

  begin(id: number): void {
    this.#offsets[id - 1] = this.#taken + this.#length
    this.text(`${id} 0 obj\n`)
  }

  text(latin1: string): void {
    this.#room(latin1.length)
    this.#length += this.#pending.write(latin1, this.#length, 'latin1')
  }

  bytes(bytes: Buffer): void {
    this.#room(bytes.length)
    this.#pending.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #writeSmall(): void {
    if (this.#small.length === 0) return
    const stream = this.reserve()
    let index = ''
    let bodies = ''
    this.#small.forEach(({ id, body }, i) => {
      this.#offsets[id - 1] = { stream, index: i }
      index += `${id} ${bodies.length} `
      bodies += `${body} `
    })
    this.stream(
      stream,
      Buffer.from(index + bodies, 'latin1'),
      `/Type/ObjStm/N ${this.#small.length}/First ${index.length}`,
    )
    this.#small = []
  }

  #room(more: number): void {
    if (this.#length + more <= this.#pending.length) return
    const bigger = Buffer.allocUnsafe(2 * (this.#length + more))
    this.#pending.copy(bigger, 0, 0, this.#length)
    this.#pending = bigger
  }
}

const rootEntries = (catalog: number, info: number, name: string): string => {
  const id = createHash('sha256').update(name).digest('hex').slice(0, 32)
  return `/Root ${catalog} 0 R /Info ${info} 0 R /ID [<${id}> <${id}>]`
}

/** When and by what a file was made. */
export const infoEntries = (title: string, createdAt: Date): string =>
  `<< /Title ${pdfText(title)} /Producer (Kallelse) /Creator (Kallelse)` +
  ` /CreationDate (D:${createdAt.toISOString().replace(/\D/g, '').slice(0, 14)}Z) >>`
