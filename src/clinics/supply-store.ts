import type pg from 'pg'
import { row, rows, type Db } from '../db/pool.ts'
import { dayOf } from '../people/dates.ts'
import { recountDoses } from './doses/store.ts'
import type { Supply } from './read-supply.ts'
import type { Changeset } from './store.ts'

/** Adds beliefs that differ from the latest about the same clinic and day, and counts those clinics' doses again. */
export async function addSupply(
  tx: pg.PoolClient,
  supply: readonly Supply[],
  now: Date,
): Promise<Changeset> {
  const done = await row<{ new: number; changed: number; clinics: number[] }>(
    tx,
    `with given as (
       select c.id as clinic_id, g.day, g.vials, g.doses->>'min' as low, g.doses->>'expected' as mid,
              g.doses->>'max' as high, g.state, g."publishedOn" as published_on, g."useBy" as use_by, g.note
         from jsonb_to_recordset($1::jsonb) g (
                "hsaId" text, day date, vials int, doses jsonb, state text, "publishedOn" date, "useBy" date,
                note text)
         join clinic c on c.hsa_id = g."hsaId"
     ), other as (
       select g.*, n.id is not null as known from given g left join supply_now n using (clinic_id, day)
        where n.id is null
           or (n.vials, n.dose_min, n.dose_expected, n.dose_max, n.state, n.published_on, n.use_by, n.note)
              is distinct from (g.vials, g.low::numeric(4, 2), g.mid::numeric(4, 2), g.high::numeric(4, 2),
                                g.state, g.published_on, g.use_by, g.note)
     ), added as (
       insert into supply (
         clinic_id, day, vials, dose_min, dose_expected, dose_max, state, published_on, use_by, note, believed_at)
       select clinic_id, day, vials, low::numeric, mid::numeric, high::numeric, state, published_on, use_by, note, $2
         from other)
     select count(*) filter (where not known)::int as new,
            count(*) filter (where known)::int as changed,
            coalesce(array_agg(distinct clinic_id), '{}') as clinics
       from other`,
    [JSON.stringify(supply), now],
  )
  const { new: made, changed, clinics } = done!
  if (clinics.length) await recountDoses(tx, clinics.map(Number), now)
  return { new: made, changed, unchanged: supply.length - made - changed }
}

export interface Shortage {
  hsaId: string
  clinic: string
  area: string
  /** the last day on which somebody has a time without a dose */
  day: string
  booked: number
  doses: number
  /** people who will have no dose */
  by: number
}

/** Where more people have a time, from today on, than there will be doses for, most people first; one line a clinic. */
export const shortages = (db: Db): Promise<Shortage[]> =>
  rows<Shortage>(
    db,
    `with worst as (
       select distinct on (clinic_id) *
         from dose_span
        where taken > doses
        order by clinic_id, taken - doses desc, ends_at
     )
     select c.hsa_id as "hsaId", c.name as clinic, c.area,
            (select max((s.starts_at at time zone 'Europe/Stockholm')::date)::text
               from slot s
              where s.clinic_id = w.clinic_id
                and s.booked > 0
                and s.starts_at < w.ends_at) as day,
            w.taken as booked, w.doses, w.taken - w.doses as by
       from worst w
       join clinic c on c.id = w.clinic_id
      order by by desc, c.hsa_id`,
  )

/** The day on which a planned delivery `n` is to be confirmed: a week ahead when nothing else is said (Dalarna 2021). */
export const confirmedBy = (n: string): string => `coalesce(${n}.published_on, ${n}.day - 7)`

export interface OverdueDelivery {
  hsaId: string
  clinic: string
  day: string
  /** when it should have been confirmed */
  confirmedBy: string
  vials: number
}

/** Planned deliveries past the day on which they should have been confirmed: they don't count, and somebody must ask. */
export const overdueDeliveries = (db: Db, now: Date): Promise<OverdueDelivery[]> =>
  rows<OverdueDelivery>(
    db,
    `select c.hsa_id as "hsaId", c.name as clinic, n.day::text, ${confirmedBy('n')}::text as "confirmedBy", n.vials
       from supply_now n
       join clinic c on c.id = n.clinic_id
      where n.state = 'planned'
        and n.vials > 0
        and n.day >= $1::date
        and ${confirmedBy('n')} < $1::date
      order by n.day, c.hsa_id`,
    [dayOf(now)],
  )

/** What is believed of the delivery to a clinic on a day. */
export const deliveryOn = (db: Db, hsaId: string, day: string): Promise<Supply | undefined> =>
  row<Supply>(
    db,
    `select c.hsa_id as "hsaId", n.day::text, n.vials, n.state, n.published_on::text as "publishedOn",
            n.use_by::text as "useBy", n.note,
            jsonb_build_object('min', n.dose_min, 'expected', n.dose_expected, 'max', n.dose_max) as doses
       from supply_now n
       join clinic c on c.id = n.clinic_id
      where c.hsa_id = $1
        and n.day = $2`,
    [hsaId, day],
  )
