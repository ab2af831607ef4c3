import { run, transaction, type Db } from '../db/pool.ts'
import { applyReceipts, type ReceivedStatus } from '../ledger/messages-sending.ts'
import type pg from 'pg'

/** What a provider says happened to a message. `raw` must hold no personal data. */
export interface Receipt extends ReceivedStatus {
  raw: Record<string, unknown>
}

/**
 * Records receipts and moves their messages on. The same receipt twice is one; one for a message that isn't ours is
 * ignored; a late "failed" doesn't undo "delivered". A receipt for a message in doubt, or one that was to be tried
 * again, settles it.
 * @returns how many were new
 */
export async function recordReceipts(pool: pg.Pool, receipts: Receipt[]): Promise<number> {
  return receipts.length ? transaction(pool, (tx) => keepReceipts(tx, receipts)) : 0
}

/** recordReceipts, in the caller's transaction. */
export async function keepReceipts(tx: Db, receipts: Receipt[]): Promise<number> {
  if (!receipts.length) return 0
  await run(tx, 'select from message where id = any($1::uuid[]) order by id for update', [
    receipts.map((r) => r.messageId),
  ]) // in one order with dispatch, against deadlock
  const fresh = await insertReceipts(tx, receipts)
  await applyReceipts(tx, receipts)
  return fresh
}

const insertReceipts = (tx: Db, receipts: Receipt[]): Promise<number> =>
  run(
    tx,
    `insert into receipt (message_id, status, at, error_code, raw)
     select r.message_id, r.status, r.at, r.error_code, r.raw
       from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::jsonb[])
            as r(message_id, status, at, error_code, raw)
      where exists (select from message m where m.id = r.message_id)
     on conflict do nothing`,
    [
      receipts.map((r) => r.messageId),
      receipts.map((r) => r.status),
      receipts.map((r) => r.at),
      receipts.map((r) => r.errorCode),
      receipts.map((r) => JSON.stringify(r.raw)),
    ],
  )
