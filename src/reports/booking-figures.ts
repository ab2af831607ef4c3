import { zone } from '../clock.ts'
import { rows, type Db } from '../db/pool.ts'
import type { Of } from './campaign-figures.ts'

// Which campaign brought an appointment. The invitation that holds it says so; of one that was cancelled or moved: a
// fixed
// time came from the timed campaign, another from the latest invitation that had reached the person when it was made.
const brought = `
  select distinct on (a.id) a.id, a.slot_id, a.made_by, a.made_at, a.state, i.campaign_id
    from appointment a
    join person p on p.id = a.person_id
    join invitation i on i.person_id = p.lead_id and i.purpose = a.purpose
    join campaign k on k.id = i.campaign_id
   where i.appointment_id = a.id
      or case when a.made_by = 'assigned' then k.way = 'timed' and i.state <> 'suppressed' else i.released_at <= a.made_at end
   order by a.id, i.appointment_id is not distinct from a.id desc, i.generation desc, i.released_at desc nulls last`

/**
 * number: appointments made that day, whatever became of them; ended: those of them that were cancelled or moved
 * later.
 */
export type BookingLine = Of<{
  day: string
  madeBy: 'person' | 'clinic' | 'assigned' | 'import'
  ended: number
}>

export const bookingsByDay = (db: Db): Promise<BookingLine[]> =>
  rows(
    db,
    `select campaign_id as campaign, (made_at at time zone $1)::date as day, made_by as "madeBy",
            count(*)::int as number,
            count(*) filter (where state in ('moved', 'cancelled'))::int as ended
       from (${brought}) b group by 1, 2, 3 order by 1, 2, 3`,
    [zone],
  )

/** number: searches that found no free time; people: how many different people made them that day. */
export type SearchLine = Of<{ day: string; people: number }>

export const failedSearches = (db: Db): Promise<SearchLine[]> =>
  rows(
    db,
    `select i.campaign_id as campaign, (f.at at time zone $1)::date as day, count(*)::int as number,
            count(distinct i.person_id)::int as people
       from failed_search f join invitation i on i.id = f.invitation_id group by 1, 2 order by 1, 2`,
    [zone],
  )

export interface ClinicLine {
  clinic: string
  area: string
  slots: number
  /** places, without overbooking */
  capacity: number
  /** places taken, by anybody, for any purpose */
  booked: number
  /** places taken above the capacity */
  above: number
  /** places taken thanks to each campaign, by its id */
  byCampaign: Record<string, number>
}

export const clinicUse = (db: Db): Promise<ClinicLine[]> =>
  rows(
    db,
    `with place as (
       select clinic_id, count(*)::int as slots, sum(capacity)::int as capacity, sum(booked)::int as booked,
              sum(greatest(0, booked - capacity))::int as above
         from slot group by clinic_id
     ), taken as (
       select clinic_id, jsonb_object_agg(campaign_id, n) as by_campaign
         from (select s.clinic_id, b.campaign_id, count(*)::int as n from (${brought}) b join slot s on s.id = b.slot_id
                where b.state in ('booked', 'attended', 'no-show') group by 1, 2) x group by clinic_id
     )
     select c.name as clinic, c.area, p.slots, p.capacity, p.booked, p.above,
            coalesce(t.by_campaign, '{}') as "byCampaign"
       from clinic c
       join place p on p.clinic_id = c.id
       left join taken t on t.clinic_id = c.id
      order by c.area, c.name, c.id`,
  )
