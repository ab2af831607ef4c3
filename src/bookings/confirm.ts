import type { Db } from '../db/pool.ts'
import { queueMessages } from '../ledger/messages.ts'
import { hasEmail, hasMobile } from '../people/contact.ts'
import { unprotected } from '../people/protection.ts'

/**
 * Queues a confirmation by e-mail, for people who have an address: a message of the step `confirmation` about this very
 * appointment, so that it comes once (message_once) and a moved time is confirmed again.
 * @returns how many were queued: 0 or 1
 */
export const confirmByEmail = (
  db: Db,
  invitationId: number,
  appointmentId: number,
  now: Date,
): Promise<number> =>
  queueAbout(db, invitationId, appointmentId, now, {
    step: 'confirmation',
    channel: 'email',
    template: 'booking-confirmation',
  })

/**
 * The same of the time that stays where there were two, on a channel that can reach the person.
 * @returns how many were queued: 0 or 1
 */
export const tellKept = (
  db: Db,
  invitationId: number,
  appointmentId: number,
  channel: 'email' | 'sms' | 'letter',
  now: Date,
): Promise<number> =>
  queueAbout(db, invitationId, appointmentId, now, {
    step: 'confirmation:kept',
    channel,
    template: 'kept-time',
  })

const reachedBy = {
  email: hasEmail,
  sms: hasMobile,
  letter: `coalesce(p.special_address, p.registered_address) <> coalesce(p.returned_address, '{}')`,
}

async function queueAbout(
  db: Db,
  invitationId: number,
  appointmentId: number,
  now: Date,
  message: { step: string; channel: keyof typeof reachedBy; template: string },
): Promise<number> {
  const { total } = await queueMessages(
    db,
    {
      sql: `select i.id as invitation_id, p.id as person_id, $4 as step, $5 as channel,
                   $6 as template, 10 as priority, $3::timestamptz as due_at,
                   $2::bigint as appointment_id
              from invitation i
              join person q on q.id = i.person_id
              join person p on p.id = q.lead_id
             where i.id = $1
               and ${reachedBy[message.channel]}
               and ${unprotected('p.id')}
               and not exists (
                     select from message m where m.appointment_id = $2 and m.step = $4)`,
      values: [invitationId, appointmentId, now, message.step, message.channel, message.template],
      prepared: true,
      extra: ['person_id', 'priority', 'appointment_id'],
    },
    now,
  )
  return total
}
