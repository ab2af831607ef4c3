import { dosesLeft } from '../clinics/doses/store.ts'
import { rows, type Db } from '../db/pool.ts'
import type { AllocationSlot, Hours, Position, Waiting } from './allocate-person.ts'
import { needsOf } from '../people/needs.ts'

/** A person's row as SQL gives it: positions in two columns, hours as the clock shows them. */
interface PersonRow extends Omit<Waiting, 'home' | 'hours'> {
  latitude: number | null
  longitude: number | null
  canCome: { weekdays?: number[]; from?: string; until?: string } | null
}

export const positionOf = (row: {
  latitude: number | null
  longitude: number | null
}): Position | null =>
  row.latitude === null || row.longitude === null
    ? null
    : { latitude: row.latitude, longitude: row.longitude }

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

function hoursOf(canCome: PersonRow['canCome']): Hours | null {
  if (!canCome) return null
  const { weekdays, from, until } = canCome
  return {
    ...(weekdays && { weekdays }),
    ...(from && { from: minutes(from) }),
    ...(until && { until: minutes(until) }),
  }
}

/** The first time that the people of each line of the channel plan may get (release/model/arrival.ts). */
export type FirstTimes = readonly { route: string; earliest: Date }[]

/** `told`: the first time for each route. @param parameter the FirstTimes as JSON */
export const firstTimesAs = (parameter: string): string =>
  `jsonb_to_recordset(${parameter}::jsonb) as told(route text, earliest timestamptz)`

/** The soonest of all of them. */
export const soonest = (first: FirstTimes): Date =>
  new Date(Math.min(...first.map(({ earliest }) => earliest.getTime())))

/** The end of the last day on which the next dose should be given; `n` is next_dose. */
const latest = `(n.latest + 1)::timestamp at time zone 'Europe/Stockholm'`

/**
 * The people of a campaign's invitations in a state, as the allocation sees them, with no time before the `first` of their
 * route nor outside the interval since an earlier dose (when that is over already, the sooner the better). Where they
 * live is known by postcode area, else municipality, else as the middle of the municipality's clinics.
 */
export async function allocationPeople<Extra extends object = object>(
  db: Db,
  campaignId: number,
  state: 'waiting' | 'planned',
  first: FirstTimes,
  extra = '',
): Promise<(Waiting & Extra)[]> {
  const found = await rows<PersonRow & Extra>(
    db,
    `with near as (
       select municipality, avg(latitude) as latitude, avg(longitude) as longitude
         from clinic
        where latitude is not null
        group by municipality
     )
     select i.id, i.area, p.listed_clinic as "listedClinic", p.household, i.priority,
            ${needsOf('p.lead_id')} as needs, p.language, p.can_come as "canCome",
            coalesce(post.latitude, town.latitude, near.latitude) as latitude,
            coalesce(post.longitude, town.longitude, near.longitude) as longitude,
            greatest(told.earliest, n.earliest::timestamp at time zone 'Europe/Stockholm') as earliest,
            case when ${latest} > told.earliest then ${latest} - interval '1 millisecond' end as latest
            ${extra}
       from invitation i
       join person p on p.id = i.person_id
       join ${firstTimesAs('$3')} on told.route = i.route
       left join home_position post
         on post.code = left(replace(coalesce(p.special_address, p.registered_address)->>'postcode', ' ', ''), 3)
       left join home_position town on town.code = p.municipality
       left join near on near.municipality = p.municipality
       left join appointment a on a.id = i.appointment_id
       left join next_dose n on n.person_id = p.lead_id and n.purpose = i.purpose
      where i.campaign_id = $1
        and i.state = $2
      order by i.priority, i.id`,
    [campaignId, state, JSON.stringify(first)],
  )
  return found.map(({ latitude, longitude, canCome, ...person }) => ({
    ...(person as unknown as Waiting & Extra),
    home: positionOf({ latitude, longitude }),
    hours: hoursOf(canCome),
  }))
}

/**
 * The slots with places to give from a moment on, on the campaign's days (null: any), with no more places than the
 * clinic has doses for, the soonest first. Overbooking is for those who book themselves: we fill to capacity.
 * @param also slots that are given however full they are
 */
export async function openSlots(
  db: Db,
  days: { from?: string | undefined; to?: string | undefined },
  earliest: Date,
  also: readonly number[] = [],
): Promise<AllocationSlot[]> {
  const found = await rows<AllocationSlot>(
    db,
    `select s.id, s.clinic_id as "clinicId", c.hsa_id as "hsaId", c.area, s.starts_at as "startsAt",
            s.capacity - s.booked as free, c.central, c.accessible, c.languages,
            case when c.latitude is not null
                 then jsonb_build_object('latitude', c.latitude, 'longitude', c.longitude) end as position
       from slot s
       join clinic c on c.id = s.clinic_id
      where s.id = any($4)
         or (s.booked < s.capacity
             and s.starts_at >= $1
             and ${withinDays('$2', '$3')})`,
    [earliest, days.from ?? null, days.to ?? null, also],
  )
  const asked = new Set(also)
  return (await dosesLeft(db)).cap(found).filter((slot) => slot.free > 0 || asked.has(slot.id))
}

/** A slot `s` is on the campaign's days, both included. @param first @param last parameters; null: any day */
export const withinDays = (first: string, last: string): string => {
  const day = `(s.starts_at at time zone 'Europe/Stockholm')::date`
  return `
        (${first}::date is null or ${day} >= ${first}::date)
        and (${last}::date is null or ${day} <= ${last}::date)`
}
