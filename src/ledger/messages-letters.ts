import { run, type Db } from '../db/pool.ts'
import type { Ready, Stopped } from './messages-sending.ts'

// Letters go into a batch, leave with it, or come out of it again (batches.ts).

/** SQL: the letters in a batch, as `m`. A batch that was given up has none. */
export const lettersIn = (batchId: string): string => `
  (select id as batch_id, unnest(letter_ids) as id from batch where id = ${batchId}) l
  join message m on m.id = l.id and m.batch_id = l.batch_id`

/**
 * Puts letters into an open batch, before anything is drawn.
 * @param fresh composed now; their bytes are in `keptIn`, a line each in this order
 * @param again ids of letters that keep the bytes of an earlier try
 */
export async function putInBatch(
  tx: Db,
  batch: { id: number; name: string },
  fresh: readonly Pick<Ready, 'id' | 'sha256' | 'templateVersion'>[],
  keptIn: number | null,
  again: readonly string[],
): Promise<void> {
  await run(
    tx,
    `update message m
        set state = 'sending',
            batch_id = $1,
            worker = $2,
            sending_since = clock_timestamp(),
            kept_in = $3,
            kept_line = x.line - 1,
            content_sha256 = x.sha256,
            template_version = x.version
       from unnest($4::uuid[], $5::text[], $6::text[]) with ordinality as x(id, sha256, version, line)
      where m.id = x.id`,
    [
      batch.id,
      batch.name,
      keptIn,
      fresh.map((letter) => letter.id),
      fresh.map((letter) => letter.sha256),
      fresh.map((letter) => letter.templateVersion),
    ],
  )
  if (again.length)
    await run(
      tx,
      `update message
          set state = 'sending',
              batch_id = $1,
              worker = $2,
              sending_since = clock_timestamp()
        where id = any($3)`,
      [batch.id, batch.name, again],
    )
}

/** Takes all letters out of batches: they are queued again, with their bytes, but for those that must stop. */
export const takeOutOfBatches = (
  tx: Db,
  batchIds: readonly number[],
  stopped: readonly Stopped[],
): Promise<number> =>
  run(
    tx,
    `update message m
        set state = case when s.id is null then 'queued' else 'suppressed' end,
            reason = s.reason,
            batch_id = null,
            batch_page = null,
            letter_sha256 = null
       from batch b
      cross join unnest(b.letter_ids) as l(id)
       left join unnest($2::uuid[], $3::text[]) as s(id, reason) on s.id = l.id
      where b.id = any($1)
        and m.id = l.id
        and m.batch_id = b.id`,
    [batchIds, stopped.map((s) => s.id), stopped.map((s) => s.reason)],
  )

/** The batch was handed over: its letters have left, each with its page and hash as they were drawn. */
export const leaveWithBatch = (tx: Db, batchId: number, now: Date): Promise<number> =>
  run(
    tx,
    `update message m
        set state = 'sent',
            sent_at = $2,
            attempts = attempts + 1,
            batch_page = coalesce(x.page, batch_page),
            letter_sha256 = coalesce(x.sha256, letter_sha256)
       from batch b
      cross join lateral unnest(b.letter_ids, b.first_pages, b.letter_hashes) as x(id, page, sha256)
      where b.id = $1
        and m.id = x.id
        and m.batch_id = b.id
        and m.state = 'sending'`,
    [batchId, now],
  )
