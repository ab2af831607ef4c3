import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { rows, run, transaction, type Db } from '../../db/pool.ts'
import { unprotected } from '../../people/protection.ts'

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
  /** decided already: the other clinic has yet to cancel */
  keep: 'ours' | 'outside' | null
}

/** The same with who it is: for those who may see it. */
export interface NamedConflict extends Conflict {
  name: string
  identityNumber: string
  phone: string | null
}

interface Flat extends Omit<NamedConflict, 'ours' | 'outside'> {
  appointment: number
  state: string
  madeBy: string
  ourClinic: string
  ourTime: Date
  reference: string
  theirClinic: string
  theirTime: Date
}

/**
 * What is in conflict now, oldest first, without who it is. People with a protected identity are not in it: they are
 * handled as protected people are.
 * @param clinic HSA-id of one of the two sides; null: all
 */
export const openConflicts = async (db: Db, clinic: string | null = null): Promise<Conflict[]> =>
  (await conflicts(db, 1000, clinic)).map(
    ({ name: _, identityNumber: __, phone: ___, ...conflict }) => conflict,
  )

/**
 * The same with names, for those who solve them; each person in it is noted in the access log first.
 */
export const namedConflicts = (
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  actor: string,
  limit = 1000,
): Promise<NamedConflict[]> =>
  transaction(pool, async (tx) => {
    const found = await conflicts(tx, limit, null)
    await run(
      tx,
      `insert into access_log (at, actor, action, person_id)
       select distinct $1::timestamptz, $2, 'double bookings', unnest($3::bigint[])`,
      [clock.now(), actor, found.map((conflict) => conflict.person)],
    )
    return found
  })

async function conflicts(db: Db, limit: number, clinic: string | null): Promise<NamedConflict[]> {
  const found = await rows<Flat>(
    db,
    `select k.id, k.kind, a.person_id as person, a.purpose, k.found_at as "foundAt",
            k.keep, p.given_name || ' ' || p.family_name as name, p.identity_number as "identityNumber", p.phone,
            a.id as appointment, a.state, a.made_by as "madeBy",
            our_clinic.name as "ourClinic", our_slot.starts_at as "ourTime", o.reference,
            their_clinic.name as "theirClinic", their_slot.starts_at as "theirTime"
       from open_booking_conflict open
       join booking_conflict k on k.id = open.id
       join appointment a on a.id = k.appointment_id
       join person r on r.id = a.person_id
       join person p on p.id = r.lead_id
       join slot our_slot on our_slot.id = a.slot_id
       join clinic our_clinic on our_clinic.id = our_slot.clinic_id
       join outside_booking o on o.id = k.outside_booking_id
       join slot their_slot on their_slot.id = o.slot_id
       join clinic their_clinic on their_clinic.id = their_slot.clinic_id
      where ${unprotected('p.id')}
        and ($2::text is null or $2 in (our_clinic.hsa_id, their_clinic.hsa_id))
      order by k.id
      limit $1`,
    [limit, clinic],
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
