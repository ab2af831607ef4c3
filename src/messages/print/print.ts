import type pg from 'pg'
import { campaignsThatSend, type Campaign } from '../../campaigns/store.ts'
import { row, run, transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { holdBatch, unfinishedBatches, type Batch } from '../../ledger/batches.ts'
import { letterUses, textsChanged } from '../changed-texts.ts'
import { campaignFaults, pauseAll } from '../dispatch/claim-chunk.ts'
import { openRestore } from '../restored.ts'
import { adoptFromSupplier } from './adopt.ts'
import { finishBrokenOff, finishFilled, type Turns } from './batch-steps.ts'
import { limitConcurrency, type Limit } from './concurrency.ts'
import { fill, type Filled } from './fill.ts'
import type { PrintDeps } from './print-deps.ts'

/**
 * Hands over the letters of a campaign that are due: batch after batch is filled, rendered, sealed and handed over.
 * What an earlier run left unfinished is finished first, with the same letters and the same bytes.
 * @returns how many letters were handed over
 */
export async function printLetters(deps: PrintDeps, campaignId: number): Promise<number> {
  return (await withPrintLock(deps.pool, campaignId, () => printAll(deps, campaignId))) ?? 0
}

/**
 * One run a campaign. The lock goes with the program that held it, however that ends, also behind a pooler: it is a
 * transaction's, on a connection of its own that does nothing else. Idle, and having written nothing, it keeps no old
 * rows alive.
 * @returns undefined when another run has it
 */
const withPrintLock = <T>(
  pool: pg.Pool,
  campaignId: number,
  work: () => Promise<T>,
): Promise<T | undefined> =>
  transaction(pool, async (tx) => {
    await run(tx, 'set local idle_in_transaction_session_timeout = 0')
    const lock = await row<{ mine: boolean }>(
      tx,
      `select pg_try_advisory_xact_lock(hashtext('print'), $1::int) as mine`,
      [campaignId],
    )
    return lock?.mine ? await work() : undefined
  })

/**
 * Batches under way at once: while one is drawn two are filled, one of them by the database and one by this program,
 * and one is handed over.
 */
const underWay = 4

async function printAll(deps: PrintDeps, campaignId: number): Promise<number> {
  if (await openRestore(deps.pool)) return adoptFromSupplier(deps, campaignId)
  const fillTurn = limitConcurrency(2)
  const claimTurn = limitConcurrency()
  const turns: Turns = { draw: limitConcurrency(), handOver: limitConcurrency() }
  let letters = 0
  for (const batch of await unfinishedBatches(deps.pool, campaignId))
    letters += await orHold(deps, batch, () => finishBrokenOff(deps, batch, turns))
  let failed = false
  const lane = async () => {
    try {
      while (!failed && !deps.stopping()) {
        const filled = await fillTurn(async () =>
          failed ? [] : fillNext(deps, campaignId, claimTurn),
        )
        if (!filled.length) break
        for (const { batch, letters: mine } of filled) {
          const handed = await orHold(deps, batch, () => finishFilled(deps, batch, mine, turns))
          letters += handed
        }
      }
    } catch (error) {
      failed = true // the others end with the batch they have
      throw error
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: underWay }, lane))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return letters
}

/** Faults of one batch, which must not hold up the others. */
const batchFaults: ReadonlySet<string> = new Set([
  'batch-already-handed-over',
  'changed-after-sealing',
])

/** Finishes a batch; when that is refused the batch says why, until it is handed over. */
async function orHold(
  deps: PrintDeps,
  batch: Batch,
  finish: () => Promise<number>,
): Promise<number> {
  try {
    return await finish()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    await holdBatch(deps.pool, batch.id, error.message)
    if (!batchFaults.has(error.code)) throw error
    deps.log.error({ batch: batch.name, reason: error.code }, error.message)
    return 0
  }
}

/** @returns none when nothing is due, or the campaign does not run */
async function fillNext(deps: PrintDeps, campaignId: number, claimTurn: Limit): Promise<Filled[]> {
  const campaign = (await campaignsThatSend(deps.pool)).find(({ id }) => id === campaignId)
  return campaign ? fillOrPause(deps, campaign, claimTurn) : []
}

/**
 * A campaign whose texts can't be filled, or aren't those that were approved, pauses with the reason, and its letters
 * wait.
 */
async function fillOrPause(
  deps: PrintDeps,
  campaign: Campaign,
  claimTurn: Limit,
): Promise<Filled[]> {
  const changed = await textsChanged(deps.pool, deps.texts, letterUses(campaign))
  if (changed.size > 0) {
    await pauseAll(deps, changed)
    return []
  }
  try {
    return await fill(deps, campaign, claimTurn)
  } catch (error) {
    if (!(error instanceof Refused) || !campaignFaults.has(error.code)) throw error
    await pauseAll(deps, new Map([[campaign.id, error.message]]))
    return []
  }
}
