import type pg from 'pg'
import { DateTime } from 'luxon'
import { zone, type Clock } from '../clock.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { recordVisit } from '../ledger/appointments.ts'
import { unprotected } from '../people/protection.ts'

export type Attendance = 'attended' | 'no-show'

interface Appointment {
  state: string
  personId: number
  purpose: string
  startsAt: Date
}

/**
 * Records what the clinic saw: the person came, and so got the dose, or did not. A slip can be put right by recording
 * the other; the dose comes and goes with it.
 * @param vaccine which one was given: decides when the next dose is due (dose-interval.ts)
 * @param clinic only an appointment at this one, an HSA-id; null: any
 * @throws Refused unknown-appointment, appointment-state (moved or cancelled), too-early (its day has not come),
 *   already-booked (a no-show who has another time meanwhile)
 */
export async function recordAttendance(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  appointmentId: number,
  outcome: Attendance,
  by: string,
  vaccine: string | null = null,
  clinic: string | null = null,
): Promise<{ state: Attendance }> {
  const now = clock.now()
  await transaction(pool, async (tx) => {
    const found = await row<Appointment>(
      tx,
      `select a.state, a.person_id as "personId", a.purpose, s.starts_at as "startsAt"
         from appointment a
         join slot s on s.id = a.slot_id
         join clinic c on c.id = s.clinic_id
        where a.id = $1
          and ($2::text is null or c.hsa_id = $2)
          for update of a`,
      [appointmentId, clinic],
    )
    if (!found)
      throw new Refused('unknown-appointment', `There is no appointment ${appointmentId}.`)
    if (!['booked', 'attended', 'no-show'].includes(found.state))
      throw new Refused(
        'appointment-state',
        `Appointment ${appointmentId} is ${found.state}: nobody was expected.`,
        { state: found.state },
      )
    if (found.startsAt > DateTime.fromJSDate(now, { zone }).endOf('day').toJSDate())
      throw new Refused('too-early', 'The day of the appointment has not come yet.')
    await recordVisit(tx, appointmentId, outcome, by, now).catch((error: unknown) => {
      if ((error as { constraint?: string }).constraint !== 'appointment_one_live') throw error
      throw new Refused(
        'already-booked',
        'The person has another time for this by now. Record the visit on that one, or cancel it first.',
      )
    })
    if (outcome === 'attended') await giveDose(tx, appointmentId, found, vaccine)
    else await run(tx, 'delete from dose where appointment_id = $1', [appointmentId])
  })
  return { state: outcome }
}

/** A dose that is known already stays as it was reported, but for the vaccine if that was not known. */
const giveDose = (
  tx: Db,
  appointmentId: number,
  { personId, purpose, startsAt }: Appointment,
  vaccine: string | null,
): Promise<number> =>
  run(
    tx,
    `insert into dose (person_id, purpose, given_on, vaccine, appointment_id)
     select p.lead_id, $2, ($3::timestamptz at time zone 'Europe/Stockholm')::date, $4, $5
       from person p
      where p.id = $1
     on conflict (person_id, purpose) do update
        set vaccine = coalesce(excluded.vaccine, dose.vaccine)`,
    [personId, purpose, startsAt, vaccine, appointmentId],
  )

export interface Expected {
  appointmentId: number
  personId: number
  startsAt: Date
  state: string
  reply: string | null
  name: string
  /** null: none is known, or protected */
  phone: string | null
}

/**
 * A clinic's day: who is expected, what they answered to the reminder, and what has been recorded. Those with protected
 * identity are in it without a name: the clinic looks them up in its own records. Each is noted in the access log.
 * @throws Refused unknown-clinic
 */
export async function dayList(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  hsaId: string,
  day: string,
  actor: string,
): Promise<Expected[]> {
  const clinic = await row<{ id: number }>(pool, 'select id from clinic where hsa_id = $1', [hsaId])
  if (!clinic) throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${hsaId}.`)
  const expected = await rows<Expected>(
    pool,
    `select a.id as "appointmentId", p.id as "personId", s.starts_at as "startsAt", a.state, a.reply,
            case when ${unprotected('p.lead_id')} then p.given_name || ' ' || p.family_name
                 else '(skyddad identitet)' end as name,
            case when ${unprotected('p.lead_id')} then p.phone end as phone
       from appointment a
       join slot s on s.id = a.slot_id
       join person p on p.id = a.person_id
      where s.clinic_id = $1
        and a.state in ('booked', 'attended', 'no-show')
        and (s.starts_at at time zone 'Europe/Stockholm')::date = $2::date
      order by s.starts_at, a.id`,
    [clinic.id, day],
  )
  await run(
    pool,
    `insert into access_log (at, actor, unit, action, person_id)
     select $2, $3, $4, 'day list', unnest($1::bigint[])`,
    [expected.map((e) => e.personId), clock.now(), actor, hsaId],
  )
  return expected
}
