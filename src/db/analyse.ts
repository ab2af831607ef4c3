import { row, type Db } from './pool.ts'

/**
 * Looks a table over when a set of rows that were just written changes what the planner knows of it. Autovacuum would
 * within a minute; the statements that follow come before, and would read the whole table for each of their rows,
 * believing that there are none. In the caller's transaction; a table that somebody else is looking over is left to
 * them, as waiting for them could deadlock.
 */
export async function analyseGrown(db: Db, table: 'message' | 'outgoing', written: number) {
  if (written < 500) return
  const known = await row<{ rows: number }>(
    db,
    'select greatest(reltuples, 0) as rows from pg_class where oid = $1::regclass',
    [table],
  )
  if (written > known!.rows / 10) await row(db, `analyze (skip_locked) ${table}`)
}
