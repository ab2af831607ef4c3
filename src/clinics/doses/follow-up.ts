import { rows, type Db } from '../../db/pool.ts'
import { dayOf } from '../../people/dates.ts'
import { confirmedBy } from '../supply-store.ts'

/** A clinic's doses, as of today. */
export interface DoseFollowUp {
  hsaId: string
  clinic: string
  area: string
  /** sure doses that can be used until the next delivery, those of today's visits included */
  doses: number
  /** people with a time from today on */
  booked: number
  /** of them without a sure dose */
  short: number
  /** the next delivery: its day, vials, and state; null when none is known */
  next: { day: string; vials: number; state: 'planned' | 'confirmed' } | null
  /** planned deliveries that should have been confirmed by now */
  overdue: number
  /** deliveries whose day has passed without the clinic saying that they came */
  notReceived: number
  /** visits of people who came */
  given: number
  discarded: number
  /** doses thrown away by reason */
  reasons: Record<string, number>
  /** as the clinic has seen, null while it hasn't said */
  dosesPerVial: number | null
}

/**
 * What became of the doses, and what is to come, for each clinic of which deliveries or doses are known.
 * @param only HSA-id of one clinic; null: all
 */
export const doseFollowUp = (db: Db, now: Date, only: string | null): Promise<DoseFollowUp[]> =>
  rows<DoseFollowUp>(
    db,
    `with clinics as (
       select c.id, c.hsa_id, c.name, c.area
         from clinic c
         join clinic_doses d on d.clinic_id = c.id
        where $2::text is null or c.hsa_id = $2
     ), fridge as (
       select distinct on (clinic_id) clinic_id, doses
         from dose_span
        order by clinic_id, starts_at, ends_at
     ), spans as (
       select clinic_id, max(taken) as booked, greatest(0, max(taken - doses)) as short
         from dose_span
        group by clinic_id
     ), deliveries as (
       select n.clinic_id,
              count(*) filter (
                where n.state = 'planned' and n.vials > 0 and n.day >= $1 and ${confirmedBy('n')} < $1) as overdue,
              count(*) filter (where n.state = 'confirmed' and n.vials > 0 and n.day < $1) as "notReceived"
         from supply_now n
        group by n.clinic_id
     ), next as (
       select distinct on (n.clinic_id) n.clinic_id,
              jsonb_build_object('day', n.day, 'vials', n.vials, 'state', n.state) as next
         from supply_now n
        where n.day > $1
          and n.vials > 0
        order by n.clinic_id, n.day
     ), said as (
       select clinic_id, sum(doses) filter (where kind = 'discarded') as discarded,
              round(sum(doses) filter (where kind = 'drawn')::numeric
                    / sum(vials) filter (where kind = 'drawn'), 2)::float8 as "dosesPerVial"
         from dose_event
        group by clinic_id
     ), reasons as (
       select clinic_id, jsonb_object_agg(reason, doses order by reason) as reasons
         from (select clinic_id, reason, sum(doses) as doses
                 from dose_event
                where kind = 'discarded'
                group by clinic_id, reason) r
        group by clinic_id
     ), given as (
       select s.clinic_id, count(*) as given
         from appointment a
         join slot s on s.id = a.slot_id
        where a.state = 'attended'
          and s.clinic_id in (select id from clinics)
        group by s.clinic_id
     )
     select c.hsa_id as "hsaId", c.name as clinic, c.area, coalesce(fridge.doses, 0) as doses,
            coalesce(spans.booked, 0)::int as booked, coalesce(spans.short, 0)::int as short, next.next,
            coalesce(deliveries.overdue, 0)::int as overdue,
            coalesce(deliveries."notReceived", 0)::int as "notReceived",
            coalesce(given.given, 0)::int as given, coalesce(said.discarded, 0)::int as discarded,
            coalesce(reasons.reasons, '{}') as reasons, said."dosesPerVial"
       from clinics c
       left join fridge on fridge.clinic_id = c.id
       left join spans on spans.clinic_id = c.id
       left join deliveries on deliveries.clinic_id = c.id
       left join next on next.clinic_id = c.id
       left join said on said.clinic_id = c.id
       left join reasons on reasons.clinic_id = c.id
       left join given on given.clinic_id = c.id
      order by short desc, c.area, c.name`,
    [dayOf(now), only],
  )
