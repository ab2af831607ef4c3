import type pg from 'pg'
import { run } from '../db/pool.ts'

const lock = 5_251_104 // any number that is only ours

/**
 * Until the transaction ends, nobody else imports or links people: a second import waits for the first and sees
 * what it did.
 */
export async function lockPeople(tx: pg.PoolClient): Promise<void> {
  await run(tx, 'select pg_advisory_xact_lock($1)', [lock])
}
