import { Buffer as HbBuffer, Direction, shape } from 'harfbuzzjs'
import type { Face } from './faces.ts'

/** A stretch of one face, direction and level, shaped: which glyphs, and where. Lengths in thousandths of the size. */
export interface Run {
  face: Face
  width: number
  glyphs: { id: number; advance: number; dx: number; dy: number; /** what it shows, for search and copy */ text: string }[]
}

const most = 20_000
const known = new Map<string, Run>()
const buffer = new HbBuffer()

/** Shapes with HarfBuzz in an explicit direction: left to its own devices a shaper reverses digits in right-to-left text. */
export function shapeRun(text: string, face: Face, rightToLeft: boolean): Run {
  const key = `${face.name}${rightToLeft ? '<' : '>'}${text}`
  const cached = known.get(key)
  if (cached) return cached
  buffer.reset()
  buffer.addText(text)
  buffer.setDirection(rightToLeft ? Direction.RTL : Direction.LTR)
  buffer.guessSegmentProperties()
  shape(face.font, buffer)
  const shaped = buffer.getGlyphInfosAndPositions()
  const starts = [...new Set(shaped.map((glyph) => glyph.cluster))].sort((a, b) => a - b)
  const told = new Set<number>()
  const glyphs = shaped.map(({ codepoint: id, cluster, xAdvance = 0, xOffset = 0, yOffset = 0 }) => {
    const own = face.codePointOf.get(id)
    const whole = told.has(cluster) ? '' : text.slice(cluster, starts[starts.indexOf(cluster) + 1])
    told.add(cluster)
    return { id, advance: xAdvance, dx: xOffset, dy: yOffset, text: own === undefined ? whole : String.fromCodePoint(own) }
  })
  const run = { face, glyphs, width: glyphs.reduce((sum, glyph) => sum + glyph.advance, 0) }
  if (known.size >= most) known.clear() // names and addresses differ from letter to letter: the cache must not grow with the region
  known.set(key, run)
  return run
}
