import { holdDoses } from '../../clinics/doses/store.ts'
import { rows, run, type Db } from '../../db/pool.ts'
import { endAppointments, importAppointments } from '../../ledger/appointments.ts'
import { answerInvitations, suppressInvitations } from '../../ledger/invitations.ts'

/** A person's live appointments, whichever of the linked records they are on; `o` is the outside booking. */
const live = `
          appointment a
     join person q on q.id = a.person_id
    where q.lead_id = (select lead_id from person where id = o.person_id)
      and a.purpose = o.purpose
      and a.state in ('booked', 'attended')`

/**
 * Makes of what the other systems say what it is with us: our own booking come back, a time of the person's, or, when
 * the person has another time, a conflict with both sides. One live appointment a person and purpose; who is first
 * stays.
 * @returns how many conflicts are new
 */
export async function settleOutside(tx: Db, now: Date): Promise<number> {
  await recogniseOurOwn(tx, now)
  await takeUp(tx, now)
  return noteConflicts(tx, now)
}

/** The clinic's system has what was booked with us, and tells us of it: the same person, purpose, clinic and time. */
async function recogniseOurOwn(tx: Db, now: Date): Promise<void> {
  await run(
    tx,
    `create temporary table own on commit drop as
     select distinct on (a.id) o.id as outside_id, a.id, o.state
       from outside_booking o
       join lateral (select a.id, a.slot_id from ${live}) a on a.slot_id = o.slot_id
      where o.appointment_id is null
        and o.state <> 'cancelled'
        and not exists (select from outside_booking x where x.appointment_id = a.id)
      order by a.id, o.id`,
  )
  const visits = `
    select id, state
      from own
     where state in ('attended', 'no-show')`
  await endAppointments(tx, { sql: visits, values: [] }, now)
  await run(
    tx,
    `update outside_booking o
        set appointment_id = own.id
       from own
      where o.id = own.outside_id`,
  )
  await run(tx, 'drop table own')
}

/**
 * Gives an appointment to each outside booking whose person has none. It is a fact already, so it is taken in also
 * where our slot is full or has no dose: slot.overbooked and dose_span.short say by how much, and nobody is added until
 * it fits again.
 */
async function takeUp(tx: Db, now: Date): Promise<void> {
  await run(
    tx,
    `create temporary table taken_up on commit drop as
     select distinct on (p.lead_id, o.purpose)
            o.id, p.lead_id as person_id, o.purpose, o.slot_id, o.state, null::bigint as appointment_id
       from outside_booking o
       join person p on p.id = o.person_id
      where o.appointment_id is null
        and o.state in ('booked', 'attended')
        and not exists (select from ${live})
      order by p.lead_id, o.purpose, o.id`,
  )
  await overbookSlots(tx)
  const inOrder = `
    select person_id, purpose, slot_id, state
      from taken_up
     order by slot_id, id`
  await importAppointments(tx, { sql: inOrder, values: [] }, now)
  await run(
    tx,
    `update taken_up t
        set appointment_id = a.id
       from appointment a
      where a.person_id = t.person_id
        and a.purpose = t.purpose
        and a.state in ('booked', 'attended')`, // it is the one that was made now: nobody here had any
  )
  await run(
    tx,
    `update outside_booking o
        set appointment_id = t.appointment_id
       from taken_up t
      where o.id = t.id`,
  )
  await settleInvitations(tx, now)
  await run(tx, 'drop table taken_up')
}

/** Locks the slots and doses, and keeps by how much each will be too full, or too few. */
async function overbookSlots(tx: Db): Promise<void> {
  const slots = await rows<{ id: number }>(
    tx,
    `select id
       from slot
      where id in (select slot_id from taken_up)
      order by id
        for update`,
  )
  await run(
    tx,
    `update slot s
        set overbooked = s.booked + t.n - s.capacity - s.overbooking
       from (select slot_id, count(*)::int as n from taken_up group by slot_id) t
      where s.id = t.slot_id
        and s.booked + t.n - s.capacity - s.overbooking > s.overbooked`,
  )
  await holdDoses(
    tx,
    slots.map((slot) => slot.id),
  )
  await run(
    tx,
    `update dose_span d
        set short = d.taken + t.n - d.doses
       from (
         select d.id, count(*)::int as n
           from taken_up t
           join slot s on s.id = t.slot_id
           join dose_span d
             on d.clinic_id = s.clinic_id and s.starts_at >= d.starts_at and s.starts_at < d.ends_at
          group by d.id) t
      where d.id = t.id
        and d.taken + t.n - d.doses > d.short`,
  )
}

/** People who were invited have answered; people who were not will not be. */
async function settleInvitations(tx: Db, now: Date): Promise<void> {
  const inState = (states: string) => `
    select i.id, t.appointment_id, 'already-booked' as reason
      from taken_up t
      join person p on p.lead_id = t.person_id
      join invitation i on i.person_id = p.id and i.purpose = t.purpose
     where i.state in (${states})`
  const told = inState(`'released', 'answered', 'expired', 'declined'`)
  await answerInvitations(tx, { sql: told, values: [] }, now)
  const untold = inState(`'waiting', 'planned'`)
  await suppressInvitations(tx, { sql: untold, values: [] }, now)
}

/** Both sides are kept and listed (conflicts.ts); nobody's time is taken away without somebody having called. */
const noteConflicts = (tx: Db, now: Date): Promise<number> =>
  run(
    tx,
    `insert into booking_conflict (outside_booking_id, appointment_id, kind, found_at)
     select o.id, a.id, 'second-booking', $1::timestamptz
       from outside_booking o
       join lateral (select a.id from ${live}) a on true
      where o.appointment_id is null
        and o.state = 'booked'
     union all
     select o.id, a.id, 'ended-with-us', $1::timestamptz
       from outside_booking o
       join appointment a on a.id = o.appointment_id
      where o.state = 'booked'
        and a.state in ('moved', 'cancelled')
        and o.reference in (select reference from given_booking)
     on conflict do nothing`,
    [now],
  )
