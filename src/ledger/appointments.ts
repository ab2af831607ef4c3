import type { Clock } from '../clock.ts'
import type { Db } from '../db/pool.ts'
import { rows, run } from '../db/pool.ts'
import { chosen, type Selection } from './selection.ts'

export interface NewAppointment {
  personId: number
  purpose: string
  slotId: number
}

/**
 * Books a set of appointments: all of them or, when a slot can't hold its share or somebody has a time already, none
 * (the constraint's error). The slots are locked in one order first: two sets that share slots wait instead of deadlocking.
 */
export async function insertAppointments(
  db: Db,
  clock: Clock,
  appointments: readonly NewAppointment[],
  madeBy: 'clinic' | 'assigned' | 'import',
): Promise<{ id: number; personId: number }[]> {
  return rows<{ id: number; personId: number }>(
    db,
    `with locked as materialized (select id from slot where id = any($3::bigint[]) order by id for update)
     insert into appointment (person_id, purpose, slot_id, made_by, made_at)
     select n.person_id, n.purpose, n.slot_id, $4, $5
       from unnest($1::bigint[], $2::text[], $3::bigint[]) n (person_id, purpose, slot_id)
      where (select count(*) from locked) >= 0
     returning id, person_id as "personId"`,
    [
      appointments.map((a) => a.personId),
      appointments.map((a) => a.purpose),
      appointments.map((a) => a.slotId),
      madeBy,
      clock.now(),
    ],
  )
}

/** Gives back the times that were assigned to these invitations and that nobody has taken up as their own choice. */
export const freeAssignedTimes = (db: Db, which: Selection, now: Date): Promise<number> =>
  run(
    db,
    `with ${chosen(which)}
     update appointment a
        set state = 'cancelled', ended_at = $${which.values.length + 1}
       from chosen
       join invitation i on i.id = chosen.id
      where a.id = i.appointment_id
        and a.state = 'booked'
        and a.made_by = 'assigned'`,
    [...which.values, now],
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
