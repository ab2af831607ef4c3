import { rows, run, type Db } from '../../db/pool.ts'
import type { Batch } from '../../ledger/batches.ts'
import { lettersIn, putInBatch } from '../../ledger/messages-letters.ts'
import type { Ready, Stopped } from '../../ledger/messages-sending.ts'
import { stopReason } from '../claim.ts'
import { readKept, storeLetters } from '../stored-letters.ts'

/** A letter in a batch, with the bytes its pages are drawn from. */
export interface BatchLetter {
  id: string
  personId: number
  content: Buffer
}

/**
 * For the rest of the transaction: looks rows up by their keys. With its default settings PostgreSQL assumes spinning
 * disks and reads the whole table, hundreds of thousands of rows, for each batch of a thousand.
 */
export const lookUpByKey = (tx: Db): Promise<number> => run(tx, 'set local random_page_cost = 1.1')

/** The batch's letters in the order they are printed. */
export async function lettersOf(db: Db, batchId: number): Promise<BatchLetter[]> {
  const letters = await rows<BatchLetter & { keptIn: number | null; keptLine: number | null }>(
    db,
    `select m.id, m.person_id as "personId", m.content, m.kept_in as "keptIn", m.kept_line as "keptLine"
       from ${lettersIn('$1')}
      order by m.id`,
    [batchId],
  )
  await readKept(db, letters)
  return letters
}

/**
 * Puts letters into an open batch: their bytes are stored before anything is drawn.
 * @param fresh newly composed
 * @param again ids of letters that keep the bytes of an earlier try
 */
export async function fillBatch(
  tx: Db,
  batch: Batch,
  fresh: Ready[],
  again: string[],
): Promise<void> {
  const contents = fresh.map((letter) => letter.content)
  const keptIn = contents.length ? await storeLetters(tx, contents) : null
  await putInBatch(tx, batch, fresh, keptIn, again)
}

/** Letters in the batch that must not leave after all. */
export const stoppedIn = (db: Db, batchId: number, now: Date): Promise<Stopped[]> =>
  rows(
    db,
    `select id, stop as reason
       from (select m.id, ${stopReason} as stop
               from ${lettersIn('$1')}
               join campaign c on c.id = m.campaign_id
              -- by key: a plan that read all invitations took as long as all the rest
              cross join lateral (select * from invitation where id = m.invitation_id offset 0) i
              cross join lateral (select * from person where id = m.person_id offset 0) p) x
      where stop is not null`,
    [batchId, now],
  )
