import { run, type Db } from '../../db/pool.ts'

/** A person's live appointments, whichever of the linked records they are on; `o` is the outside booking. */
const live = `appointment a join person q on q.id = a.person_id where coalesce(q.same_as, q.id) = coalesce((select same_as from person where id = o.person_id), o.person_id)
  and a.purpose = o.purpose and a.state in ('booked', 'attended')`

/**
 * Makes of what the other systems say what it is with us: our own booking come back, a time of the person's, or, when the
 * person has another time, a conflict with both sides. One live appointment a person and purpose; who is first stays.
 * @returns how many conflicts are new
 */
export async function settleOutside(tx: Db, now: Date): Promise<number> {
  await recogniseOurOwn(tx)
  await takeUp(tx, now)
  return noteConflicts(tx, now)
}

/** The clinic's system has what was booked with us, and tells us of it: the same person, purpose, clinic and time. */
const recogniseOurOwn = (tx: Db) =>
  run(
    tx,
    `with own as (
       select distinct on (a.id) o.id, a.id as appointment, o.state from outside_booking o
         join lateral (select a.id, a.slot_id from ${live}) a on a.slot_id = o.slot_id
        where o.appointment_id is null and o.state <> 'cancelled' and not exists (select from outside_booking x where x.appointment_id = a.id)
        order by a.id, o.id
     ), been as (
       update appointment a set state = own.state from own where a.id = own.appointment and a.state = 'booked' and own.state in ('attended', 'no-show'))
     update outside_booking o set appointment_id = own.appointment from own where o.id = own.id`,
  )

/**
 * Gives an appointment to each outside booking whose person has none. It is a fact already, so it is taken in also where our
 * slot is full: slot.overbooked says by how much, and nobody is added until it fits again.
 */
async function takeUp(tx: Db, now: Date): Promise<void> {
  await run(
    tx,
    `create temporary table taken_up on commit drop as
     select distinct on (l.id, o.purpose) o.id, l.id as person_id, o.purpose, o.slot_id, o.state
       from outside_booking o join person p on p.id = o.person_id join person l on l.id = coalesce(p.same_as, p.id)
      where o.appointment_id is null and o.state in ('booked', 'attended') and not exists (select from ${live})
      order by l.id, o.purpose, o.id`,
  )
  await run(
    tx,
    'select from slot where id in (select slot_id from taken_up) order by id for update',
  )
  await run(
    tx,
    `update slot s set overbooked = s.booked + t.n - s.capacity - s.overbooking
       from (select slot_id, count(*)::int as n from taken_up group by slot_id) t where s.id = t.slot_id and s.booked + t.n - s.capacity - s.overbooking > s.overbooked`,
  )
  await run(
    tx,
    `with made as (
       insert into appointment (person_id, purpose, slot_id, state, made_by, made_at) select person_id, purpose, slot_id, state, 'import', $1 from taken_up order by slot_id, id
       returning id, person_id, purpose
     ), known as (
       update outside_booking o set appointment_id = made.id from made join taken_up t using (person_id, purpose) where o.id = t.id
     )
     update invitation i set state = case when i.state in ('waiting', 'planned') then 'suppressed' else 'answered' end, state_since = $1,
            reason = case when i.state in ('waiting', 'planned') then 'already-booked' end,
            appointment_id = case when i.state in ('waiting', 'planned') then null else made.id end
       from made, person p
      where p.id = i.person_id and coalesce(p.same_as, p.id) = made.person_id and i.purpose = made.purpose
        and i.state in ('waiting', 'planned', 'released', 'answered', 'expired', 'declined')`,
    [now],
  )
  await run(tx, 'drop table taken_up')
}

/** Both sides are kept and listed (conflicts.ts); nobody's time is taken away without somebody having called. */
const noteConflicts = (tx: Db, now: Date): Promise<number> =>
  run(
    tx,
    `insert into booking_conflict (outside_booking_id, appointment_id, kind, found_at)
     select o.id, a.id, 'second-booking', $1::timestamptz from outside_booking o join lateral (select a.id from ${live}) a on true where o.appointment_id is null and o.state = 'booked'
     union all
     select o.id, a.id, 'ended-with-us', $1::timestamptz from outside_booking o join appointment a on a.id = o.appointment_id
      where o.state = 'booked' and a.state in ('moved', 'cancelled') and o.reference in (select reference from given_booking)
     on conflict do nothing`,
    [now],
  )
