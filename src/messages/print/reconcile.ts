import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type pg from 'pg'
import { visit, type OpenPlace } from '../../channels/print-place.ts'
import type { Clock } from '../../clock.ts'
import { run, transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { inspectFile } from '../../people/import/source-file.ts'
import { readReceipt } from './receipt-file.ts'
import { writeFindings, writeHold } from './reconcile-files.ts'
import { refuseUnusable, stageReceipt } from './reconcile-staging.ts'
import {
  closeReconciliation,
  countLetters,
  find,
  findingKinds,
  keepReceipts,
  openReconciliation,
  reconciliationOf,
  tally,
  type FindingKind,
  type ReconciledBatch,
} from './reconcile-store.ts'
import { takeReturned } from './returned.ts'

export interface Reconciled {
  /** what a correction is aimed at: `correct --of reconciliation:ID`; null in a dry run */
  id: number | null
  file: string
  lines: number
  batches: ReconciledBatch[]
  found: Partial<Record<FindingKind, number>>
  /** people who got, or would get, something wrong in the post */
  affected: number
  /** the supplier has not said that anything was posted: what is wrong can still be held */
  beforePosting: boolean
  /** set when this very file was reconciled earlier: nothing was changed now */
  alreadyOn?: Date
  findingsFile?: string
  holdFile?: string
}

/**
 * Compares what the print supplier says happened with what was handed over, letter by letter, and keeps it: all in
 * one transaction. The same file twice changes nothing. Letters that came back mark the address, and the next channel
 * of the campaign's plan takes over (next-channel.ts).
 * @param folder where the list of findings and the hold request are written
 * @throws Refused when the file is not whole, or its batches are not the supplier's yet: nothing is recorded
 */
export async function reconcile(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  path: string,
  { folder, dryRun = false }: { folder: string; dryRun?: boolean },
): Promise<Reconciled> {
  const file = await inspectFile(path)
  const name = basename(path)
  let result: Reconciled | undefined
  try {
    await transaction(pool, async (tx) => {
      await run(tx, `select pg_advisory_xact_lock(hashtext('reconcile'))`) // two at once would both count the same lines as new
      const known = await reconciliationOf(tx, file.sha256)
      if (known) {
        result = {
          id: known.id,
          file: known.fileName,
          lines: known.lines,
          batches: known.batches,
          ...(await tally(tx, known.id)),
          alreadyOn: known.madeAt,
        }
        return
      }
      const lines = await stageReceipt(tx, readReceipt(file))
      await refuseUnusable(tx, name)
      const id = await openReconciliation(tx, { name, sha256: file.sha256, lines }, clock.now())
      await keepReceipts(tx, id)
      await countLetters(tx)
      for (const kind of findingKinds) await find(tx, kind, id)
      const batches = await closeReconciliation(tx, id)
      const counted = await tally(tx, id)
      if (counted.found.returned) await takeReturned(tx, id, clock.now())
      result = {
        id: dryRun ? null : id,
        file: name,
        lines,
        batches,
        ...counted,
        ...(await writeFiles(tx, id, join(folder, name), counted)),
      }
      if (dryRun) throw rollback
    })
  } catch (error) {
    if (error !== rollback) throw error
  }
  return result!
}

const rollback = new Error('dry run')

const toHold: FindingKind[] = ['doubled', 'not-ours', 'other-batch', 'hash-disagrees']

async function writeFiles(
  tx: pg.PoolClient,
  id: number,
  base: string,
  { found, beforePosting }: Pick<Reconciled, 'found' | 'beforePosting'>,
): Promise<Pick<Reconciled, 'findingsFile' | 'holdFile'>> {
  const any = Object.keys(found).length > 0
  const hold = beforePosting && toHold.some((kind) => found[kind])
  if (any) await writeFindings(tx, id, `${base}.findings.csv`)
  if (hold) await writeHold(tx, id, `${base}.hold.csv`)
  return {
    ...(any ? { findingsFile: `${base}.findings.csv` } : {}),
    ...(hold ? { holdFile: `${base}.hold.csv` } : {}),
  }
}

/**
 * Fetches a receipt that lies at the supplier.
 * @returns the path of our copy, readable by nobody else
 * @throws Refused no-such-file
 */
export async function fetchReceipt(
  place: OpenPlace,
  name: string,
  folder: string,
): Promise<string> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/.test(name))
    throw new Refused(
      'bad-name',
      `"${name}" is not a file's name at the supplier: letters, digits, dots and hyphens, no folders.`,
    )
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  const there = await visit(place, async (at) => ({
    where: at.where,
    read: await at.read(name, createWriteStream(`${path}.part`, { mode: 0o600 })),
  }))
  if (!there.read) await rm(`${path}.part`, { force: true })
  if (!there.read) throw new Refused('no-such-file', `There is no file ${name} in ${there.where}.`)
  await rename(`${path}.part`, path)
  return path
}
