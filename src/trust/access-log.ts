import { run, type Db } from '../db/pool.ts'

/**
 * Notes that somebody looked at a person's data (HSLF-FS 2016:40 4 kap. 9 §). Written before the data is shown.
 * @param personId null when nobody was found
 */
export async function logAccess(db: Db, entry: { at: Date; actor: string; action: string; personId: number | null }): Promise<void> {
  await run(db, 'insert into access_log (at, actor, action, person_id) values ($1, $2, $3, $4)', [entry.at, entry.actor, entry.action, entry.personId])
}

/** The same for a list: one row for each person in it. */
export async function logAccessToMany(db: Db, entry: { at: Date; actor: string; action: string; people: readonly number[] }): Promise<void> {
  await run(db, 'insert into access_log (at, actor, action, person_id) select $1, $2, $3, unnest($4::bigint[])', [entry.at, entry.actor, entry.action, entry.people])
}
