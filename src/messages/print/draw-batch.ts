import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SealedBatch } from '../../channels/print.ts'
import { transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { sealBatch, voidBatches, type Batch } from '../../ledger/batches.ts'
import { drawBatch, type DrawnBatch } from '../../letters/drawing.ts'
import { manifest } from '../../letters/manifest.ts'
import { asLines } from '../stored-letters.ts'
import type { BatchLetter } from './batch-letters.ts'
import type { PrintDeps } from './print-deps.ts'

/**
 * Draws a batch, and seals it with its hashes or, if it is sealed already, sees that it comes out the same.
 * @returns undefined when it had to be voided
 */
export async function drawAndSeal(
  deps: PrintDeps,
  batch: Batch,
  letters: BatchLetter[],
): Promise<SealedBatch | undefined> {
  const pdf = join(deps.workFolder, `${batch.name}.pdf`)
  const made = await draw(deps, batch, letters, pdf)
  if (!made) return undefined
  const about = {
    batch: batch.name,
    createdAt: batch.createdAt,
    file: `${batch.name}.pdf`,
    fileSha256: made.sha256,
    postage: batch.postage,
    grams: batch.grams,
  }
  const { text, head } = manifest(
    about,
    made.letters.map((l, i) => ({ ...l, person: `p${letters[i]!.personId}` })),
  )
  const sealed = {
    letters: letters.length,
    pages: made.pages,
    pdfSha256: made.sha256,
    batchSha256: head.lettersSha256,
    drawn: made.letters,
  }
  if (batch.state === 'open') await sealBatch(deps.pool, batch.id, sealed, deps.clock.now())
  else if (batch.batchSha256 !== head.lettersSha256 || batch.pdfSha256 !== made.sha256)
    throw new Error(`batch ${batch.name} came out differently when rendered again: it is held`)
  return { name: batch.name, pdf, pdfSha256: made.sha256, manifest: text }
}

/**
 * Draws the batch's PDF. One letter that can't be drawn must not hold up the others: the batch is voided without it.
 */
async function draw(
  { pool, log, workFolder }: PrintDeps,
  batch: Batch,
  letters: BatchLetter[],
  pdf: string,
): Promise<DrawnBatch | undefined> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  try {
    return await drawBatch({
      letters: asLines(letters.map((l) => l.content)),
      pdf,
      title: batch.name,
      createdAt: batch.createdAt,
    })
  } catch (error) {
    const letter = error instanceof Refused ? error.details['letter'] : undefined
    if (!(error instanceof Refused) || typeof letter !== 'string') throw error
    log.error(
      { batch: batch.name, message: letter, reason: error.code },
      'a letter can not be drawn',
    )
    await transaction(pool, (tx) =>
      voidBatches(tx, [batch.id], [{ id: letter, reason: error.code }]),
    )
    return undefined
  }
}
