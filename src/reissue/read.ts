import { createHash } from 'node:crypto'
import { rows, type Db } from '../db/pool.ts'
import { hasDied, hasOptedOut, isHidden } from '../people/all-records.ts'
import { needsOf } from '../people/needs.ts'
import type { Doseless, Seat } from './plan.ts'
import type { Telling } from './told.ts'
import type { OpenSlot } from '../ledger/appointments.ts'

/** Which slots a reissue is about, and where new times are looked for. */
export interface Scope {
  clinicId: number
  area: string
  /** days in Sweden, both included */
  from: string
  to: string
  /** how long after `to` a new time may be */
  withinDays: number
}

export interface Ground {
  seats: Seat[]
  overflow: Map<number, number>
  /** the smallest spans first */
  doseless: Doseless[]
  /** sha256 of the slots and of who sits in them: what the decision about who leaves rests on */
  version: string
}

const day = (n: string) => `(${n}::date::timestamp at time zone 'Europe/Stockholm')`

// Everybody who has a time, as the plan sees them. $1 is now, `telling` the parameter with what can be told when. The invitation is the live one, if there is one: a
// message of ours can tell only people that we have invited and may still write to.
const seat = (telling: string) => `
  select a.id as "appointmentId", s.id as "slotId", s.clinic_id as "clinicId", s.starts_at as "startsAt",
         p.household, coalesce(i.priority, 2147483647) as priority, a.made_at as "madeAt",
         a.made_by <> 'assigned' or exists (
           select from appointment e
            where e.person_id = a.person_id
              and e.purpose = a.purpose
              and e.state = 'moved') as chosen,
         ${needsOf('p.id')} as needs, i.id as invitation, i.state as "invitationState",
         coalesce(t.earliest, $1::timestamptz) - interval '1 millisecond' as earliest,
         case when ${hasDied('p')} then 'deceased'
              when p.emigrated_on is not null then 'moved-abroad'
              when p.gone_since is not null then 'gone-from-register'
              when ${isHidden('p')} then 'protected'
              when ${hasOptedOut('p')} then 'opted-out'
              when i.id is null then 'not-invited' end as "byHand"
    from appointment a
    join slot s on s.id = a.slot_id
    join person r on r.id = a.person_id
    join person p on p.id = r.lead_id
    left join lateral (
      select *
        from invitation i
       where i.person_id = p.id
         and i.purpose = a.purpose
         and i.state in ('planned', 'released', 'answered')
       limit 1) i on true
    left join jsonb_to_recordset(${telling}::jsonb) as t(campaign bigint, route text, earliest timestamptz)
      on t.campaign = i.campaign_id and t.route = i.route
   where a.state = 'booked'`

/**
 * Who sits where in the slots of the scope that are still to come. In a transaction that has locked them, nothing
 * changes.
 */
export async function readGround(
  db: Db,
  scope: Scope,
  telling: readonly Telling[],
  now: Date,
): Promise<Ground> {
  const values = [now, scope.clinicId, scope.from, scope.to]
  const slots = await rows<{ id: number; over: number; state: string }>(
    db,
    `select id, greatest(0, booked - capacity - overbooking) as over,
            concat_ws(' ', id, capacity, overbooking, booked) as state
       from slot
      where clinic_id = $2
        and starts_at > $1
        and starts_at >= ${day('$3')}
        and starts_at < ${day('($4::date + 1)')}
      order by id`,
    values,
  )
  const seats = await rows<Seat & { invitation: number | null; invitationState: string | null }>(
    db,
    `${seat('$5')}
        and s.clinic_id = $2
        and s.starts_at > $1
        and s.starts_at >= ${day('$3')}
        and s.starts_at < ${day('($4::date + 1)')}
      order by a.id`,
    [...values, JSON.stringify(telling)],
  )
  const doseless = await rows<Doseless>(
    db,
    `select starts_at as "from", taken - doses as people,
            case when ends_at = 'infinity' then '9999-12-31' else ends_at end as until
       from dose_span
      where clinic_id = $1
        and taken > doses
        and ends_at > ${day('$2')}
        and starts_at < ${day('($3::date + 1)')}
      order by ends_at, starts_at desc`,
    [scope.clinicId, scope.from, scope.to],
  )
  const version = createHash('sha256')
  for (const slot of slots) version.update(`${slot.state}\n`)
  for (const s of seats)
    version.update(
      `${s.appointmentId} ${s.slotId} ${s.invitation} ${s.invitationState} ${s.byHand}\n`,
    )
  for (const { from, until, people } of doseless)
    version.update(`${from.toISOString()} ${until.toISOString()} ${people}\n`)
  return {
    seats,
    doseless,
    overflow: new Map(slots.filter((slot) => slot.over > 0).map((slot) => [slot.id, slot.over])),
    version: version.digest('hex'),
  }
}

/**
 * Free places at the clinics of the area, near enough in time. Overbooking is for those who book themselves, not for
 * us.
 */
export const readPlaces = (db: Db, scope: Scope, after: Date): Promise<OpenSlot[]> =>
  rows<OpenSlot>(
    db,
    `select s.id, s.clinic_id as "clinicId", c.hsa_id as "hsaId", c.area, s.starts_at as "startsAt",
            s.capacity - s.booked as free, c.central
       from slot s
       join clinic c on c.id = s.clinic_id
      where c.area = $1
        and s.booked < s.capacity
        and s.starts_at > $2
        and s.starts_at < ${day('($3::date + 1 + $4::int)')}
      order by s.id`,
    [scope.area, after, scope.to, scope.withinDays],
  )

/** Assigned people whose time fits, at clinics that are not central: `limit` of them at most, the least urgent. */
export const readChains = async (
  db: Db,
  scope: Scope,
  telling: readonly Telling[],
  now: Date,
  limit: number,
): Promise<Seat[]> =>
  await rows<Seat>(
    db,
    `with assigned as (
       ${seat('$6')}
        and a.made_by = 'assigned'
        and s.booked <= s.capacity + s.overbooking
        and s.starts_at > $1
        and s.starts_at < ${day('($3::date + 1 + $4::int)')}
        and s.clinic_id in (select id from clinic where area = $2 and not central)
     )
     select *
       from assigned
      where "byHand" is null
        and not chosen
        and not 'anaphylaxis' = any(needs)
        and "startsAt" > earliest
      order by priority desc, "madeAt" desc, "appointmentId" desc
      limit $5`,
    [now, scope.area, scope.to, scope.withinDays, limit, JSON.stringify(telling)],
  )
