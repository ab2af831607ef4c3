import { row, rows, run, type Db } from '../db/pool.ts'
import { leaveWithBatch, takeOutOfBatches } from './messages-letters.ts'
import { sends } from './campaigns.ts'
import type { Stopped } from './messages-sending.ts'
import type { Selection } from './selection.ts'

// A batch: open → sealed → handing-over → handed-over, or void (docs/developer/states.md).

export type Postage = 'first' | 'economy'

export interface Batch {
  id: number
  name: string
  campaignId: number
  state: 'open' | 'sealed' | 'handing-over' | 'handed-over' | 'void'
  createdAt: Date
  postage: Postage
  /** what each of its letters weighs at most */
  grams: number
  pdfSha256: string | null
  batchSha256: string | null
  /** when all of it was at the supplier but the last step */
  preparedAt: Date | null
}

const columns = `
  id, name, campaign_id as "campaignId", state, created_at as "createdAt", postage, grams,
  pdf_sha256 as "pdfSha256", batch_sha256 as "batchSha256", prepared_at as "preparedAt"`

/** Batches that an earlier run began and did not finish. */
export const unfinishedBatches = (db: Db, campaignId: number): Promise<Batch[]> =>
  rows<Batch>(
    db,
    `select ${columns}
       from batch
      where campaign_id = $1
        and state in ('open', 'sealed', 'handing-over')
      order by id`,
    [campaignId],
  )

const nextName = (campaign: string, name: string): string =>
  `${name} || '-' || to_char((select count(*) + 1 from batch where campaign_id = ${campaign}), 'FM0000000')`

/** The name that the campaign's next batch gets. */
export const nextBatchName = async (
  db: Db,
  campaign: { id: number; name: string },
): Promise<string> =>
  (await row<{ name: string }>(db, `select ${nextName('$1', '$2::text')} as name`, [
    campaign.id,
    campaign.name,
  ]))!.name

/**
 * @param of the campaign, the postage that the letters have in common, the day at the supplier that they count among,
 *   and the letters in the order they are printed
 */
export async function openBatch(
  db: Db,
  of: {
    id: number
    name: string
    postage: Postage
    grams: number
    printDay: string
    letterIds: readonly string[]
  },
  now: Date,
): Promise<Batch> {
  const made = await row<Batch>(
    db,
    `insert into batch (name, campaign_id, created_at, postage, grams, print_day, letter_ids)
     values (${nextName('$1', '$2')}, $1, $3, $4, $5, $6, $7)
     returning ${columns}`,
    [of.id, of.name, now, of.postage, of.grams, of.printDay, of.letterIds],
  )
  return made!
}

/** A batch now counts among the letters of another day at the supplier. */
export const setPrintDay = (tx: Db, batchId: number, day: string): Promise<number> =>
  run(tx, 'update batch set print_day = $2 where id = $1', [batchId, day])

export interface Sealed {
  letters: number
  pages: number
  pdfSha256: string
  batchSha256: string
  /** in the order of the letters' ids */
  drawn: { firstPage: number; sha256: string }[]
}

/** Seals an open batch with its hashes: rendered again after a crash it must come out the same. */
export const sealBatch = (db: Db, batchId: number, sealed: Sealed, now: Date): Promise<number> =>
  run(
    db,
    `update batch
        set state = 'sealed',
            letters = $2,
            pages = $3,
            pdf_sha256 = $4,
            batch_sha256 = $5,
            sealed_at = $6,
            first_pages = $7,
            letter_hashes = $8
      where id = $1`,
    [
      batchId,
      sealed.letters,
      sealed.pages,
      sealed.pdfSha256,
      sealed.batchSha256,
      now,
      sealed.drawn.map((letter) => letter.firstPage),
      sealed.drawn.map((letter) => letter.sha256),
    ],
  )

/** The hand-over begins. @returns false when the campaign was paused or the batch voided meanwhile */
export const beginHandOver = async (db: Db, batchId: number): Promise<boolean> =>
  (await run(
    db,
    `update batch b
        set state = 'handing-over'
       from campaign c
      where b.id = $1
        and b.state = 'sealed'
        and c.id = b.campaign_id
        and ${sends('c')}`,
    [batchId],
  )) === 1

/**
 * Only the last step is left, after which the batch can't be recalled.
 * @returns false when the campaign was paused or the batch voided meanwhile
 */
export const mayLeaveNow = async (tx: Db, batchId: number, now: Date): Promise<boolean> =>
  (await run(
    tx,
    `update batch b
        set prepared_at = $2
       from campaign c
      where b.id = $1
        and b.state = 'handing-over'
        and c.id = b.campaign_id
        and ${sends('c')}`,
    [batchId, now],
  )) === 1

/** The batch and its letters have left. */
export async function endHandOver(tx: Db, batchId: number, now: Date): Promise<void> {
  await run(
    tx,
    `update batch
        set state = 'handed-over', handed_over_at = $2, held_why = null
      where id = $1
        and state = 'handing-over'`,
    [batchId, now],
  )
  await leaveWithBatch(tx, batchId, now)
}

/** Why it could not be handed over: shown to whoever looks, until it is. */
export const holdBatch = (db: Db, batchId: number, why: string): Promise<number> =>
  run(db, 'update batch set held_why = $2 where id = $1', [batchId, why])

/**
 * Gives up batches that have not been handed over: their letters are queued again, with their bytes, but for those
 * that must stop, and their days at the supplier get the room back.
 */
export async function voidBatches(
  tx: Db,
  ids: readonly number[],
  stopped: readonly Stopped[] = [],
): Promise<void> {
  if (!ids.length) return
  await run(tx, `update batch set state = 'void' where id = any($1)`, [ids])
  await run(
    tx,
    `with freed as (
       select b.print_day as day, count(*) as letters
         from batch b
        cross join unnest(b.letter_ids) as l(id)
         join message m on m.id = l.id and m.batch_id = b.id
        where b.id = any($1)
        group by b.print_day
     ), locked as materialized (
       select day
         from print_day
        where day in (select day from freed)
        order by day desc -- in one order with a batch that moves to a later day, against deadlock
          for update)
     update print_day d
        set letters = d.letters - freed.letters
       from freed
       join locked using (day)
      where d.day = freed.day`,
    [ids],
  )
  await takeOutOfBatches(tx, ids, stopped)
}

/** Gives up those of these batches whose hand-over has not begun. @param which ids of batches */
export async function voidOpenBatches(tx: Db, which: Selection): Promise<void> {
  const open = await rows<{ id: number }>(
    tx,
    `select id
       from batch
      where state in ('open', 'sealed')
        and id in (${which.sql})
      order by id
        for update`,
    which.values,
  )
  await voidBatches(
    tx,
    open.map(({ id }) => id),
  )
}
