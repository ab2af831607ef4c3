import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import type { Campaign } from '../../campaigns/store.ts'
import type { Clock } from '../../clock.ts'
import { transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { openBatch, type Batch } from '../../ledger/batches.ts'
import { suppressMessages, type Ready, type Stopped } from '../../ledger/messages-sending.ts'
import { countPages } from '../../letters/drawing.ts'
import type { Log } from '../../log.ts'
import { fillBatch, lookUpByKey, type BatchLetter } from './batch-letters.ts'
import type { Limit } from './concurrency.ts'
import { lettersInTurn, lockDueLetters, type Due } from '../claim.ts'
import type { Composer } from '../compose.ts'
import { bytesOf, campaignFaults } from '../dispatch/claim-chunk.ts'
import { asLines } from '../stored-letters.ts'
import { gramsOf, printDayAt, roomOn, type PrintSchedule } from './print-day.ts'
import { lockRoom, printDayRow, takeRoom } from './print-days.ts'

export interface Filled {
  batch: Batch
  /** as lettersOf reads them back */
  letters: BatchLetter[]
}

export interface FillDeps {
  pool: pg.Pool
  clock: Clock
  log: Log
  compose: Composer
  schedule: PrintSchedule
  /** letters in a batch at most */
  batchSize: number
}

/**
 * Claims the next letters into new batches, composed and with their bytes stored: one for each postage step, and no
 * more than the supplier still takes today and than are first in the queue of all campaigns.
 * @returns none when no letter is due, or the day is full
 * @param claimTurn one claim at a time: two at once would share what is due, and make two half batches of it
 * @throws Refused when the campaign's texts can't be filled
 */
export function fill(deps: FillDeps, campaign: Campaign, claimTurn: Limit): Promise<Filled[]> {
  return transaction(deps.pool, async (tx) => {
    await lookUpByKey(tx)
    const printDay = printDayAt(deps.clock.now(), deps.schedule)
    for (;;) {
      // Composed before the day is locked, so that the next batch is composed while this one is stored.
      const found =
        roomOn(await printDayRow(tx, printDay), deps.schedule) > 0
          ? await claimTurn(() => lockDueLetters(tx, campaign, deps.clock.now(), deps.batchSize))
          : []
      if (!found.length) return []
      const { ready: composed, stopped } = await composeAll(deps, found)
      await suppressMessages(tx, stopped)
      if (!composed.length) continue
      const room = await lockRoom(tx, printDay, deps.schedule)
      const turn =
        room < Infinity ? await lettersInTurn(tx, campaign.id, deps.clock.now(), room) : room
      const ready = composed.slice(0, turn) // the others stay queued
      if (!ready.length) return []
      await takeRoom(tx, printDay, ready.length)
      const filled: Filled[] = []
      for (const [grams, letters] of Map.groupBy(ready, (letter) => letter.grams)) {
        letters.sort((a, b) => (a.id < b.id ? -1 : 1))
        const batch = await openBatch(
          tx,
          {
            id: campaign.id,
            name: campaign.name,
            postage: campaign.spec.postage ?? 'first',
            grams,
            printDay,
            letterIds: letters.map((letter) => letter.id),
          },
          deps.clock.now(),
        )
        await fillBatch(
          tx,
          batch,
          letters.filter((letter) => !letter.again),
          letters.filter((letter) => letter.again).map((letter) => letter.id),
        )
        filled.push({ batch, letters })
      }
      return filled
    }
  })
}

interface Composed extends Ready, BatchLetter {
  /** its bytes are those of an earlier try */
  again: boolean
  grams: number
}

async function composeAll(
  { compose, log }: FillDeps,
  found: Due[],
): Promise<{ ready: Composed[]; stopped: Stopped[] }> {
  const stopped: Stopped[] = []
  const stop = (id: string, reason: string) => {
    log.error({ message: id, reason }, 'letter could not be composed')
    stopped.push({ id, reason })
  }
  const ready: Composed[] = []
  for (const [i, due] of found.entries()) {
    if (i % 50 === 49) await setImmediate() // yield to the event loop
    if (due.stop !== null) stopped.push({ id: due.id, reason: due.stop })
    else {
      try {
        ready.push({
          ...(await bytesOf(due, compose)),
          personId: due.personId,
          again: due.content !== null,
          grams: 0,
        })
      } catch (error) {
        if (!(error instanceof Refused) || campaignFaults.has(error.code)) throw error
        stop(due.id, error.code)
      }
    }
  }
  const pages = await countPages(asLines(ready.map((letter) => letter.content)))
  return {
    stopped,
    ready: ready.filter((letter, i) => {
      const count = pages[i]!
      if (typeof count === 'string') stop(letter.id, count)
      else letter.grams = gramsOf(count)
      return typeof count === 'number'
    }),
  }
}
