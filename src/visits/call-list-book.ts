import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { row, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { bookByCode, refusalOf, whyNot } from '../bookings/book.ts'
import { hasDose } from '../clinics/doses/store.ts'
import { hasDied } from '../people/all-records.ts'
import { needsOf } from '../people/needs.ts'
import { insertAppointments } from '../ledger/appointments.ts'
import { unprotected } from '../people/protection.ts'

interface Called {
  personId: number
  purpose: string
  code: string
  state: string
  doneAt: Date | null
}

/**
 * Books for somebody on the phone. People with a released invitation are booked with its code, like anybody; people
 * that no channel reached have none, and get the time with the same checks: one live time, free, still to come, not a
 * central reception after anaphylaxis.
 * @throws Refused unknown-call, call-finished, and those of bookByCode
 */
export async function bookForCall(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  callId: number,
  slotId: number,
  by: string,
): Promise<{ appointmentId: number }> {
  return transaction(pool, async (tx) => {
    const call = await row<Called>(
      tx,
      `select l.person_id as "personId", i.purpose, i.code, i.state, l.done_at as "doneAt"
         from call_list l
         join invitation i on i.id = l.invitation_id
        where l.id = $1
          for update of l`,
      [callId],
    )
    if (!call) throw new Refused('unknown-call', `There is no call ${callId}.`)
    if (call.doneAt) throw new Refused('call-finished', `Call ${callId} is done already.`)
    const now = clock.now()
    const { appointmentId } =
      call.state === 'released'
        ? await bookByCode(tx, clock, call.code, slotId, 'clinic')
        : await bookUninvited(tx, clock, call, slotId)
    await run(tx, `insert into call_try (call_id, at, by, outcome) values ($1, $2, $3, 'booked')`, [
      callId,
      now,
      by,
    ])
    await run(
      tx,
      `update call_list
          set tries = tries + 1, done_at = $2, outcome = 'booked', appointment_id = $3
        where id = $1`,
      [callId, now, appointmentId],
    )
    return { appointmentId }
  })
}

async function bookUninvited(
  tx: Db,
  clock: Clock,
  { personId, purpose }: Called,
  slotId: number,
): Promise<{ appointmentId: number }> {
  const may = await factsOf(tx, personId, purpose, slotId)
  refuseIfImpossible(may, clock.now())
  const [made] = await insertAppointments(
    tx,
    clock,
    [{ personId, purpose, slotId }],
    'clinic',
  ).catch((error: unknown) => {
    throw refusalOf(error)
  })
  return { appointmentId: made!.id }
}

interface Facts {
  startsAt: Date | null
  free: boolean
  dose: boolean
  central: boolean
  has: boolean
  gone: boolean
}

const factsOf = (
  tx: Db,
  personId: number,
  purpose: string,
  slotId: number,
): Promise<Facts | undefined> =>
  row<Facts>(
    tx,
    `select s.starts_at as "startsAt",
            s.booked < s.capacity + s.overbooking as free,
            ${hasDose('s')} as dose,
            c.central and 'anaphylaxis' = any(${needsOf('p.lead_id')}) as central,
            ${hasDied('p')} or not ${unprotected('p.lead_id')} as gone,
            exists (
              select from appointment a
                join person q on q.id = a.person_id
               where q.lead_id = p.id
                 and a.purpose = $3
                 and a.state in ('booked', 'attended')) as has
       from person p
       left join slot s on s.id = $2
       left join clinic c on c.id = s.clinic_id
      where p.id = $1`,
    [personId, slotId, purpose],
  )

function refuseIfImpossible(may: Facts | undefined, now: Date): void {
  if (!may || may.gone)
    throw new Refused('not-bookable', "The person can't be booked here any more: see the register.")
  if (may.has)
    throw new Refused(
      'already-booked',
      'There is a time booked already. It stays as it is; cancel it first to choose another.',
    )
  const { startsAt } = may
  if (!startsAt || startsAt <= now || may.central || !may.free || !may.dose)
    throw whyNot(startsAt ? { ...may, startsAt, open: true } : undefined, now)
}
