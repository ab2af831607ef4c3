import { row, rows, run, type Db } from '../../db/pool.ts'
import { stopReason, type Ready } from '../claim.ts'
import { storeLetters, readStoredLetters } from '../stored-letters.ts'

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

export type Postage = 'first' | 'economy'

const columns = `id, name, campaign_id as "campaignId", state, created_at as "createdAt", postage, grams, pdf_sha256 as "pdfSha256", batch_sha256 as "batchSha256", prepared_at as "preparedAt"`

/** Batches that a run before this one began and did not finish. */
export const unfinishedBatches = (db: Db, campaignId: number): Promise<Batch[]> =>
  rows<Batch>(
    db,
    `select ${columns} from batch where campaign_id = $1 and state in ('open', 'sealed', 'handing-over') order by id`,
    [campaignId],
  )

/** @param of the campaign, the postage that its letters have in common, and the day at the supplier that they count among */
export async function openBatch(
  db: Db,
  of: { id: number; name: string; postage: Postage; grams: number; printDay: string },
  now: Date,
): Promise<Batch> {
  const made = await row<Batch>(
    db,
    `insert into batch (name, campaign_id, created_at, postage, grams, print_day)
     values ($2 || '-' || to_char((select count(*) + 1 from batch where campaign_id = $1), 'FM0000000'), $1, $3, $4, $5, $6) returning ${columns}`,
    [of.id, of.name, now, of.postage, of.grams, of.printDay],
  )
  return made!
}

/** A letter in a batch, with the bytes its pages are drawn from. */
export interface BatchLetter {
  id: string
  personId: number
  content: Buffer
}

/**
 * For the rest of the transaction: a thousand rows among hundreds of thousands are looked up by their keys. As PostgreSQL is set up from the
 * start it thinks of turning disks and reads the whole table for each batch.
 */
export const lookUpByKey = (tx: Db): Promise<number> => run(tx, 'set local random_page_cost = 1.1')

/** The batch's letters in the order they are printed. */
export async function lettersOf(db: Db, batchId: number): Promise<BatchLetter[]> {
  const letters = await rows<BatchLetter & { keptIn: number | null; keptLine: number | null }>(
    db,
    `select id, person_id as "personId", content, kept_in as "keptIn", kept_line as "keptLine" from message where batch_id = $1 order by id`,
    [batchId],
  )
  await readStoredLetters(db, letters)
  return letters
}

/**
 * Puts letters into an open batch: their bytes are kept, before anything is drawn. Those that have bytes of an earlier try keep them.
 * @param fresh newly composed, with what they were composed from; @param again only their ids
 */
export async function fillBatch(
  tx: Db,
  batch: Batch,
  fresh: Ready[],
  again: string[],
): Promise<void> {
  const keptIn = fresh.length
    ? await storeLetters(
        tx,
        fresh.map((letter) => letter.content),
      )
    : null
  await run(
    tx,
    `update message m set state = 'sending', batch_id = $1, worker = $2, sending_since = clock_timestamp(),
            kept_in = $3, kept_line = x.line - 1, content_sha256 = x.sha256, template_version = x.version
       from unnest($4::uuid[], $5::text[], $6::text[]) with ordinality as x(id, sha256, version, line) where m.id = x.id`,
    [
      batch.id,
      batch.name,
      keptIn,
      fresh.map((r) => r.id),
      fresh.map((r) => r.sha256),
      fresh.map((r) => r.templateVersion),
    ],
  )
  if (again.length)
    await run(
      tx,
      `update message set state = 'sending', batch_id = $1, worker = $2, sending_since = clock_timestamp() where id = any($3)`,
      [batch.id, batch.name, again],
    )
}

/** Letters in the batch that must not leave after all. */
export const stoppedIn = (
  db: Db,
  batchId: number,
  now: Date,
): Promise<{ id: string; reason: string }[]> =>
  rows(
    db,
    `select id, stop as reason from (
       select m.id, ${stopReason} as stop from message m join campaign c on c.id = m.campaign_id
              cross join lateral (select * from invitation where id = m.invitation_id offset 0) i -- by key: a plan that read all invitations took as long as all the rest
              cross join lateral (select * from person where id = m.person_id offset 0) p
        where m.batch_id = $1) x where stop is not null`,
    [batchId, now],
  )

export interface Sealed {
  letters: number
  pages: number
  pdfSha256: string
  batchSha256: string
  /** in the order of lettersOf */
  drawn: { firstPage: number; sha256: string }[]
}

/** Seals an open batch with its hashes. A batch rendered again after a crash must come out the same. */
export async function sealBatch(db: Db, batch: Batch, sealed: Sealed, now: Date): Promise<void> {
  await run(
    db,
    `update batch set state = 'sealed', letters = $2, pages = $3, pdf_sha256 = $4, batch_sha256 = $5, sealed_at = $6, first_pages = $7, letter_hashes = $8 where id = $1`,
    [
      batch.id,
      sealed.letters,
      sealed.pages,
      sealed.pdfSha256,
      sealed.batchSha256,
      now,
      sealed.drawn.map((l) => l.firstPage),
      sealed.drawn.map((l) => l.sha256),
    ],
  )
}

/** Gives up a batch that has not been handed over: its letters are queued again, with their bytes, but for those that must stop. */
export async function voidBatch(
  tx: Db,
  batchId: number,
  stopped: { id: string; reason: string }[],
): Promise<void> {
  await run(tx, `update batch set state = 'void' where id = $1`, [batchId])
  await run(
    tx,
    `update print_day d set letters = d.letters - (select count(*) from message where batch_id = $1) from batch b where b.id = $1 and d.day = b.print_day`,
    [batchId],
  )
  await run(
    tx,
    `update message m set state = case when s.id is null then 'queued' else 'suppressed' end, reason = s.reason, batch_id = null, batch_page = null, letter_sha256 = null
       from message n left join unnest($2::uuid[], $3::text[]) as s(id, reason) on s.id = n.id
      where n.batch_id = $1 and m.id = n.id`,
    [batchId, stopped.map((s) => s.id), stopped.map((s) => s.reason)],
  )
}

/** The hand-over begins; refused (false) when the campaign was paused or the batch voided meanwhile. */
export const beginHandOver = async (db: Db, batchId: number): Promise<boolean> =>
  (await run(
    db,
    `update batch b set state = 'handing-over' from campaign c where b.id = $1 and b.state = 'sealed' and c.id = b.campaign_id and c.state = 'running'`,
    [batchId],
  )) === 1

/** Nothing but the last step is left, from which the batch can't be recalled; refused (false) when the campaign was paused or the batch voided meanwhile. */
export const mayLeaveNow = async (tx: Db, batchId: number, now: Date): Promise<boolean> =>
  (await run(
    tx,
    `update batch b set prepared_at = $2 from campaign c where b.id = $1 and b.state = 'handing-over' and c.id = b.campaign_id and c.state = 'running'`,
    [batchId, now],
  )) === 1

export async function endHandOver(tx: Db, batchId: number, now: Date): Promise<void> {
  await lookUpByKey(tx)
  await run(
    tx,
    `update batch set state = 'handed-over', handed_over_at = $2, held_why = null where id = $1 and state = 'handing-over'`,
    [batchId, now],
  )
  await run(
    tx,
    `update message m set state = 'sent', sent_at = $2, attempts = attempts + 1, batch_page = coalesce(x.page, batch_page), letter_sha256 = coalesce(x.sha256, letter_sha256)
       from batch b cross join lateral unnest(array(select id from message where batch_id = b.id order by id), b.first_pages, b.letter_hashes) as x(id, page, sha256)
      where b.id = $1 and m.id = x.id and m.state = 'sending'`,
    [batchId, now],
  )
}

/** Why it could not be handed over: shown to whoever looks, until it is. */
export const holdBatch = (db: Db, batchId: number, why: string): Promise<number> =>
  run(db, 'update batch set held_why = $2 where id = $1', [batchId, why])
