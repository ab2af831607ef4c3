import { a4, type PdfWriter } from './pdf.ts'
import type { Stamp } from './text.ts'

interface Node {
  next: Map<Stamp, Node>
  stamps: Stamp[]
  /** its number in the file once it is used, and its name on the pages */
  id: number
  name: Buffer
}

const least = 12 // a form costs about 200 bytes, and as long to pack as a page

/**
 * What the letters of a batch have in common is written once, as form XObjects. Neighbours that are used equally often are one form: the
 * words of the template, those of a clinic, those of a day.
 */
export class Forms {
  readonly #uses = new Map<Stamp, number>()
  readonly #root: Node = { next: new Map(), stamps: [], id: 0, name: Buffer.alloc(0) }
  readonly ids: number[] = []

  count(page: Stamp[]): void {
    for (const stamp of page) this.#uses.set(stamp, (this.#uses.get(stamp) ?? 0) + 1)
  }

  stamps(): Iterable<Stamp> {
    return this.#uses.keys()
  }

  /** Cuts a page into bytes of its own and calls of forms; a form that is new is written first. */
  parts(page: Stamp[], file: PdfWriter, resources: number): Buffer[] {
    const parts: Buffer[] = []
    for (let i = 0; i < page.length; ) {
      const first = page[i]
      if (!first) break
      const uses = this.#uses.get(first) ?? 0
      if (uses < least) {
        parts.push(first.ops)
        i++
        continue
      }
      let node = this.#root
      for (let stamp = page[i]; stamp && this.#uses.get(stamp) === uses; stamp = page[++i]) {
        let next = node.next.get(stamp)
        if (!next) node.next.set(stamp, (next = { next: new Map(), stamps: [...node.stamps, stamp], id: 0, name: node.name }))
        node = next
      }
      if (node.id === 0) this.#write(node, file, resources)
      parts.push(node.name)
    }
    return parts
  }

  #write(node: Node, file: PdfWriter, resources: number): void {
    node.id = file.reserve()
    this.ids.push(node.id)
    node.name = Buffer.from(`/X${node.id} Do\n`)
    file.stream(node.id, Buffer.concat(node.stamps.map((stamp) => stamp.ops)), ` /Type /XObject /Subtype /Form /BBox [0 0 ${a4.join(' ')}] /Resources ${resources} 0 R`)
  }
}
