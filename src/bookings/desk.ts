import type pg from 'pg'
import { hasDose } from '../clinics/doses/store.ts'
import type { Clock } from '../clock.ts'
import { transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Jobs } from '../jobs/boss.ts'
import { bookByCode, refusalOf, whyNot } from './book.ts'
import { cancelByCode } from './cancel.ts'
import { confirmByEmail } from './confirm.ts'
import { ineligible, whoMayNot } from './eligibility.ts'
import { bookedBy, type Booked, type BookingSubject } from './booking-subject.ts'
import { moveAppointment } from './move.ts'
import { dayOf } from '../people/dates.ts'
import { offReserveList } from '../reserve/list.ts'
import { retried } from '../db/retried.ts'
import { endAppointments, insertAppointments } from '../ledger/appointments.ts'

export interface Desk {
  pool: pg.Pool
  clock: Clock
  jobs(): Promise<Jobs>
}

export type By = 'person' | 'clinic'

/**
 * Books a time for somebody, by the page or by a clinic on the phone. A person without an invitation must fit a running
 * campaign's cohort. The confirmation by e-mail is queued in the same transaction.
 * @throws Refused as bookByCode; not-eligible with the reason
 */
export const bookTime = (
  desk: Desk,
  subject: BookingSubject,
  slotId: number,
  by: By,
): Promise<Booked> =>
  settled(desk, subject, async (tx) => {
    if (subject.invitation)
      return (await bookByCode(tx, desk.clock, subject.invitation.code, slotId, by)).appointmentId
    const why = (
      await whoMayNot(tx, [subject.personId], subject.purpose, dayOf(desk.clock.now()))
    ).get(subject.personId)
    if (why) throw new Refused('not-eligible', ineligible[why], { why })
    return bookUninvited(tx, desk.clock, subject, slotId)
  })

/** Moves the time somebody has: both or nothing. @throws Refused as moveAppointment */
export const moveTime = (
  desk: Desk,
  subject: BookingSubject,
  slotId: number,
  by: By,
): Promise<Booked> =>
  settled(
    desk,
    subject,
    async (tx) => (await moveAppointment(tx, desk.clock.now(), subject, slotId, by)).appointmentId,
  )

/** Cancels the time somebody has; its place is offered again at once. @throws Refused nothing-booked, slot-past */
export async function cancelTime({ pool, clock }: Desk, subject: BookingSubject): Promise<void> {
  if (subject.invitation)
    return void (await retried(() => cancelByCode(pool, clock, subject.invitation!.code)))
  const now = clock.now()
  const booked = await bookedBy(pool, subject)
  if (!booked) throw new Refused('nothing-booked', 'No time is booked for this person.')
  if (booked.startsAt <= now)
    throw new Refused('slot-past', "The time has passed and can't be cancelled. Call the clinic.")
  const its = {
    sql: `select $1::bigint as id, 'cancelled' as state`,
    values: [booked.appointmentId],
  }
  await endAppointments(pool, its, now)
}

async function settled(
  desk: Desk,
  subject: BookingSubject,
  take: (tx: pg.PoolClient) => Promise<number>,
): Promise<Booked> {
  const confirmed = await retried(() =>
    transaction(desk.pool, async (tx) => {
      const appointmentId = await take(tx)
      const now = desk.clock.now()
      await offReserveList(tx, subject.records, subject.purpose, now)
      return subject.invitation ? confirmByEmail(tx, subject.invitation.id, appointmentId, now) : 0
    }),
  )
  // After the commit, for commits that notify wait for each other. When the program is killed here, the sweep finds the
  // confirmation within a minute.
  if (confirmed) await (await desk.jobs()).wake(desk.pool, 'email-first')
  return (await bookedBy(desk.pool, subject))!
}

async function bookUninvited(
  tx: Db,
  clock: Clock,
  subject: BookingSubject,
  slotId: number,
): Promise<number> {
  if (await bookedBy(tx, subject))
    throw new Refused(
      'already-booked',
      'There is a time booked already. It stays as it is; move it or cancel it.',
    )
  const slot = (
    await tx.query<{ startsAt: Date; central: boolean; free: boolean; dose: boolean }>(
      `select s.starts_at as "startsAt",
              s.booked < s.capacity + s.overbooking as free,
              ${hasDose('s')} as dose,
              c.central and 'anaphylaxis' = any($2::text[]) as central
         from slot s
         join clinic c on c.id = s.clinic_id
        where s.id = $1
          for update of s`,
      [slotId, subject.needs],
    )
  ).rows[0]
  if (!slot || slot.startsAt <= clock.now() || slot.central || !slot.free || !slot.dose)
    throw whyNot(slot && { ...slot, open: true }, clock.now())
  try {
    return (
      await insertAppointments(
        tx,
        clock,
        [{ personId: subject.personId, purpose: subject.purpose, slotId }],
        'clinic',
      )
    )[0]!.id
  } catch (error) {
    throw refusalOf(error)
  }
}
