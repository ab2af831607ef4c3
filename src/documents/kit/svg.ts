type Doc = PDFKit.PDFDocument

interface Node {
  name: string
  attributes: Record<string, string>
  text: string
  children: Node[]
}

/** What a drawing is made of, besides the frame; anything else is refused rather than left out. */
const drawn = new Set(['g', 'rect', 'path', 'text'])
const silent = new Set(['style', 'defs'])

export interface Drawing {
  width: number
  height: number
  /** what it shows, in words */
  alt: string
  draw(doc: Doc, clean: (text: string) => string): void
}

/**
 * Reads the SVG that echarts writes (reports/charts.ts): rectangles, paths, text, groups with a clip, and nothing
 * nested deeper. A general reader (svg-to-pdfkit) has had no release for years and is ten times as long.
 * @throws TypeError naming an element that can't be drawn
 */
export function readSvg(source: string): Drawing {
  const root = parse(source)
  const { width = '0', height = '0', 'aria-label': alt = '' } = root.attributes
  const clips = new Map<string, string>()
  for (const node of all(root))
    if (node.name === 'clipPath')
      clips.set(node.attributes['id'] ?? '', node.children[0]?.attributes['d'] ?? '')
  return {
    width: Number(width),
    height: Number(height),
    alt,
    draw: (doc, clean) => root.children.forEach((node) => drawNode(doc, node, clips, clean)),
  }
}

const tags = /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>((?:<!\[CDATA\[[^]*?\]\]>|[^<])*)/g

function parse(source: string): Node {
  const open: Node[] = [{ name: '', attributes: {}, text: '', children: [] }]
  for (const [, closing, name = '', given = '', empty, text = ''] of source.matchAll(tags)) {
    if (closing) {
      open.pop()
      continue
    }
    const attributes: Record<string, string> = {}
    for (const [, key = '', value = ''] of given.matchAll(/([\w:-]+)="([^"]*)"/g))
      attributes[key] = unescaped(value)
    const node: Node = { name, attributes, text: unescaped(text), children: [] }
    open.at(-1)!.children.push(node)
    if (!empty) open.push(node)
  }
  const root = open[0]!.children[0]
  if (open.length !== 1 || root?.name !== 'svg') throw new TypeError('not a whole SVG drawing')
  return root
}

const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
const unescaped = (text: string): string =>
  text
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => signs[name] ?? '')
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, code: string) =>
      String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10)),
    )

const all = (node: Node): Node[] => [node, ...node.children.flatMap(all)]

function drawNode(
  doc: Doc,
  node: Node,
  clips: ReadonlyMap<string, string>,
  clean: (text: string) => string,
): void {
  if (silent.has(node.name)) return
  if (!drawn.has(node.name)) throw new TypeError(`<${node.name}> in a drawing can't be drawn`)
  doc.save()
  const { transform = '', 'clip-path': clip } = node.attributes
  for (const [, kind, list = ''] of transform.matchAll(/(\w+)\(([^)]*)\)/g)) move(doc, kind, list)
  const path = clip && clips.get(/#([^)]*)/.exec(clip)?.[1] ?? '')
  if (path) doc.path(path).clip()
  if (node.name === 'text') drawText(doc, node, clean)
  else if (node.name === 'g') node.children.forEach((child) => drawNode(doc, child, clips, clean))
  else drawShape(doc, node)
  doc.restore()
}

function move(doc: Doc, kind: string | undefined, list: string): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = list.split(/[ ,]+/).map(Number)
  if (kind === 'translate') doc.translate(a, b)
  else if (kind === 'matrix') doc.transform(a, b, c, d, e, f)
  else if (kind === 'scale') doc.scale(a, b || a)
  else if (kind === 'rotate') doc.rotate(a, { origin: [b, c] })
  else throw new TypeError(`${kind} in a drawing can't be drawn`)
}

function drawShape(doc: Doc, { name, attributes: a }: Node): void {
  const thick = Number(a['stroke-width'] ?? 1)
  const stroke = thick === 0 ? 'none' : (a['stroke'] ?? 'none')
  const clear = a['fill'] === 'transparent' || Number(a['fill-opacity'] ?? 1) === 0
  const fill = clear ? 'none' : (a['fill'] ?? '#000000')
  if (fill === 'none' && stroke === 'none') return
  if (name === 'path') doc.path(a['d'] ?? '')
  else doc.rect(Number(a['x']), Number(a['y']), Number(a['width']), Number(a['height']))
  if (stroke !== 'none') doc.lineWidth(thick)
  if (a['stroke-linecap']) doc.lineCap(a['stroke-linecap'])
  if (a['stroke-linejoin']) doc.lineJoin(a['stroke-linejoin'])
  if (fill === 'none') doc.stroke(stroke)
  else if (stroke === 'none') doc.fill(fill)
  else doc.fillAndStroke(fill, stroke)
}

function drawText(doc: Doc, { attributes: a, text }: Node, clean: (text: string) => string): void {
  const words = clean(text)
  const style = a['style'] ?? ''
  const size = Number(/font-size:([\d.]+)px/.exec(style)?.[1] ?? 12)
  doc.font(/font-weight:(bold|[6-9]00)/.test(style) ? 'bold' : 'regular').fontSize(size)
  const width = doc.widthOfString(words)
  const before = { middle: width / 2, end: width }[a['text-anchor'] ?? ''] ?? 0
  const baseline = a['dominant-baseline'] === 'central' ? 'svg-central' : 'alphabetic'
  doc.fillColor(a['fill'] ?? '#000000')
  doc.text(words, Number(a['x'] ?? 0) - before, Number(a['y'] ?? 0), { lineBreak: false, baseline })
}
