import { addDrawn, type Drawn } from './embed.ts'
import type { Packer } from './pack.ts'
import type { PdfWriter } from './pdf.ts'
import { a4 } from '../paper.ts'
import type { Stamp } from '../text.ts'

interface Node {
  next: Map<Stamp, Node>
  stamps: Stamp[]
  /** all its stamps' operators */
  ops: Buffer
  /** its number in the file once it is used, and its name on the pages */
  id: number
  name: Buffer
}

const least = 12 // a form costs about 200 bytes, and as long to pack as a page

/** Bytes gathered again and again in the same place. */
export class PageBuffer {
  #bytes = Buffer.allocUnsafe(1 << 15)
  #length = 0

  clear(): void {
    this.#length = 0
  }

  add(bytes: Buffer): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  text(latin1: string): void {
    this.#room(latin1.length)
    this.#length += this.#bytes.write(latin1, this.#length, 'latin1')
  }

  stamp({ head, text, x, y, ops }: Stamp): void {
    if (head !== '') this.text(head)
    if (text) this.#begin(x, y)
    this.add(ops)
  }

  /** `BT x y Td `, from hundredths of a point. */
  #begin(x: number, y: number): void {
    this.#room(40)
    const bytes = this.#bytes
    let at = this.#length
    bytes[at++] = 0x42
    bytes[at++] = 0x54
    bytes[at++] = 0x20
    at = hundredths(bytes, at, x)
    bytes[at++] = 0x20
    at = hundredths(bytes, at, y)
    bytes[at++] = 0x20
    bytes[at++] = 0x54
    bytes[at++] = 0x64
    bytes[at++] = 0x20
    this.#length = at
  }

  /** valid until the next `clear` */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #room(more: number): void {
    if (this.#length + more > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes], 2 * (this.#length + more))
  }
}

const zero = 0x30

/** Writes a number of hundredths as `num` does. @returns where it ends */
function hundredths(bytes: Buffer, start: number, value: number): number {
  let at = start
  let left = Math.abs(value)
  if (value < 0) bytes[at++] = 0x2d
  for (
    let unit =
      left >= 100_000
        ? 10 ** Math.floor(Math.log10(left))
        : left >= 10_000
          ? 10_000
          : left >= 1_000
            ? 1_000
            : 100;
    unit >= 100;
    unit /= 10
  ) {
    const digit = Math.floor(left / unit)
    bytes[at++] = zero + digit
    left -= digit * unit
  }
  if (left === 0) return at
  bytes[at++] = 0x2e
  bytes[at++] = zero + Math.floor(left / 10)
  if (left % 10 !== 0) bytes[at++] = zero + (left % 10)
  return at
}

/**
 * What the letters of a batch have in common is written once, as form XObjects. Neighbours that are used equally often are one form: the
 * words of the template, those of a clinic, those of a day.
 */
export class Forms {
  readonly #root: Node = {
    next: new Map(),
    stamps: [],
    ops: Buffer.alloc(0),
    id: 0,
    name: Buffer.alloc(0),
  }
  /** by number in the file and in the packer */
  readonly made: { id: number; piece: number }[] = []
  readonly drawn: Drawn = { fonts: new Set(), unlisted: [] }

  count(page: Stamp[]): void {
    for (const stamp of page) {
      if (stamp.of === this) stamp.uses++
      else {
        stamp.of = this
        stamp.uses = 1
        addDrawn(this.drawn, stamp)
      }
    }
  }

  /**
   * Cuts a page into bytes of its own and calls of forms.
   * @param own what the page itself holds
   * @param whole the same with each call replaced by what the form draws
   */
  cut(page: Stamp[], own: PageBuffer, whole: PageBuffer, file: PdfWriter, packer: Packer): void {
    for (let i = 0; i < page.length;) {
      const first = page[i]!
      const { uses } = first
      if (uses < least) {
        own.stamp(first)
        whole.stamp(first)
        i++
        continue
      }
      let node = this.#root
      for (let stamp: Stamp | undefined = first; stamp?.uses === uses; stamp = page[++i])
        node = node.next.get(stamp) ?? follow(node, stamp)
      if (node.id === 0) this.#write(node, file, packer)
      own.add(node.name)
      whole.add(node.ops)
    }
  }

  #write(node: Node, file: PdfWriter, packer: Packer): void {
    const ops = new PageBuffer()
    for (const stamp of node.stamps) ops.stamp(stamp)
    node.ops = Buffer.from(ops.bytes())
    node.id = file.reserve()
    this.made.push({ id: node.id, piece: packer.add(node.ops, nothing) })
    node.name = Buffer.from(`/X${node.id} Do\n`)
  }

  /** Writes the forms, once all pages are cut. @param resources the number of what they draw with */
  write(file: PdfWriter, packer: Packer, resources: number): void {
    for (const { id, piece } of this.made)
      file.packedStream(
        id,
        packer.packed(piece),
        `/Type/XObject/Subtype/Form/BBox[0 0 ${a4.join(' ')}]/Resources ${resources} 0 R`,
      )
  }
}

const nothing = Buffer.alloc(0)

function follow(node: Node, stamp: Stamp): Node {
  const next: Node = {
    next: new Map(),
    stamps: [...node.stamps, stamp],
    ops: node.ops,
    id: 0,
    name: node.name,
  }
  node.next.set(stamp, next)
  return next
}
