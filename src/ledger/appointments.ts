import type { Clock } from '../clock.ts'
import type { Db } from '../db/pool.ts'
import { row, rows, run } from '../db/pool.ts'
import { change, type Selection } from './selection.ts'

// The only writer of the table appointment. Statements that write two nouns at once take the SQL from here (`…Sql`).

export interface NewAppointment {
  personId: number
  purpose: string
  slotId: number
}

type MadeBy = 'person' | 'clinic' | 'assigned' | 'import'

/** @param from SQL: rows with person_id, purpose, slot_id and state */
const insertSql = (from: string, madeBy: string, now: string): string =>
  `insert into appointment (person_id, purpose, slot_id, state, made_by, made_at)
   select person_id, purpose, slot_id, state, ${madeBy}, ${now}
     from ${from}`

/**
 * Books for one person.
 * @param from name of a CTE with person_id, purpose and slot_id: one row, or none when they may not
 */
export const bookSql = (from: string, madeBy: string, now: string): string =>
  `${insertSql(`(select *, 'booked' as state from ${from}) new`, madeBy, now)}
   returning id`

/** Cancels. @param from name of a CTE with id */
export const cancelSql = (from: string, now: string): string =>
  `update appointment a
      set state = 'cancelled', ended_at = ${now}
     from ${from}
    where a.id = ${from}.id
   returning a.id`

/**
 * Books a set of appointments: all of them or, when a slot can't hold its share or somebody has a time already, none
 * (the constraint's error). The slots are locked in one order first: two sets that share slots wait instead of
 * deadlocking.
 */
export const insertAppointments = (
  db: Db,
  clock: Clock,
  appointments: readonly NewAppointment[],
  madeBy: MadeBy,
): Promise<{ id: number; personId: number }[]> =>
  rows<{ id: number; personId: number }>(
    db,
    `with locked as materialized (
       select id from slot where id = any($3::bigint[]) order by id for update
     ), new as (
       select person_id, purpose, slot_id, 'booked' as state
         from unnest($1::bigint[], $2::text[], $3::bigint[]) n (person_id, purpose, slot_id)
        where (select count(*) from locked) >= 0
     )
     ${insertSql('new', '$4', '$5')}
     returning id, person_id as "personId"`,
    [
      appointments.map((a) => a.personId),
      appointments.map((a) => a.purpose),
      appointments.map((a) => a.slotId),
      madeBy,
      clock.now(),
    ],
  )

/** Books one time; the caller holds its slot. @returns the appointment's id */
export const insertAppointment = async (
  db: Db,
  { personId, purpose, slotId }: NewAppointment,
  madeBy: MadeBy,
  now: Date,
): Promise<number> => {
  const made = await row<{ id: number }>(
    db,
    `with new as (
       select $1::bigint as person_id, $2::text as purpose, $3::bigint as slot_id
     )
     ${bookSql('new', '$4', '$5')}`,
    [personId, purpose, slotId, madeBy, now],
  )
  return made!.id
}

/** Takes in appointments that another system has made. @param given yields person_id, purpose, slot_id, state */
export const importAppointments = (db: Db, given: Selection, now: Date): Promise<number> =>
  run(db, insertSql(`(${given.sql}) given`, `'import'`, `$${given.values.length + 1}`), [
    ...given.values,
    now,
  ])

/**
 * Ends those of these appointments that are booked: moved, cancelled, attended or no-show.
 * @param which yields id and state
 */
export const endAppointments = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(
    db,
    which,
    (at) => `
     update appointment a
        set state = chosen.state,
            ended_at = case when chosen.state in ('moved', 'cancelled') then ${at}::timestamptz end
       from chosen
      where a.id = chosen.id
        and a.state = 'booked'`,
    now,
  )

/** Moves booked appointments that nobody has been told of: no history is kept. @param which yields id and slot_id */
export const reseatAppointments = (db: Db, which: Selection): Promise<number> =>
  change(
    db,
    which,
    () => `
     update appointment a
        set slot_id = chosen.slot_id
       from chosen
      where a.id = chosen.id
        and a.state = 'booked'`,
  )

/**
 * Gives back times that were assigned to invitations and not yet used.
 * @param from name of a CTE with id: the invitations
 */
export const freeAssignedSql = (from: string, now: string): string =>
  `update appointment a
      set state = 'cancelled', ended_at = ${now}
     from ${from}
     join invitation i on i.id = ${from}.id
    where a.id = i.appointment_id
      and a.state = 'booked'
      and a.made_by = 'assigned'`

/** What the person answers when asked whether they come. */
export const recordReply = (
  db: Db,
  appointmentId: number,
  reply: 'confirmed' | 'wants-to-cancel',
  now: Date,
): Promise<number> =>
  run(
    db,
    `update appointment
        set reply = $2, replied_at = $3
      where id = $1
        and state = 'booked'`,
    [appointmentId, reply, now],
  )

/** What the clinic saw; a slip is corrected by recording the other. */
export const recordVisit = (
  db: Db,
  appointmentId: number,
  outcome: 'attended' | 'no-show',
  by: string,
  now: Date,
): Promise<number> =>
  run(
    db,
    `update appointment
        set state = $2, recorded_by = $3, recorded_at = $4
      where id = $1`,
    [appointmentId, outcome, by, now],
  )

/** A slot as the allocation of fixed times sees it. */
export interface OpenSlot {
  id: number
  clinicId: number
  hsaId: string
  area: string
  startsAt: Date
  free: number
  central: boolean
}
