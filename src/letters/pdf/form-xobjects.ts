import { addDrawn, type Drawn } from './fonts.ts'
import { PageBuffer } from './page-buffer.ts'
import type { PdfWriter } from './writer.ts'
import { a4 } from '../paper.ts'
import type { Stamp } from '../text/stamps.ts'

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

/**
 * What the letters of a batch have in common is written once, as form XObjects. Neighbours that are used
 * equally often are one form: the words of the template, those of a clinic, those of a day.
 */
export class Forms {
  readonly #root: Node = {
    next: new Map(),
    stamps: [],
    ops: Buffer.alloc(0),
    id: 0,
    name: Buffer.alloc(0),
  }
  /** those that pages call: number in the file, and operators */
  readonly made: { id: number; ops: Buffer }[] = []
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
  cut(page: Stamp[], own: PageBuffer, whole: PageBuffer, pdf: PdfWriter): void {
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
      if (node.id === 0) this.#add(node, pdf)
      own.add(node.name)
      whole.add(node.ops)
    }
  }

  #add(node: Node, pdf: PdfWriter): void {
    const ops = new PageBuffer()
    for (const stamp of node.stamps) ops.stamp(stamp)
    node.ops = ops.copy()
    node.id = pdf.reserve()
    this.made.push({ id: node.id, ops: node.ops })
    node.name = Buffer.from(`/X${node.id} Do\n`)
  }

  /**
   * Writes the forms, once all pages are cut.
   * @param packed the operators of each of `made`
   * @param resources the number of what they draw with
   */
  write(pdf: PdfWriter, packed: (made: number) => Buffer, resources: number): void {
    const entries = `/Type/XObject/Subtype/Form/BBox[0 0 ${a4.join(' ')}]/Resources ${resources} 0 R`
    this.made.forEach(({ id }, i) => pdf.packedStream(id, packed(i), entries))
  }
}

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
