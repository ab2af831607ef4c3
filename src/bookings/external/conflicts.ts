import type { Db } from '../../db/pool.ts'
import { rows } from '../../db/pool.ts'

/** Two sides that can't both be right, until one has ended. */
export interface Conflict {
  id: number
  /**
   * second-booking: a time with us and another elsewhere; ended-with-us: moved or cancelled with us, still booked
   * elsewhere
   */
  kind: 'second-booking' | 'ended-with-us'
  person: number
  purpose: string
  foundAt: Date
  ours: { appointment: number; state: string; madeBy: string; clinic: string; startsAt: Date }
  outside: { reference: string; clinic: string; startsAt: Date }
}

interface Flat extends Omit<Conflict, 'ours' | 'outside'> {
  appointment: number
  state: string
  madeBy: string
  ourClinic: string
  ourTime: Date
  reference: string
  theirClinic: string
  theirTime: Date
}

/** What is in conflict now, oldest first. @param limit at most so many */
export async function openConflicts(db: Db, limit = 1000): Promise<Conflict[]> {
  const found = await rows<Flat>(
    db,
    `select k.id, k.kind, a.person_id as person, a.purpose, k.found_at as "foundAt",
            a.id as appointment, a.state, a.made_by as "madeBy",
            our_clinic.name as "ourClinic", our_slot.starts_at as "ourTime", o.reference,
            their_clinic.name as "theirClinic", their_slot.starts_at as "theirTime"
       from open_booking_conflict k
       join appointment a on a.id = k.appointment_id
       join slot our_slot on our_slot.id = a.slot_id
       join clinic our_clinic on our_clinic.id = our_slot.clinic_id
       join outside_booking o on o.id = k.outside_booking_id
       join slot their_slot on their_slot.id = o.slot_id
       join clinic their_clinic on their_clinic.id = their_slot.clinic_id
      order by k.id
      limit $1`,
    [limit],
  )
  return found.map(
    ({
      appointment,
      state,
      madeBy,
      ourClinic,
      ourTime,
      reference,
      theirClinic,
      theirTime,
      ...about
    }) => ({
      ...about,
      ours: { appointment, state, madeBy, clinic: ourClinic, startsAt: ourTime },
      outside: { reference, clinic: theirClinic, startsAt: theirTime },
    }),
  )
}
