import type { Db } from '../db/pool.ts'
import { queueMessages } from '../ledger/messages.ts'

/**
 * Queues a confirmation by e-mail, for people who have an address: a message of the step `confirmation` about this very
 * appointment, so that it comes once (message_once) and a moved time is confirmed again.
 * @param step `confirmation:kept` tells again of a time, which stays where there were two
 * @returns how many were queued: 0 or 1
 */
export async function confirmByEmail(
  db: Db,
  invitationId: number,
  appointmentId: number,
  now: Date,
  step: 'confirmation' | 'confirmation:kept' = 'confirmation',
): Promise<number> {
  const { total } = await queueMessages(
    db,
    {
      sql: `select i.id as invitation_id, p.id as person_id, $4 as step, 'email' as channel,
                   'booking-confirmation' as template, 10 as priority, $3::timestamptz as due_at,
                   $2::bigint as appointment_id
              from invitation i
              join person q on q.id = i.person_id
              join person p on p.id = q.lead_id
             where i.id = $1
               and p.email is not null
               and p.protection = 'none'
               and not exists (
                     select from message m where m.appointment_id = $2 and m.step = $4)`,
      values: [invitationId, appointmentId, now, step],
      prepared: true,
      extra: ['person_id', 'priority', 'appointment_id'],
    },
    now,
  )
  return total
}
