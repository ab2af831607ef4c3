import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { campaignsInState, type Campaign } from '../../campaigns/store.ts'
import { handedOver, handOver, withdraw, type SealedBatch } from '../../channels/print.ts'
import { visit, type OpenPlace } from '../../channels/print-place.ts'
import type { Clock } from '../../clock.ts'
import { row, run, transaction } from '../../db/pool.ts'
import { messageOf, Refused } from '../../errors.ts'
import {
  beginHandOver,
  endHandOver,
  holdBatch,
  mayLeaveNow,
  sealBatch,
  unfinishedBatches,
  voidBatches,
  type Batch,
} from '../../ledger/batches.ts'
import { drawBatch, type DrawnBatch } from '../../letters/drawing.ts'
import { manifest, readManifest } from '../../letters/manifest.ts'
import type { Log } from '../../log.ts'
import type { Texts } from '../../texts/texts.ts'
import { lettersOf, lookUpByKey, stoppedIn, type BatchLetter } from './batch-letters.ts'
import type { Composer } from '../compose.ts'
import { letterUses, textsChanged } from '../changed-texts.ts'
import { campaignFaults, pauseAll } from '../dispatch/dispatch.ts'
import { fill, type Filled } from './fill.ts'
import { asLines } from '../stored-letters.ts'
import { printDayAt, type PrintSchedule } from './print-day.ts'
import { moveToDay } from './print-days.ts'
import { limitConcurrency, type Limit } from './concurrency.ts'

export interface PrintDeps {
  pool: pg.Pool
  clock: Clock
  log: Log
  compose: Composer
  /** those that `compose` makes letters from */
  texts: Texts
  /** the supplier's folder or server */
  place: OpenPlace
  schedule: PrintSchedule
  /** where batches are rendered first */
  workFolder: string
  /** letters in a batch at most */
  batchSize: number
  stopping: () => boolean
}

/**
 * Hands over the letters of a campaign that are due: batch after batch is filled, rendered, sealed and handed over. What an
 * earlier run left unfinished is finished first, with the same letters and the same bytes.
 * @returns how many letters were handed over
 */
export async function printLetters(deps: PrintDeps, campaignId: number): Promise<number> {
  // One run a campaign. The lock is the connection's: it goes with the program that held it, however that ends.
  const client = await deps.pool.connect()
  try {
    const lock = await row<{ mine: boolean }>(
      client,
      `select pg_try_advisory_lock(hashtext('print'), $1::int) as mine`,
      [campaignId],
    )
    if (!lock?.mine) return 0
    try {
      return await printAll(deps, campaignId)
    } finally {
      await run(client, `select pg_advisory_unlock(hashtext('print'), $1::int)`, [campaignId])
    }
  } finally {
    client.release()
  }
}

/** Batches under way at once: while one is drawn two are filled, one of them by the database and one by this program, and one is handed over. */
const underWay = 4

interface Turns {
  fill: Limit
  draw: Limit
  handOver: Limit
}

async function printAll(deps: PrintDeps, campaignId: number): Promise<number> {
  let letters = 0
  const turns: Turns = {
    fill: limitConcurrency(2),
    draw: limitConcurrency(),
    handOver: limitConcurrency(),
  }
  for (const batch of await unfinishedBatches(deps.pool, campaignId))
    letters += await finishOrHold(deps, batch, turns)
  let failed = false
  const lane = async () => {
    try {
      while (!failed && !deps.stopping()) {
        const filled = await turns.fill(async () => {
          const campaign = failed
            ? undefined
            : (await campaignsInState(deps.pool, ['running'])).find((c) => c.id === campaignId)
          return campaign ? fillOrPause(deps, campaign) : []
        })
        if (!filled.length) break
        for (const { batch, letters: mine } of filled) {
          const handed = await finishOrHold(deps, batch, turns, mine)
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

async function finishOrHold(
  deps: PrintDeps,
  batch: Batch,
  turns: Turns,
  filled?: BatchLetter[],
): Promise<number> {
  try {
    return await finish(deps, batch, turns, filled)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    await holdBatch(deps.pool, batch.id, error.message)
    if (!batchFaults.has(error.code)) throw error
    deps.log.error({ batch: batch.name, reason: error.code }, error.message)
    return 0
  }
}

/** A campaign whose texts can't be filled, or aren't those that were approved, pauses with the reason, and its letters wait. */
async function fillOrPause(deps: PrintDeps, campaign: Campaign): Promise<Filled[]> {
  const changed = await textsChanged(deps.pool, deps.texts, letterUses(campaign))
  if (changed.size > 0) {
    await pauseAll(deps, changed)
    return []
  }
  try {
    return await fill(deps, campaign)
  } catch (error) {
    if (!(error instanceof Refused) || !campaignFaults.has(error.code)) throw error
    await pauseAll(deps, new Map([[campaign.id, error.message]]))
    return []
  }
}

/**
 * Takes a batch from whatever state it is in to handed over, or voids it when one of its letters must not leave.
 * @param filled the letters of a batch that was filled just now; those of others are read and looked at again
 */
async function finish(
  deps: PrintDeps,
  batch: Batch,
  turns: Turns,
  filled?: BatchLetter[],
): Promise<number> {
  const { pool, clock } = deps
  // Handed over already, but the record was lost with the program that did it.
  const there = batch.state === 'handing-over' && (await isThere(deps, batch))
  if (!there && !filled) {
    // A hand-over that was broken off before its last step is called off with its campaign, or waits with it.
    const campaign = await row<{ state: string }>(
      pool,
      'select state from campaign where id = $1',
      [batch.campaignId],
    )
    if (campaign?.state === 'cancelled') {
      await giveUp(deps, batch, [])
      return 0
    }
    if (
      campaign?.state !== 'running' ||
      (await voidIfStopped(deps, batch)) ||
      !(await hasRoom(deps, batch))
    )
      return 0
  }
  const letters = filled ?? (await lettersOf(pool, batch.id))
  const sealed = there ? undefined : await turns.draw(() => seal(deps, batch, letters))
  if (!there && !sealed) return 0
  return turns.handOver(async () => {
    if (sealed) {
      if (await voidIfStopped(deps, batch)) return 0 // drawing takes time, and somebody may have died meanwhile
      if (batch.state !== 'handing-over' && !(await beginHandOver(pool, batch.id))) return 0 // paused or recalled: it stays
      const go = () =>
        transaction(
          pool,
          async (tx) =>
            (await moveToDay(
              tx,
              batch.id,
              printDayAt(clock.now(), deps.schedule),
              deps.schedule,
            )) === 'counted' && (await mayLeaveNow(tx, batch.id, clock.now())),
        )
      const how = await visit(deps.place, (place) => handOver(place, sealed, go))
      if (how === 'waiting') return 0
      await rm(sealed.pdf, { force: true })
    }
    await transaction(pool, async (tx) => {
      await lookUpByKey(tx)
      await endHandOver(tx, batch.id, clock.now())
    })
    return letters.length
  })
}

/** Draws a batch and seals it with its hashes. @returns undefined when it had to be voided */
async function seal(
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
 * Whether a hand-over that was broken off had come to its end. A manifest that had been prepared and is gone was taken by the
 * supplier: only the last step moves it.
 * @throws Refused when what lies there is not what was sealed
 */
async function isThere({ place }: PrintDeps, batch: Batch): Promise<boolean> {
  const found = await visit(place, (at) => handedOver(at, batch.name))
  if (found === undefined) return batch.preparedAt !== null
  if (found === 'prepared') return false
  try {
    const { head } = readManifest(found.manifest)
    if (
      head.batch === batch.name &&
      head.lettersSha256 === batch.batchSha256 &&
      head.fileSha256 === batch.pdfSha256
    )
      return true
  } catch (error) {
    throw new Refused(
      'batch-already-handed-over',
      `The manifest of ${batch.name} at the supplier was changed: ${messageOf(error)}`,
      { batch: batch.name },
    )
  }
  throw new Refused(
    'batch-already-handed-over',
    `The manifest of ${batch.name} at the supplier is not the one that was sealed. Ask them what they have printed.`,
    { batch: batch.name },
  )
}

/** @returns whether the supplier prints it today; one that is too big for any day is given up, and its letters come into smaller ones */
async function hasRoom(deps: PrintDeps, batch: Batch): Promise<boolean> {
  const room = await transaction(deps.pool, (tx) =>
    moveToDay(tx, batch.id, printDayAt(deps.clock.now(), deps.schedule), deps.schedule),
  )
  if (room === 'too-big') await giveUp(deps, batch, [])
  return room === 'counted'
}

async function giveUp(
  { pool, place, log }: PrintDeps,
  batch: Batch,
  stopped: { id: string; reason: string }[],
): Promise<void> {
  await transaction(pool, (tx) => voidBatches(tx, [batch.id], stopped))
  if (batch.state !== 'handing-over') return
  // Nobody takes what has no manifest; but it need not lie there.
  await visit(place, (at) => withdraw(at, batch.name)).catch((error: unknown) =>
    log.warn(
      { batch: batch.name, reason: messageOf(error) },
      'what lies at the supplier of a batch that was given up could not be removed',
    ),
  )
}

/** @returns whether the batch was given up, because some of its letters must not leave */
async function voidIfStopped(deps: PrintDeps, batch: Batch): Promise<boolean> {
  const stopped = await stoppedIn(deps.pool, batch.id, deps.clock.now())
  if (!stopped.length) return false
  await giveUp(deps, batch, stopped)
  deps.log.warn(
    { batch: batch.name, letters: stopped.length },
    'batch voided: some of its letters must not leave',
  )
  return true
}

/** Draws the batch's PDF. One letter that can't be drawn must not hold up the others: the batch is voided without it. */
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
