import type { Template } from './files.ts'
import type { Piece } from './template.ts'

// A campaign says nearly the same to everybody: what a piece said with the same values is kept. Personal values
// come and go, so little is.

interface CachedPieces {
  /** the first placeholder that is needed and has no value */
  missing: string | undefined
  /** of each piece: which values decide its text, and what it said with some */
  pieces: Map<string, { asks: string[]; before: Map<string, string> }>
}

const known = new WeakMap<Template, Map<string, CachedPieces>>()
const most = 200

/** What is known of a template when just these values are there. */
export function cachedPieces(
  template: Template,
  values: ReadonlyMap<string, string>,
): CachedPieces {
  let there = ''
  for (const [placeholder, value] of values)
    there += value === '' ? `${placeholder}= ` : `${placeholder} ` // an empty one counts as absent in #if
  const mine = known.get(template) ?? new Map<string, CachedPieces>()
  known.set(template, mine)
  const said = mine.get(there)
  if (said) return said
  const has = (placeholder: string) => values.has(placeholder)
  const pieces = [...template.pieces]
  const made = {
    missing: pieces
      .flatMap(([, piece]) => piece.needs(has))
      .find((placeholder) => !has(placeholder)),
    pieces: new Map(
      pieces.map(([key, piece]) => [
        key,
        {
          asks: [
            ...new Set([
              ...piece.needs(has),
              ...piece.needs((placeholder) => Boolean(values.get(placeholder))),
            ]),
          ],
          before: new Map<string, string>(),
        },
      ]),
    ),
  }
  if (mine.size >= most) mine.clear()
  mine.set(there, made)
  return made
}

/** The text of a piece, without doubled spaces. */
export function sayPiece(
  piece: Piece | undefined,
  said: { asks: string[]; before: Map<string, string> } | undefined,
  values: ReadonlyMap<string, string>,
): string {
  if (!piece || !said) return ''
  let key = ''
  for (const placeholder of said.asks) key += `${values.get(placeholder)}\n` // a value has no line feed
  const before = said.before.get(key)
  if (before !== undefined) return before
  const text = piece.fill(values).replace(/ {2,}/g, ' ').trim()
  if (said.before.size >= most) said.before.clear()
  said.before.set(key, text)
  return text
}
