import type pg from 'pg'
import type { Campaign } from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import { transaction } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Log } from '../log.ts'
import { fillBatch, lookUpByKey, openBatch, type Batch, type BatchLetter } from './batches.ts'
import { lockDueLetters, suppress, type Ready } from './claim.ts'
import type { Composer } from './compose.ts'
import { bytesOf, campaignFaults } from './dispatch.ts'

export interface Filled {
  batch: Batch
  /** as lettersOf reads them back */
  letters: BatchLetter[]
}

/**
 * Claims the next letters into a new batch, composed and with their bytes stored.
 * @returns undefined when none is due
 * @throws Refused when the campaign's texts can't be filled
 */
export function fill(deps: { pool: pg.Pool; clock: Clock; log: Log; compose: Composer; batchSize: number }, campaign: Campaign): Promise<Filled | undefined> {
  return transaction(deps.pool, async (tx) => {
    await lookUpByKey(tx)
    for (;;) {
      const found = await lockDueLetters(tx, campaign, deps.clock.now(), deps.batchSize)
      if (!found.length) return undefined
      const stopped: { id: string; reason: string }[] = []
      const fresh: Ready[] = []
      const again: string[] = []
      const letters: BatchLetter[] = []
      for (const due of found) {
        if (due.stop !== null) {
          stopped.push({ id: due.id, reason: due.stop })
          continue
        }
        try {
          const ready = await bytesOf(due, deps.compose)
          letters.push({ id: due.id, personId: due.personId, content: ready.content })
          if (due.content) again.push(due.id)
          else fresh.push(ready)
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          deps.log.error({ message: due.id, reason: error.code }, 'letter could not be composed')
          if (campaignFaults.has(error.code)) throw error
          stopped.push({ id: due.id, reason: error.code })
        }
      }
      await suppress(tx, stopped)
      if (!letters.length) continue
      const batch = await openBatch(tx, campaign, deps.clock.now())
      await fillBatch(tx, batch, fresh, again)
      return { batch, letters: letters.sort((a, b) => (a.id < b.id ? -1 : 1)) }
    }
  })
}
