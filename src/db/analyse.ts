import { row, type Db } from './pool.ts'

/**
 * Looks a table over when the rows that were just written double what the planner knows of it. Autovacuum would within
 * a minute; the statements that follow come before, and would read the whole table for each of their rows, believing
 * that there are none. In the caller's transaction; a table that somebody else is looking over is left to them, as
 * waiting for them could deadlock.
 */
export async function analyseGrown(
  db: Db,
  table: 'person' | 'message' | 'outgoing',
  written: number,
): Promise<void> {
  if (written < 500) return
  const grown = await row<{ much: boolean }>(
    db,
    `select $2 > reltuples / 2
         or pg_relation_size(oid) >= 2 * relpages::bigint * current_setting('block_size')::bigint as much
       from pg_class
      where oid = $1::regclass`,
    [table, written],
  )
  if (grown!.much) await row(db, `analyze (skip_locked) ${table}`)
}
