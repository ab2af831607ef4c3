import { row, run, type Db } from './pool.ts'

// When the database was backed up. The row is there before the copy begins: the copy knows when it was made.

/** @param place where the back-up is, for people @returns its number */
export const noteBackup = async (db: Db, now: Date, place: string): Promise<number> =>
  (await row<{ id: number }>(
    db,
    'insert into backup (began_at, place) values ($1, $2) returning id',
    [now, place],
  ))!.id

export const noteBackupDone = (db: Db, id: number, now: Date): Promise<number> =>
  run(db, 'update backup set done_at = $2 where id = $1', [id, now])

/** When the last whole back-up was begun; null: never. */
export const lastBackup = async (db: Db): Promise<Date | null> =>
  (await row<{ at: Date | null }>(
    db,
    'select max(began_at) as at from backup where done_at is not null',
  ))!.at
