import { row, rows, type Db } from '../db/pool.ts'
import type { Supply } from './read-supply.ts'
import type { Changeset } from './store.ts'

/** Adds beliefs that differ from the latest about the same clinic and day. */
export async function addSupply(db: Db, supply: readonly Supply[], now: Date): Promise<Changeset> {
  const done = await row<{ new: number; changed: number }>(
    db,
    `with given as (
       select c.id as clinic_id, g.day, g.vials, g.doses->>'min' as low, g.doses->>'expected' as mid,
              g.doses->>'max' as high, g.state, g."publishedOn" as published_on, g.note
         from jsonb_to_recordset($1::jsonb) g (
                "hsaId" text, day date, vials int, doses jsonb, state text, "publishedOn" date, note text)
         join clinic c on c.hsa_id = g."hsaId"
     ), other as (
       select g.*, n.id is not null as known from given g left join supply_now n using (clinic_id, day)
        where n.id is null or (n.vials, n.dose_min, n.dose_expected, n.dose_max, n.state, n.published_on, n.note)
              is distinct from (g.vials, g.low::numeric(4, 2), g.mid::numeric(4, 2), g.high::numeric(4, 2),
                                g.state, g.published_on, g.note)
     ), added as (
       insert into supply (
         clinic_id, day, vials, dose_min, dose_expected, dose_max, state, published_on, note, believed_at)
       select clinic_id, day, vials, low::numeric, mid::numeric, high::numeric, state, published_on, note, $2
         from other)
     select count(*) filter (where not known)::int as new,
            count(*) filter (where known)::int as changed
       from other`,
    [JSON.stringify(supply), now],
  )
  const { new: made, changed } = done!
  return { new: made, changed, unchanged: supply.length - made - changed }
}

export interface Shortage {
  hsaId: string
  area: string
  day: string
  booked: number
  doses: number
  /** people booked up to this day who will have no dose */
  by: number
}

/**
 * Where more people are booked, from the first delivery we know of and today on, than doses are expected by
 * then. The last day of each clinic's shortage says how many people are affected.
 */
export const shortages = (db: Db, now: Date): Promise<Shortage[]> =>
  rows<Shortage>(
    db,
    `with first as (
       select clinic_id, min(day) as day from supply_now group by clinic_id
     ), days as (
       select s.clinic_id, (s.starts_at at time zone 'Europe/Stockholm')::date as day,
              sum(s.booked)::int as booked, 0::numeric as doses
         from slot s
         join first f on f.clinic_id = s.clinic_id
        where (s.starts_at at time zone 'Europe/Stockholm')::date >= f.day
        group by 1, 2
       union all
       select clinic_id, day, 0, floor(vials * dose_expected) from supply_now where state = 'confirmed'
     ), running as (
       select clinic_id, day, (sum(sum(booked)) over w)::int as booked, (sum(sum(doses)) over w)::int as doses
         from days group by clinic_id, day window w as (partition by clinic_id order by day)
     ), worst as (
       select distinct on (clinic_id) * from running
        where booked > doses
          and day >= ($1::timestamptz at time zone 'Europe/Stockholm')::date
        order by clinic_id, booked - doses desc, day
     )
     select c.hsa_id as "hsaId", c.area, w.day, w.booked, w.doses, w.booked - w.doses as by
       from worst w
       join clinic c on c.id = w.clinic_id
      order by by desc, c.hsa_id`,
    [now],
  )
