import { row, rows, run, type Db } from '../../db/pool.ts'
import type { Ineligible } from '../eligibility.ts'
import { endAppointments } from '../../ledger/appointments.ts'
import { loseTimes } from '../../ledger/invitations.ts'
import type { OutsideBooking } from './external-booking.ts'

/** The tables that a bookings import works in; they end with the transaction. */
export async function openStaging(tx: Db): Promise<void> {
  // two files at once: the second sees what the first did
  await run(tx, `select pg_advisory_xact_lock(hashtext('outside bookings'))`)
  await run(
    tx,
    `create temporary table given_booking (
       row int, reference text, identity_number text, purpose text, hsa_id text, starts_at timestamptz, state text
     ) on commit drop`,
  )
}

export const stage = (
  tx: Db,
  bookings: readonly (OutsideBooking & { row: number })[],
): Promise<number> =>
  run(
    tx,
    `insert into given_booking
     select g.row, g.reference, g."identityNumber", g.purpose, g."hsaId", g."startsAt", g.state
       from jsonb_to_recordset($1::jsonb) g (
              row int, reference text, "identityNumber" text, purpose text, "hsaId" text, "startsAt" timestamptz,
              state text)`,
    [JSON.stringify(bookings)],
  )

/** Finds person, clinic, slot and what was said before; of several rows on one booking the last counts. */
export async function resolve(tx: Db): Promise<void> {
  await run(tx, 'create index on given_booking (reference, row)')
  await run(
    tx,
    `create temporary table outside_row on commit drop as
     select g.row, g.reference, g.purpose, g.state, p.lead_id as person_id,
            o.id as outside_id, o.state as was, o.slot_id as was_slot, o.appointment_id as was_appointment,
            case when g.state = 'cancelled' then coalesce(o.slot_id, s.id) else s.id end as slot_id,
            case when p.id is null then 'unknown-person'
                 when c.id is null then 'unknown-clinic'
                 when u.code is null then 'unknown-purpose'
                 when o.id is not null and (op.lead_id <> p.lead_id or o.purpose <> g.purpose) then 'another-booking'
                 when s.id is null and g.state <> 'cancelled' then 'unknown-slot' end as fault
       from (select distinct on (reference) *
               from given_booking
              order by reference, row desc) g
       left join person p on p.identity_number = g.identity_number
       left join clinic c on c.hsa_id = g.hsa_id
       left join purpose u on u.code = g.purpose
       left join slot s on s.clinic_id = c.id and s.starts_at = g.starts_at
       left join outside_booking o on o.reference = g.reference
       left join person op on op.id = o.person_id`,
  )
  await run(tx, 'create index on outside_row (person_id, purpose)')
  await run(tx, 'analyze outside_row')
}

/** Those not known before who want a time, a chunk at a time: whether they may must be asked (eligibility.ts). */
export const newPeople = (
  tx: Db,
  after: { person: number; purpose: string },
  limit: number,
): Promise<{ person: number; purpose: string }[]> =>
  rows(
    tx,
    `select distinct person_id as person, purpose
       from outside_row r
      where fault is null
        and outside_id is null
        and state = 'booked'
        and (person_id, purpose) > ($1, $2)
        and not exists (
          select from appointment a
            join person q on q.id = a.person_id
           where q.lead_id = r.person_id
             and a.purpose = r.purpose
             and a.state in ('booked', 'attended'))
      order by 1, 2
      limit $3`,
    [after.person, after.purpose, limit],
  )

export const markIneligible = (
  tx: Db,
  purpose: string,
  people: readonly number[],
  whys: readonly string[],
): Promise<number> =>
  run(
    tx,
    `update outside_row r
        set fault = x.why
       from unnest($2::bigint[], $3::text[]) x (person, why)
      where r.person_id = x.person
        and r.purpose = $1
        and r.fault is null
        and r.outside_id is null
        and r.state = 'booked'`,
    [purpose, people, whys],
  )

/** Why a booking that was read can't be taken in. */
export type BookingFault =
  | 'unknown-person'
  | 'unknown-clinic'
  | 'unknown-purpose'
  | 'unknown-slot'
  | 'another-booking'
  | Ineligible

/** Why rows can't be taken in, in the order of the file. */
export const faultsAfter = (
  tx: Db,
  after: number,
  limit: number,
): Promise<{ row: number; fault: BookingFault }[]> =>
  rows(
    tx,
    `select row, fault
       from outside_row
      where fault is not null
        and row > $1
      order by row
      limit $2`,
    [after, limit],
  )

export interface Changes {
  new: number
  moved: number
  cancelled: number
  attended: number
  noShow: number
  unchanged: number
}

/** Rows that say something else than we know; a cancellation of what we never heard of is nothing. */
const changed = `
  select *
    from outside_row
   where fault is null
     and (outside_id is not null or state <> 'cancelled')
     and (was is distinct from state
          or (was_slot is distinct from slot_id and state <> 'cancelled'))`

/**
 * Writes down what the other system says now, and ends with us what ended there. What becomes of new times is settled
 * after (settle.ts).
 */
export async function recordOutside(tx: Db, now: Date): Promise<Changes> {
  await run(
    tx,
    `select from slot
      where id in (select slot_id from outside_row where fault is null
                   union
                   select was_slot from outside_row where fault is null)
      order by id
        for update`,
  )
  await endWhatEndedThere(tx, now)
  await run(
    tx,
    `insert into outside_booking as o (reference, person_id, purpose, slot_id, state, made_at, changed_at)
     select reference, person_id, purpose, slot_id, state, $1, $1
       from (${changed}) r
      order by row -- of several bookings of a person the first in the file is the one
     on conflict (reference) do update
        set state = excluded.state,
            changed_at = $1,
            slot_id = excluded.slot_id,
            appointment_id = case when o.slot_id = excluded.slot_id
                                   and not (o.state = 'cancelled' and excluded.state = 'booked')
                                  then o.appointment_id end`,
    [now],
  )
  const counts = await row<Omit<Changes, 'unchanged'> & { all: number }>(
    tx,
    `select count(*) filter (where outside_id is null)::int as new,
            count(*) filter (where outside_id is not null and state = 'booked')::int as moved,
            count(*) filter (where outside_id is not null and state = 'cancelled')::int as cancelled,
            count(*) filter (where outside_id is not null and state = 'attended')::int as attended,
            count(*) filter (where outside_id is not null and state = 'no-show')::int as "noShow",
            (select count(*) from outside_row where fault is null)::int as all
       from (${changed}) r`,
  )
  const { all, ...changes } = counts!
  return { ...changes, unchanged: all - Object.values(changes).reduce((sum, n) => sum + n, 0) }
}

/** An appointment that was moved or cancelled there has ended with us: its invitation can be booked with again. */
async function endWhatEndedThere(tx: Db, now: Date): Promise<void> {
  const ended = `
    select r.was_appointment as id,
           case when r.state = 'booked' then 'moved' else r.state end as state
      from (${changed}) r
     where r.was_appointment is not null
       and (r.state <> 'booked' or r.was_slot <> r.slot_id)`
  await endAppointments(tx, { sql: ended, values: [] }, now)
  const freed = `
    select i.id
      from (${ended}) ended
      join appointment a on a.id = ended.id
      join invitation i on i.appointment_id = a.id
     where a.state in ('moved', 'cancelled')
       and a.ended_at = $1
       and i.state in ('released', 'answered')`
  await loseTimes(tx, { sql: freed, values: [now] }, now)
}
