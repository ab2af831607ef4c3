import { hasDose } from '../clinics/doses/store.ts'
import { zone } from '../clock.ts'
import type { Db } from '../db/pool.ts'
import { prepared } from '../db/pool.ts'

export interface FreeTime {
  slotId: number
  clinicId: number
  clinicName: string
  startsAt: Date
  /** places left */
  free: number
}

/** FreeTime from the slot `s` and its clinic `c`. */
const freeTime = `
            s.id as "slotId", c.id as "clinicId", c.name as "clinicName", s.starts_at as "startsAt",
            s.capacity + s.overbooking - s.booked as free`

/** A place, and a dose. */
const free = (s: string) => `${s}.has_room and ${hasDose(s)}`

/** The first times after `from` with places left at the clinics of a release area, soonest first, `limit` at most. */
export function freeTimes(
  db: Db,
  search: { area: string; from: Date; limit: number },
): Promise<FreeTime[]> {
  return prepared<FreeTime>(
    db,
    `select ${freeTime}
       from slot s
       join clinic c on c.id = s.clinic_id
      where c.area = $1
        and s.starts_at > $2
        and ${free('s')}
      order by s.starts_at, c.id
      limit $3`,
    [search.area, search.from, search.limit],
  )
}

/**
 * What times somebody may have: those of their area, within the campaign's days, not at a central reception if that is
 * not for them.
 */
export interface Search {
  area: string
  from: Date
  /** YYYY-MM-DD, both included; null: any */
  firstDay: string | null
  lastDay: string | null
  /** HSA-id of the clinic they are listed at */
  listedClinic: string | null
  noCentral: boolean
}

export interface ClinicWithTimes {
  clinicId: number
  hsaId: string
  name: string
  street: string
  postcode: string
  town: string
  listed: boolean
  firstTime: Date
}

/** A clinic as a resident needs it. */
export interface ClinicOf {
  id: number
  hsaId: string
  name: string
  street: string
  postcode: string
  town: string
  phone: string
  phoneHours: string
}

/** ClinicOf as JSON, from the clinic `c`. */
export const clinicOf = `
  jsonb_build_object(
    'id', c.id, 'hsaId', c.hsa_id, 'name', c.name, 'street', c.street, 'postcode', c.postcode, 'town', c.town,
    'phone', c.phone, 'phoneHours', c.phone_hours)`

const within = (
  s: string,
) => `${s}.starts_at > $2 and ($3::date is null or ${s}.starts_at >= $3::date::timestamp at time zone '${zone}')
  and ($4::date is null or ${s}.starts_at < ($4::date + 1)::timestamp at time zone '${zone}')`

/**
 * The clinics with a time to give, each with its first one: the listed clinic first, then the soonest. Looked for in the
 * spans that have doses left: where doses are fewer than places, each slot of the others would be asked.
 */
export function clinicsWithTimes(db: Db, search: Search): Promise<ClinicWithTimes[]> {
  return prepared<ClinicWithTimes>(
    db,
    `select c.id as "clinicId", c.hsa_id as "hsaId", c.name, c.street, c.postcode, c.town,
            c.hsa_id is not distinct from $5 as listed, s.starts_at as "firstTime"
       from clinic c
       join lateral (
         select s.starts_at
           from times_with_doses(c.id) t
           join lateral (
             select s.starts_at
               from slot s
              where s.clinic_id = c.id
                and s.has_room
                and s.starts_at >= t.opens_at
                and s.starts_at < t.closes_at
                and ${within('s')}
              order by s.starts_at
              limit 1) s on true
          order by s.starts_at
          limit 1) s on true
      where c.area = $1
        and not (c.central and $6)
      order by listed desc, s.starts_at, c.name, c.id`,
    [
      search.area,
      search.from,
      search.firstDay,
      search.lastDay,
      search.listedClinic,
      search.noCentral,
    ],
  )
}

export interface DayOfTimes {
  /** YYYY-MM-DD in Sweden */
  day: string
  times: FreeTime[]
  /** the nearest days before and after on which the clinic has a time */
  previous: string | null
  next: string | null
}

/** One time that can be had, with its clinic; undefined when it can't (any more). */
export async function offeredTime(
  db: Db,
  search: Search,
  slotId: number,
): Promise<{ startsAt: Date; clinic: ClinicOf } | undefined> {
  const found = await prepared<{ startsAt: Date; clinic: ClinicOf }>(
    db,
    `select s.starts_at as "startsAt", ${clinicOf} as clinic
       from slot s
       join clinic c on c.id = s.clinic_id
      where s.id = $5
        and c.area = $1
        and not (c.central and $6)
        and ${free('s')}
        and ${within('s')}`,
    [search.area, search.from, search.firstDay, search.lastDay, slotId, search.noCentral],
  )
  return found[0]
}

/** The free times of a clinic on one day, and where to look before and after. */
export async function timesOnDay(
  db: Db,
  search: Search,
  clinicId: number,
  day: string,
): Promise<DayOfTimes> {
  const values = [
    search.area,
    search.from,
    search.firstDay,
    search.lastDay,
    clinicId,
    search.noCentral,
    day,
  ]
  const at = `
            slot s
       join clinic c on c.id = s.clinic_id
      where c.id = $5
        and c.area = $1
        and not (c.central and $6)
        and ${free('s')}
        and ${within('s')}`
  const starts = `$7::date::timestamp at time zone '${zone}'`
  const ends = `($7::date + 1)::timestamp at time zone '${zone}'`
  const [times, around] = await Promise.all([
    prepared<FreeTime>(
      db,
      `select ${freeTime}
       from ${at}
        and s.starts_at >= ${starts}
        and s.starts_at < ${ends}
      order by s.starts_at`,
      values,
    ),
    prepared<{ previous: string | null; next: string | null }>(
      db,
      `select (select (max(s.starts_at) at time zone '${zone}')::date
                 from ${at} and s.starts_at < ${starts}) as previous,
              (select (min(s.starts_at) at time zone '${zone}')::date
                 from ${at} and s.starts_at >= ${ends}) as next`,
      values,
    ),
  ])
  return { day, times, previous: around[0]?.previous ?? null, next: around[0]?.next ?? null }
}
