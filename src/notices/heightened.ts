import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { NoticeDeps } from './notice.ts'

/**
 * A time of heightened fraud: from when until when every message that is composed carries the warning
 * (messages/claim.ts).
 */
export interface Heightened {
  setAt: Date
  setBy: string
  why: string
  liftedAt: Date | null
  liftedBy: string | null
}

const columns =
  'set_at as "setAt", set_by as "setBy", why, lifted_at as "liftedAt", lifted_by as "liftedBy"'

export const heightenedNow = (db: Db): Promise<Heightened | undefined> =>
  row<Heightened>(db, `select ${columns} from heightened_fraud where lifted_at is null`)

/** Latest first. */
export const heightenedHistory = (db: Db): Promise<Heightened[]> =>
  rows<Heightened>(db, `select ${columns} from heightened_fraud order by id desc`)

/** One person is enough: the warning is approved with the texts. Setting it when it is set changes nothing. */
export async function setHeightened(
  { pool, clock }: NoticeDeps,
  by: string,
  why: string,
): Promise<Heightened> {
  if (by.trim() === '' || why.trim() === '')
    throw new Refused('no-name', 'Say who sets it and why: the history is kept.')
  return transaction(pool, async (tx) => {
    await run(
      tx,
      'insert into heightened_fraud (set_at, set_by, why) values ($1, $2, $3) on conflict do nothing',
      [clock.now(), by.trim(), why.trim()],
    )
    return (await heightenedNow(tx))!
  })
}

/**
 * Messages composed from now on are as usual; those that have their bytes leave as they are.
 * @returns undefined when it wasn't set
 */
export async function liftHeightened(
  { pool, clock }: NoticeDeps,
  by: string,
): Promise<Heightened | undefined> {
  if (by.trim() === '') throw new Refused('no-name', 'Say who lifts it: the history is kept.')
  return row<Heightened>(
    pool,
    `update heightened_fraud
        set lifted_at = greatest(set_at, $1), lifted_by = $2
      where lifted_at is null
     returning ${columns}`,
    [clock.now(), by.trim()],
  )
}
