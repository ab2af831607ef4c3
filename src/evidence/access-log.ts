import { rows, run, type Db } from '../db/pool.ts'

/**
 * Notes that somebody looked at a person's data (HSLF-FS 2016:40 4 kap. 9 §). Written before the data is shown.
 * @param personId null when nobody was found; unit: where whoever looks works, when it is known
 */
export async function logAccess(
  db: Db,
  entry: { at: Date; actor: string; unit?: string; action: string; personId: number | null },
): Promise<void> {
  await run(
    db,
    'insert into access_log (at, actor, unit, action, person_id) values ($1, $2, $3, $4, $5)',
    [entry.at, entry.actor, entry.unit ?? '', entry.action, entry.personId],
  )
}

/** The same for a list: one row for each person in it. */
export async function logAccessToMany(
  db: Db,
  entry: { at: Date; actor: string; unit?: string; action: string; people: readonly number[] },
): Promise<void> {
  await run(
    db,
    'insert into access_log (at, actor, unit, action, person_id) select $1, $2, $3, $4, unnest($5::bigint[])',
    [entry.at, entry.actor, entry.unit ?? '', entry.action, entry.people],
  )
}

export interface AccessEntry {
  at: Date
  actor: string
  unit: string
  action: string
}

/**
 * Who has looked at a person's data, whichever of their records, the latest first.
 * @param personId the leading record's
 */
export const accessesTo = (db: Db, personId: number): Promise<AccessEntry[]> =>
  rows<AccessEntry>(
    db,
    `select at, actor, unit, action
       from access_log
      where person_id in (select id from person where lead_id = $1)
      order by at desc, id desc`,
    [personId],
  )
