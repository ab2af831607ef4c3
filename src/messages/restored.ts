import type pg from 'pg'
import { lastBackup } from '../db/backups.ts'
import { campaignsThatSend } from '../campaigns/store.ts'
import { pauseCampaign } from '../campaigns/actions.ts'
import type { Clock } from '../clock.ts'
import { prepared, row, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

/** The database is an earlier one that was put back: some of what it would send may have left already. */
export interface Restored {
  /** what is here is as it was then */
  point: Date
  at: Date
}

/** The restore that nobody has said to be compared yet, if there is one. */
export const openRestore = async (db: Db): Promise<Restored | undefined> =>
  (await prepared<Restored>(db, 'select point, at from restored where compared_at is null', []))[0]

export interface DatabaseState {
  /** it is one that was put back, and nobody has said that it is compared */
  restored: Restored | undefined
  /** when the last whole back-up was begun; null: never */
  last: Date | null
  /** a campaign is on its way */
  sends: boolean
}

export const databaseState = async (db: Db): Promise<DatabaseState> => ({
  restored: await openRestore(db),
  last: await lastBackup(db),
  sends: (await campaignsThatSend(db)).length > 0,
})

/** Whether no back-up is fresh enough. @param within hours; 0: not watched */
export const backupIsLate = (
  { last, sends }: Pick<DatabaseState, 'last' | 'sends'>,
  within: number,
  now: Date,
): boolean => within > 0 && sends && (!last || now.getTime() - last.getTime() > within * 3_600_000)

const whyPaused = 'Databasen är återläst. Jämför med det som gått ut innan utskicket återupptas.'

/**
 * Says that the database was put back, before any program works with it: every campaign pauses, and from here on the
 * provider is asked about each message before it leaves.
 * @param point null: the last back-up that the database knows of
 * @returns names of the campaigns that were paused
 * @throws Refused `unknown-point`; `restored-already`
 */
export async function markRestored(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  point: Date | null,
  by: string,
): Promise<string[]> {
  const last =
    point ?? (await row<{ at: Date | null }>(pool, 'select max(began_at) as at from backup'))?.at
  if (!last)
    throw new Refused(
      'unknown-point',
      'The database knows of no back-up. Say to which moment it was restored: --point.',
    )
  const marked = await run(
    pool,
    `insert into restored (point, at, restored_by)
     values ($1, $2, $3)
     on conflict do nothing`,
    [last, clock.now(), by],
  )
  if (!marked)
    throw new Refused(
      'restored-already',
      'The database is said to be restored already. When all is compared: backup compared.',
    )
  const sending = (await campaignsThatSend(pool)).map(({ name }) => name)
  for (const name of sending) await pauseCampaign({ pool, clock }, name, by, whyPaused)
  return sending
}

/**
 * What left after the restored point is known here by now, or has been given up: messages leave as usual.
 * @throws Refused `not-restored`
 */
export async function endRestore(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  by: string,
): Promise<void> {
  const ended = await run(
    pool,
    'update restored set compared_at = $1, compared_by = $2 where compared_at is null',
    [clock.now(), by],
  )
  if (!ended) throw new Refused('not-restored', 'The database is not said to be restored.')
}
