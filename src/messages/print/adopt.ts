import { handedOver } from '../../channels/print.ts'
import { visit } from '../../channels/print-place.ts'
import { campaignsThatSend, logEvent, type Campaign } from '../../campaigns/store.ts'
import { transaction } from '../../db/pool.ts'
import {
  beginHandOver,
  endHandOver,
  nextBatchName,
  openBatch,
  sealBatch,
  unfinishedBatches,
} from '../../ledger/batches.ts'
import { readManifest, type ManifestHead, type ManifestLetter } from '../../letters/manifest.ts'
import { lockTheseLetters } from '../claim.ts'
import { bytesOf } from '../dispatch/claim-chunk.ts'
import { fillBatch } from './batch-letters.ts'
import { finishBrokenOff } from './batch-steps.ts'
import { limitConcurrency } from './concurrency.ts'
import { printDayAt } from './print-day.ts'
import { lockRoom, takeRoom } from './print-days.ts'
import type { PrintDeps } from './print-deps.ts'

interface Manifest {
  head: ManifestHead
  letters: ManifestLetter[]
}

/**
 * In a database that was put back: takes over the batches that lie at the supplier and that it does not know of. Their
 * letters have left. All others wait until somebody has said that the supplier has no more (messages/restored.ts).
 * @returns how many letters were found to have left
 */
export async function adoptFromSupplier(deps: PrintDeps, campaignId: number): Promise<number> {
  let found = 0
  const turns = { draw: limitConcurrency(), handOver: limitConcurrency() }
  for (const batch of await unfinishedBatches(deps.pool, campaignId))
    if (await manifestOf(deps, batch.name)) found += await finishBrokenOff(deps, batch, turns)
  for (;;) {
    const campaign = (await campaignsThatSend(deps.pool)).find(({ id }) => id === campaignId)
    if (!campaign) return found
    const manifest = await manifestOf(deps, await nextBatchName(deps.pool, campaign))
    if (!manifest) return found
    const adopted = await adopt(deps, campaign, manifest)
    if (!adopted) return found
    found += adopted
  }
}

async function manifestOf({ place }: PrintDeps, batch: string): Promise<Manifest | undefined> {
  const found = await visit(place, (at) => handedOver(at, batch))
  return typeof found === 'object' ? readManifest(found.manifest) : undefined
}

/**
 * The batch as the supplier has it: its name, letters and hashes, so that receipts fit. The letters' bytes are composed
 * again from what is known now.
 * @returns 0: not all of its letters have been made here yet
 */
function adopt(deps: PrintDeps, campaign: Campaign, { head, letters }: Manifest): Promise<number> {
  const now = deps.clock.now()
  return transaction(deps.pool, async (tx) => {
    const ids = letters.map(({ id }) => id)
    const found = await lockTheseLetters(tx, campaign, ids, now)
    if (found.length !== ids.length) {
      const missing = ids.length - found.length
      deps.log.warn(
        { batch: head.batch, letters: ids.length, missing },
        'the supplier has a batch with letters that are not made here yet: it waits',
      )
      return 0
    }
    const createdAt = new Date(head.createdAt)
    const printDay = printDayAt(createdAt, deps.schedule)
    await lockRoom(tx, printDay, deps.schedule)
    await takeRoom(tx, printDay, ids.length)
    const batch = await openBatch(
      tx,
      {
        id: campaign.id,
        name: campaign.name,
        postage: head.postage ?? 'first',
        grams: head.grams ?? 50,
        printDay,
        letterIds: ids,
      },
      createdAt,
    )
    const again = found.filter(({ content }) => content !== null).map(({ id }) => id)
    const fresh = await Promise.all(
      found.filter(({ content }) => content === null).map((due) => bytesOf(due, deps.compose)),
    )
    await fillBatch(tx, batch, fresh, again)
    const sealed = {
      letters: head.letters,
      pages: head.pages,
      pdfSha256: head.fileSha256,
      batchSha256: head.lettersSha256,
      drawn: letters,
    }
    await sealBatch(tx, batch.id, sealed, now)
    await beginHandOver(tx, batch.id)
    await endHandOver(tx, batch.id, now)
    await logEvent(tx, campaign.id, now, 'kallelse', 'batch-adopted', {
      batch: head.batch,
      letters: ids.length,
    })
    return ids.length
  })
}
