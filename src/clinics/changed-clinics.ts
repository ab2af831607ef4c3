import { rows, type Db } from '../db/pool.ts'
import type { Clinic } from './read-clinics.ts'

/** A clinic that people have a time at, and that will not be as they were told. */
export interface ChangedClinic {
  hsaId: string
  name: string
  changes: ('name' | 'address' | 'hours')[]
  /** people with a time there that is still to come */
  booked: number
  /** the campaigns whose messages have told them of the clinic: of how many, and the days of their times */
  campaigns: { name: string; purpose: string; people: number; from: string; to: string }[]
}

/**
 * Of clinics that are about to be imported: those that change name, address or hours while people have a time there.
 * Ask before they are stored.
 */
export const changedWithBooked = (
  db: Db,
  clinics: readonly Clinic[],
  now: Date,
): Promise<ChangedClinic[]> =>
  rows(
    db,
    `with changed as (
       select c.id, c.hsa_id, g.name,
              array_remove(array[
                case when c.name <> g.name then 'name' end,
                case when (c.street, c.postcode, c.town) <> (g.street, g.postcode, g.town) then 'address' end,
                case when c.opening_hours is distinct from g."openingHours" then 'hours' end], null) as changes
         from jsonb_to_recordset($1::jsonb) g (
                "hsaId" text, name text, street text, postcode text, town text, "openingHours" text)
         join clinic c on c.hsa_id = g."hsaId"
     ), sitting as (
       select h.id as clinic_id, r.lead_id as person_id, a.purpose,
              (s.starts_at at time zone 'Europe/Stockholm')::date as day
         from changed h
         join slot s on s.clinic_id = h.id and s.starts_at > $2
         join appointment a on a.slot_id = s.id and a.state = 'booked'
         join person r on r.id = a.person_id
        where cardinality(h.changes) > 0
     ), told as (
       select t.clinic_id, k.name, k.purpose, count(distinct t.person_id)::int as people,
              min(t.day)::text as "from", max(t.day)::text as "to"
         from sitting t
         join invitation i
           on i.person_id = t.person_id
          and i.purpose = t.purpose
          and i.state in ('released', 'answered')
         join campaign k on k.id = i.campaign_id
        group by t.clinic_id, k.name, k.purpose
     )
     select h.hsa_id as "hsaId", h.name, h.changes,
            (select count(distinct person_id)::int from sitting where clinic_id = h.id) as booked,
            coalesce(
              (select jsonb_agg(to_jsonb(told) - 'clinic_id' order by told.name)
                 from told
                where clinic_id = h.id), '[]') as campaigns
       from changed h
      where exists (select from sitting where clinic_id = h.id)
      order by booked desc, h.hsa_id`,
    [JSON.stringify(clinics), now],
  )
