import type pg from 'pg'
import { run, transaction } from '../../src/db/pool.ts'

/** Does what somebody with all rights over the database can do: past triggers. Several statements, in one transaction. */
export const asAttacker = (pool: pg.Pool, sql: string): Promise<unknown> =>
  transaction(pool, (tx) => run(tx, `set local session_replication_role = 'replica'; ${sql}`))
