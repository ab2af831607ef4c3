import { stringify } from 'csv-stringify'
import { createWriteStream } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Db } from '../../db/pool.ts'
import { findingsAfter, type FindingRow } from './reconcile-store.ts'

/** What is wrong with one letter, in words for the person who speaks to the supplier. */
export function inWords({ kind, details: d }: FindingRow): string {
  switch (kind) {
    case 'doubled':
      return `${d.stage === 'posted' ? 'posted' : 'printed'} ${d.copies} times instead of once`
    case 'missing':
      return d.stage === 'posted'
        ? 'not posted'
        : d.damaged
          ? 'damaged and not printed again'
          : 'not printed'
    case 'not-ours':
      return `no letter of ours has this id (line ${d.line})`
    case 'other-batch':
      return d.batch
        ? `belongs to the batch ${d.batch} (line ${d.line})`
        : `was taken out of print and is in no batch (line ${d.line})`
    case 'hash-disagrees':
      return d.contentOf
        ? `printed with the content of the letter ${d.contentOf}`
        : 'printed with other content than ours'
    case 'returned':
      return `came back: ${d.why}`
  }
}

/** How many copies of it must not be posted. */
const toHold = ({ kind, details: d }: FindingRow): number =>
  kind === 'doubled'
    ? d.copies! - 1
    : kind === 'not-ours' || kind === 'other-batch'
      ? (d.copies ?? 1)
      : kind === 'hash-disagrees'
        ? 1
        : 0

async function* allFindings(db: Db, reconciliation: number): AsyncGenerator<FindingRow> {
  for (let after = 0; ;) {
    const some = await findingsAfter(db, reconciliation, after)
    yield* some
    if (some.length < 1000) return
    after = some.at(-1)!.id
  }
}

/**
 * Writes every finding, a row each: batch, letter, our reference of the person, kind, the counts, and what is wrong.
 */
export const writeFindings = (db: Db, reconciliation: number, path: string): Promise<void> =>
  writeCsv(path, async function* () {
    for await (const f of allFindings(db, reconciliation)) {
      const { printed, inserted, posted, damaged } = f.details
      yield {
        batch: f.batch,
        letter: f.letter,
        person: f.personId === null ? '' : `p${f.personId}`,
        kind: f.kind,
        printed,
        inserted,
        posted,
        damaged,
        what: inWords(f),
      }
    }
  })

/** Writes what the supplier is asked to hold back: batch, letter, how many copies, why. No name, no person. */
export const writeHold = (db: Db, reconciliation: number, path: string): Promise<void> =>
  writeCsv(path, async function* () {
    for await (const f of allFindings(db, reconciliation))
      if (toHold(f) > 0) yield { batch: f.batch, id: f.letter, hold: toHold(f), why: inWords(f) }
  })

async function writeCsv(path: string, lines: () => AsyncGenerator<object>): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await pipeline(
    Readable.from(lines()),
    stringify({ header: true, bom: true, escape_formulas: true }),
    createWriteStream(`${path}.part`, { mode: 0o600 }),
  )
  await rename(`${path}.part`, path)
}
