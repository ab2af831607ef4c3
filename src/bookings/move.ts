import { holdDoses } from '../clinics/doses/store.ts'
import type { Db } from '../db/pool.ts'
import { prepared } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { endAppointments, insertAppointment } from '../ledger/appointments.ts'
import { answerInvitations, changeUntoldTimes } from '../ledger/invitations.ts'
import { refusalOf, whyNot } from './book.ts'
import type { BookingSubject } from './booking-subject.ts'

interface Old {
  id: number
  slotId: number
  startsAt: Date
  personId: number
}

interface Target {
  id: number
  startsAt: Date
  free: boolean
  central: boolean
  open: boolean
}

/**
 * Moves a live appointment to another slot, in the caller's transaction: the old place is free only if the new one is
 * taken.
 * @throws Refused nothing-booked, same-time, slot-past (the old or the new one), slot-unknown, slot-full,
 *   no-doses, slot-elsewhere, slot-central
 */
export async function moveAppointment(
  tx: Db,
  now: Date,
  subject: BookingSubject,
  slotId: number,
  madeBy: 'person' | 'clinic',
): Promise<{ appointmentId: number }> {
  const found = await lockInvitations(tx, subject)
  const old = await lockBooked(tx, subject)
  if (!old) throw new Refused('nothing-booked', 'No time is booked, so there is none to move.')
  // A reissue that was waited for has given the time to an invitation that is seen only by a statement that begins now.
  const held = found.some((i) => i.appointmentId === old.id)
    ? found
    : await lockInvitations(tx, subject)
  if (old.slotId === slotId)
    throw new Refused('same-time', 'That is the time that is booked already.')
  if (old.startsAt <= now)
    throw new Refused('slot-past', "The time has passed and can't be moved. Call the clinic.")
  const slots = await lockSlots(tx, [old.slotId, slotId], subject, madeBy)
  const target = slots.find((slot) => slot.id === slotId)
  if (!target || target.startsAt <= now || target.central || !target.open || !target.free)
    throw whyNot(target && { ...target, dose: true }, now)
  await holdDoses(tx, [old.slotId, slotId])
  const before = { sql: `select $1::bigint as id, 'moved' as state`, values: [old.id] }
  await endAppointments(tx, before, now)
  const { personId } = old
  const { purpose } = subject
  const appointmentId = await insertAppointment(
    tx,
    { personId, purpose, slotId },
    madeBy,
    now,
  ).catch((error: unknown) => {
    throw refusalOf(error) // no dose: only now is it known whether the old time's dose will do
  })
  // The one that holds the time; what the code stood for may have been replaced since it was looked up.
  const answered =
    held.find((i) => i.appointmentId === old.id) ??
    held.find((i) => i.id === subject.invitation?.id && i.state !== 'planned')
  if (answered) {
    const its = {
      sql: 'select $1::bigint as id, $2::bigint as appointment_id',
      values: [answered.id, appointmentId],
    }
    // Who has not been told yet (somebody who calls before the letter has left) is told of the new time instead.
    if (answered.state === 'planned') await changeUntoldTimes(tx, its)
    else await answerInvitations(tx, its, now)
  }
  return { appointmentId }
}

interface Held {
  id: number
  appointmentId: number | null
  state: string
}

/** The code's invitation and the live ones, by id and before the appointment, as when booking and cancelling. */
const lockInvitations = (
  tx: Db,
  { records, purpose, invitation }: BookingSubject,
): Promise<Held[]> =>
  prepared<Held>(
    tx,
    `select id, appointment_id as "appointmentId", state
       from invitation
      where person_id = any($1)
        and purpose = $2
        and (id = $3 or state in ('planned', 'released', 'answered'))
      order by id
        for update`,
    [records, purpose, invitation?.id ?? null],
  )

const lockBooked = async (tx: Db, { records, purpose }: BookingSubject): Promise<Old | undefined> =>
  (
    await prepared<Old>(
      tx,
      `select a.id, a.slot_id as "slotId", s.starts_at as "startsAt", a.person_id as "personId"
       from appointment a
       join slot s on s.id = a.slot_id
      where a.person_id = any($1)
        and a.purpose = $2
        and a.state = 'booked'
      order by a.id
      limit 1
        for update of a`,
      [records, purpose],
    )
  )[0]

/** Locked in one order: two people who change places wait for each other instead of deadlocking. */
const lockSlots = (
  tx: Db,
  ids: readonly number[],
  { needs, invitation }: BookingSubject,
  madeBy: 'person' | 'clinic',
): Promise<Target[]> =>
  prepared<Target>(
    tx,
    `select s.id, s.starts_at as "startsAt",
            s.booked < s.capacity + s.overbooking as free,
            c.central and 'anaphylaxis' = any($2::text[]) as central,
            $3 = 'clinic' or $4::text is null or (
              c.area = $4
              and (s.starts_at at time zone 'Europe/Stockholm')::date
                  between coalesce($5::date, '-infinity') and coalesce($6::date, 'infinity')) as open
       from slot s
       join clinic c on c.id = s.clinic_id
      where s.id = any($1)
      order by s.id
        for update of s`,
    [
      ids,
      needs,
      madeBy,
      invitation?.area ?? null,
      invitation?.firstDay ?? null,
      invitation?.lastDay ?? null,
    ],
  )
