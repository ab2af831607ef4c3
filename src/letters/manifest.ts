import { createHash } from 'node:crypto'
import { z } from 'zod'
import { messageOf, Refused } from '../errors.ts'

/** A letter in a batch: `person` is an opaque reference, never an identity number; `firstPage` counts from 1. */
export interface ManifestLetter {
  id: string
  person: string
  firstPage: number
  pages: number
  sha256: string
}

export interface ManifestBatch {
  batch: string
  createdAt: Date
  file: string
  fileSha256: string
  postage?: 'first' | 'economy'
  /** what each of its letters weighs at most, envelope included */
  grams?: number
}

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.number().int().positive()
const headSchema = z.strictObject({
  kind: z.literal('batch'),
  format: z.literal(1),
  batch: z.string(),
  createdAt: z.iso.datetime(),
  file: z.string(),
  fileSha256: hash,
  postage: z.enum(['first', 'economy']).optional(),
  grams: count.optional(),
  letters: count,
  pages: count,
  lettersSha256: hash,
})
const letterSchema = z.strictObject({
  kind: z.literal('letter'),
  id: z.string(),
  person: z.string(),
  firstPage: count,
  pages: count,
  sha256: hash,
})
export type ManifestHead = z.infer<typeof headSchema>

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/**
 * The list that goes with a print file (docs/integrator/print-batches.md): JSON Lines, first the batch with its
 * totals, then a line for each letter in page order. `lettersSha256` is over the letter lines as they stand, line
 * feeds included: the supplier says it back for what was printed.
 */
export function manifest(
  batch: ManifestBatch,
  letters: ManifestLetter[],
): { text: string; head: ManifestHead } {
  const lines = letters
    .map(
      ({ id, person, firstPage, pages, sha256 }) =>
        `${JSON.stringify({ kind: 'letter', id, person, firstPage, pages, sha256 })}\n`,
    )
    .join('')
  const head: ManifestHead = {
    kind: 'batch',
    format: 1,
    batch: batch.batch,
    createdAt: batch.createdAt.toISOString(),
    file: batch.file,
    fileSha256: batch.fileSha256,
    ...(batch.postage ? { postage: batch.postage } : {}),
    ...(batch.grams ? { grams: batch.grams } : {}),
    letters: letters.length,
    pages: letters.reduce((sum, letter) => sum + letter.pages, 0),
    lettersSha256: sha256(lines),
  }
  return { text: `${JSON.stringify(head)}\n${lines}`, head }
}

/**
 * Reads a manifest back and checks that it is whole: totals, hash, every id once, pages without gap or overlap.
 * @throws Refused `bad-manifest` saying on which line and what
 */
export function readManifest(text: string): { head: ManifestHead; letters: ManifestLetter[] } {
  const refuse = (what: string): never => {
    throw new Refused(
      'bad-manifest',
      `The manifest is not whole: ${what}. Ask for the file again; nothing was read from it.`,
    )
  }
  const cut = text.indexOf('\n') + 1
  const body = text.slice(cut)
  const parse = <T>(schema: z.ZodType<T>, line: string, number: number): T => {
    try {
      return schema.parse(JSON.parse(line))
    } catch (error) {
      return refuse(
        `line ${number}: ` +
          `${error instanceof z.ZodError ? error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ') : messageOf(error)}`,
      )
    }
  }
  const head = parse(headSchema, text.slice(0, cut).trimEnd(), 1)
  const letters = body
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => parse(letterSchema, line, i + 2))
  let page = 1
  for (const letter of letters) {
    if (letter.firstPage !== page)
      refuse(`letter ${letter.id} begins on page ${letter.firstPage}, not ${page}`)
    page += letter.pages
  }
  if (new Set(letters.map((letter) => letter.id)).size !== letters.length)
    refuse('a letter stands twice')
  if (head.letters !== letters.length || head.pages !== page - 1)
    refuse(
      `it promises ${head.letters} letters on ${head.pages} pages and holds ${letters.length} on ${page - 1}`,
    )
  if (head.lettersSha256 !== sha256(body))
    refuse('lettersSha256 is not the hash of its letter lines')
  return {
    head,
    letters: letters.map(({ id, person, firstPage, pages, sha256 }) => ({
      id,
      person,
      firstPage,
      pages,
      sha256,
    })),
  }
}
