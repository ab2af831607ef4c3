import { row, rows, run, type Db } from '../../db/pool.ts'
import type { GivenDose } from './read-doses.ts'

/** The tables that an import of doses works in; they end with the transaction. */
export async function openStaging(tx: Db): Promise<void> {
  // two files at once: the second sees what the first did
  await run(tx, `select pg_advisory_xact_lock(hashtext('doses elsewhere'))`)
  await run(
    tx,
    `create temporary table given_dose (
       row int, identity_number text, purpose text, given_on date, vaccine text, given_at text
     ) on commit drop`,
  )
}

export const stage = (tx: Db, doses: readonly (GivenDose & { row: number })[]): Promise<number> =>
  run(
    tx,
    `insert into given_dose
     select g.row, g."identityNumber", g.purpose, g."givenOn", g.vaccine, g."givenAt"
       from jsonb_to_recordset($1::jsonb) g (
              row int, "identityNumber" text, purpose text, "givenOn" date, vaccine text, "givenAt" text)`,
    [JSON.stringify(doses)],
  )

/**
 * Finds whose each dose is and what was known of it. Of several rows on one dose the last counts, and of several
 * records of a person whichever has it.
 */
export async function resolve(tx: Db): Promise<void> {
  await run(tx, 'analyze given_dose')
  await run(
    tx,
    `create temporary table dose_row on commit drop as
     select distinct on (coalesce(p.lead_id::text, g.identity_number), g.purpose)
            g.*, p.lead_id, d.person_id as dosed_person,
            d.appointment_id is null
              and (d.given_on <> g.given_on
                or coalesce(g.vaccine <> coalesce(d.vaccine, ''), false)
                or coalesce(g.given_at <> coalesce(d.given_at, ''), false)) as differs,
            d.appointment_id is not null and d.given_on <> g.given_on as recorded_here
       from given_dose g
       join purpose u on u.code = g.purpose
       left join person p on p.identity_number = g.identity_number
       left join lateral (
         select d.*
           from dose d
          where d.purpose = g.purpose
            and d.person_id = any(array(select r.id from person r where r.lead_id = p.lead_id))
          order by d.given_on
          limit 1) d on true
      order by coalesce(p.lead_id::text, g.identity_number), g.purpose, g.row desc`,
  )
  await run(tx, 'analyze dose_row')
}

/** Rows that name a purpose which is not in the register; they are in nothing below. */
export const unknownPurposes = (tx: Db): Promise<{ row: number; purpose: string }[]> =>
  rows(
    tx,
    `select row, purpose
       from given_dose g
      where not exists (select from purpose u where u.code = g.purpose)
      order by row`,
  )

/** Rows about a dose that one of our clinics recorded on another day. */
export const recordedHere = async (tx: Db): Promise<number[]> =>
  (
    await rows<{ row: number }>(tx, 'select row from dose_row where recorded_here order by row')
  ).map((found) => found.row)

export interface Changes {
  new: number
  changed: number
  unchanged: number
  /** of people the register does not have: kept until they come */
  waiting: number
  /** people who got a dose elsewhere and have a time with us for it */
  booked: number
}

/** Records what was resolved. */
export async function record(tx: Db): Promise<Changes> {
  const made = await run(
    tx,
    `insert into dose (person_id, purpose, given_on, vaccine, given_at)
     select lead_id, purpose, given_on, vaccine, given_at
       from dose_row
      where lead_id is not null
        and dosed_person is null`,
  )
  const changed = await run(
    tx,
    `update dose d
        set given_on = g.given_on,
            vaccine = coalesce(g.vaccine, d.vaccine),
            given_at = coalesce(g.given_at, d.given_at)
       from dose_row g
      where d.person_id = g.dosed_person
        and d.purpose = g.purpose
        and g.differs`,
  )
  const waiting = await run(
    tx,
    `insert into waiting_dose as w (identity_number, purpose, given_on, vaccine, given_at)
     select identity_number, purpose, given_on, vaccine, given_at
       from dose_row
      where lead_id is null
     on conflict (identity_number, purpose) do update
        set given_on = excluded.given_on,
            vaccine = coalesce(excluded.vaccine, w.vaccine),
            given_at = coalesce(excluded.given_at, w.given_at)
      where w.given_on <> excluded.given_on
         or excluded.vaccine <> coalesce(w.vaccine, '')
         or excluded.given_at <> coalesce(w.given_at, '')`,
  )
  const counts = (await row<{ all: number; booked: number }>(
    tx,
    `select count(*) filter (where not recorded_here)::int as all,
            count(*) filter (where lead_id is not null and exists (
              select from appointment a
               where a.person_id = any(array(select r.id from person r where r.lead_id = dose_row.lead_id))
                 and a.purpose = dose_row.purpose
                 and a.state = 'booked'))::int as booked
       from dose_row`,
  ))!
  return {
    new: made,
    changed,
    unchanged: counts.all - made - changed - waiting,
    waiting,
    booked: counts.booked,
  }
}
