import { withdraw } from '../../channels/print.ts'
import { visit } from '../../channels/print-place.ts'
import { row, transaction } from '../../db/pool.ts'
import { messageOf } from '../../errors.ts'
import { sends } from '../../ledger/campaigns.ts'
import { voidBatches, type Batch } from '../../ledger/batches.ts'
import type { Stopped } from '../../ledger/messages-sending.ts'
import { stoppedIn } from './batch-letters.ts'
import { printDayAt } from './print-day.ts'
import { moveToDay } from './print-days.ts'
import type { PrintDeps } from './print-deps.ts'

/**
 * Whether a batch that an earlier run left may go on now. It waits with its campaign and for a day that has room; it
 * is given up when the campaign was cancelled, when one of its letters must not leave, and when it is too big for any
 * day.
 */
export async function mayGoOn(deps: PrintDeps, batch: Batch): Promise<boolean> {
  const campaign = await row<{ state: string; sends: boolean }>(
    deps.pool,
    `select state, ${sends('campaign')} as sends from campaign where id = $1`,
    [batch.campaignId],
  )
  if (campaign?.state === 'cancelled') {
    await giveUp(deps, batch)
    return false
  }
  return (
    campaign?.sends === true && !(await voidIfStopped(deps, batch)) && (await hasRoom(deps, batch))
  )
}

/**
 * @returns whether the supplier prints it today; the letters of one that is too big for any day come into smaller
 * ones
 */
async function hasRoom(deps: PrintDeps, batch: Batch): Promise<boolean> {
  const room = await transaction(deps.pool, (tx) =>
    moveToDay(tx, batch.id, printDayAt(deps.clock.now(), deps.schedule), deps.schedule),
  )
  if (room === 'too-big') await giveUp(deps, batch)
  return room === 'counted'
}

/** @returns whether the batch was given up, because some of its letters must not leave */
export async function voidIfStopped(deps: PrintDeps, batch: Batch): Promise<boolean> {
  const stopped = await stoppedIn(deps.pool, batch.id, deps.clock.now())
  if (!stopped.length) return false
  await giveUp(deps, batch, stopped)
  deps.log.warn(
    { batch: batch.name, letters: stopped.length },
    'batch voided: some of its letters must not leave',
  )
  return true
}

async function giveUp(
  { pool, place, log }: PrintDeps,
  batch: Batch,
  stopped: Stopped[] = [],
): Promise<void> {
  await transaction(pool, (tx) => voidBatches(tx, [batch.id], stopped))
  if (batch.state !== 'handing-over') return
  // The supplier takes nothing without a manifest; but it need not lie there.
  await visit(place, (at) => withdraw(at, batch.name)).catch((error: unknown) =>
    log.warn(
      { batch: batch.name, reason: messageOf(error) },
      'the files of a batch that was given up could not be removed at the supplier',
    ),
  )
}
