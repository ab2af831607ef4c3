import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { campaignsInState, type Campaign } from '../campaigns/store.ts'
import { handOver, isHandedOver } from '../channels/print.ts'
import type { Clock } from '../clock.ts'
import { row, run, transaction } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { manifest } from '../letters/manifest.ts'
import type { Letter } from '../letters/letter.ts'
import { renderBatch } from '../letters/render.ts'
import type { Log } from '../log.ts'
import { beginHandOver, endHandOver, lettersOf, openBatch, sealBatch, stoppedIn, unfinishedBatches, voidBatch, type Batch } from './batches.ts'
import { lockDueLetters, markSending, suppress, type Ready } from './claim.ts'
import type { Composer } from './compose.ts'
import { bytesOf, campaignFaults, pauseAll } from './dispatch.ts'

export interface PrintDeps {
  pool: pg.Pool
  clock: Clock
  log: Log
  compose: Composer
  /** where the supplier fetches batches */
  printFolder: string
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
    const lock = await row<{ mine: boolean }>(client, `select pg_try_advisory_lock(hashtext('print'), $1::int) as mine`, [campaignId])
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

async function printAll(deps: PrintDeps, campaignId: number): Promise<number> {
  let letters = 0
  for (const batch of await unfinishedBatches(deps.pool, campaignId)) letters += await finish(deps, batch)
  while (!deps.stopping()) {
    const campaign = (await campaignsInState(deps.pool, ['running'])).find((c) => c.id === campaignId)
    const batch = campaign && (await fillOrPause(deps, campaign))
    if (!batch) break
    letters += await finish(deps, batch)
  }
  return letters
}

/** A campaign whose texts can't be filled pauses with the reason, and its letters wait. */
async function fillOrPause(deps: PrintDeps, campaign: Campaign): Promise<Batch | undefined> {
  try {
    return await fill(deps, campaign)
  } catch (error) {
    if (!(error instanceof Refused) || !campaignFaults.has(error.code)) throw error
    await pauseAll(deps, new Map([[campaign.id, error.message]]))
    return undefined
  }
}

/** Claims the next letters into a new batch, composed and with their bytes stored. @returns undefined when none is due */
async function fill(deps: PrintDeps, campaign: Campaign): Promise<Batch | undefined> {
  return transaction(deps.pool, async (tx) => {
    for (;;) {
      const found = await lockDueLetters(tx, campaign.id, deps.clock.now(), deps.batchSize)
      if (!found.length) return undefined
      const stopped = found.filter((due) => due.stop !== null).map((due) => ({ id: due.id, reason: due.stop! }))
      const ready: Ready[] = []
      for (const due of found.filter((d) => d.stop === null)) {
        try {
          ready.push(await bytesOf(due, deps.compose))
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          deps.log.error({ message: due.id, reason: error.code }, 'letter could not be composed')
          if (campaignFaults.has(error.code)) throw error
          stopped.push({ id: due.id, reason: error.code })
        }
      }
      await suppress(tx, stopped)
      if (!ready.length) continue
      const batch = await openBatch(tx, campaign, deps.clock.now())
      await markSending(tx, ready, batch.name, batch.id)
      return batch
    }
  })
}

/** Takes a batch from whatever state it is in to handed over, or voids it when one of its letters must not leave. */
async function finish(deps: PrintDeps, batch: Batch): Promise<number> {
  const { pool, clock, printFolder, workFolder } = deps
  // Handed over already, but the record was lost with the program that did it.
  const there = batch.state === 'handing-over' && (await isHandedOver(printFolder, batch.name))
  if (!there) {
    // A hand-over that was broken off before anything lay in the folder is called off with its campaign, or waits with it.
    const campaign = await row<{ state: string }>(pool, 'select state from campaign where id = $1', [batch.campaignId])
    if (campaign?.state === 'cancelled') {
      await transaction(pool, (tx) => voidBatch(tx, batch.id, []))
      return 0
    }
    if (campaign?.state !== 'running' || (await voidIfStopped(deps, batch))) return 0
  }
  const letters = await lettersOf(pool, batch.id)
  if (!there) {
    const pdf = join(workFolder, `${batch.name}.pdf`)
    const made = await draw(deps, batch, letters, pdf)
    if (!made) return 0
    const pdfSha256 = await sha256Of(pdf)
    const personOf = new Map(letters.map((l) => [l.id, `p${l.personId}`]))
    const { text, head } = manifest({ batch: batch.name, createdAt: batch.createdAt, file: `${batch.name}.pdf`, fileSha256: pdfSha256 }, made.letters.map((l) => ({ ...l, person: personOf.get(l.id)! })))
    const sealed = { letters: letters.length, pages: made.pages, pdfSha256, batchSha256: head.lettersSha256, firstPages: made.letters }
    if (batch.state === 'open') await transaction(pool, (tx) => sealBatch(tx, batch, sealed, clock.now()))
    else if (batch.batchSha256 !== head.lettersSha256) throw new Error(`batch ${batch.name} came out differently when rendered again: it is held`)
    if (await voidIfStopped(deps, batch)) return 0 // once more: drawing takes time, and somebody may have died meanwhile
    if (batch.state !== 'handing-over' && !(await beginHandOver(pool, batch.id))) return 0 // paused or recalled: it stays
    await handOver(printFolder, batch.name, pdf, text)
    await rm(pdf, { force: true })
  }
  await transaction(pool, (tx) => endHandOver(tx, batch.id, clock.now()))
  return letters.length
}

/** @returns whether the batch was given up, because some of its letters must not leave */
async function voidIfStopped({ pool, clock, log }: PrintDeps, batch: Batch): Promise<boolean> {
  const stopped = await stoppedIn(pool, batch.id, clock.now())
  if (!stopped.length) return false
  await transaction(pool, (tx) => voidBatch(tx, batch.id, stopped))
  log.warn({ batch: batch.name, letters: stopped.length }, 'batch voided: some of its letters must not leave')
  return true
}

/** Draws the batch's PDF. One letter that can't be drawn must not hold up the others: the batch is voided without it. */
async function draw({ pool, log, workFolder }: PrintDeps, batch: Batch, letters: { content: Buffer }[], pdf: string): Promise<Awaited<ReturnType<typeof renderBatch>> | undefined> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  const file = createWriteStream(pdf, { mode: 0o640 }) // handed over with its mode: the print supplier's account reads it by its group
  try {
    return await renderBatch(letters.map((l) => JSON.parse(l.content.toString()) as Letter), file, { title: batch.name, createdAt: batch.createdAt })
  } catch (error) {
    file.destroy()
    const letter = error instanceof Refused ? error.details['letter'] : undefined
    if (!(error instanceof Refused) || typeof letter !== 'string') throw error
    log.error({ batch: batch.name, message: letter, reason: error.code }, 'a letter can not be drawn')
    await transaction(pool, (tx) => voidBatch(tx, batch.id, [{ id: letter, reason: error.code }]))
    return undefined
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
