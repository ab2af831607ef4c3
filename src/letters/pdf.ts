import { createHash } from 'node:crypto'
import { deflateSync, type ZlibOptions } from 'node:zlib'

/** Width and height of A4 in points. */
export const a4 = [595.28, 841.89] as const
/** What every page begins with: y counts from the top, and the ink is black. */
export const pageStart = Buffer.from(`1 0 0 -1 0 ${a4[1]} cm\n0 g\n`)

/** A text string that every reader takes as Unicode. */
export const pdfText = (text: string): string => `<${Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex')}>`

// A small window: setting up a big one would cost more than packing a page does. Level 4 takes hardly longer than 1 and 4 in 100 fewer bytes.
const quick: ZlibOptions = { level: 4, windowBits: 12, memLevel: 5, chunkSize: 4096 }

/**
 * Writes the objects of a PDF 1.7 one after the other into memory, noting where each begins. `take` hands over what has been written since,
 * so a file need never be in memory whole.
 */
export class PdfWriter {
  #pending = Buffer.allocUnsafe(1 << 16)
  #length = 0
  #taken = 0
  readonly #offsets: number[] = []

  constructor() {
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

  /** A packed stream; `entries` stand in its dictionary. */
  stream(id: number, data: Buffer, entries = ''): void {
    const body = deflateSync(data, quick)
    this.begin(id)
    this.text(`<<${entries} /Length ${body.length} /Filter /FlateDecode >>\nstream\n`)
    this.bytes(body)
    this.text('\nendstream\nendobj\n')
  }

  /** Objects written earlier by another writer, numbered from 1 as they are here. */
  copied(bytes: Buffer, offsets: readonly number[]): void {
    for (const offset of offsets) this.#offsets.push(offset + this.#taken + this.#length)
    this.bytes(bytes)
  }

  offsetsSince(start: number): number[] {
    return this.#offsets.map((offset) => offset - start)
  }

  /** Cross-reference table and trailer. The file's identifier comes from what it is called, so the same file has the same. */
  end(catalog: number, info: number, name: string): void {
    const start = this.#taken + this.#length
    const entries = this.#offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
    const id = createHash('sha256').update(name).digest('hex').slice(0, 32)
    this.text(`xref\n0 ${this.#offsets.length + 1}\n0000000000 65535 f \n${entries}`)
    this.text(`trailer\n<< /Size ${this.#offsets.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R /ID [<${id}> <${id}>] >>\nstartxref\n${start}\n%%EOF\n`)
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

  #room(more: number): void {
    if (this.#length + more <= this.#pending.length) return
    const bigger = Buffer.allocUnsafe(2 * (this.#length + more))
    this.#pending.copy(bigger, 0, 0, this.#length)
    this.#pending = bigger
  }
}

/** When and by what a file was made. */
export const infoEntries = (title: string, createdAt: Date): string =>
  `<< /Title ${pdfText(title)} /Producer (Kallelse) /Creator (Kallelse) /CreationDate (D:${createdAt.toISOString().replace(/\D/g, '').slice(0, 14)}Z) >>`

/** Bytes gathered again and again in the same place. */
export class PageBuffer {
  #bytes = Buffer.allocUnsafe(1 << 15)
  #length = 0

  clear(): void {
    this.#length = 0
  }

  add(bytes: Buffer): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * (this.#length + bytes.length))
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** valid until the next `clear` */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}
