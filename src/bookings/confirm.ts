import type { Db } from '../db/pool.ts'
import { run } from '../db/pool.ts'

/**
 * Puts a confirmation by e-mail in the queue, for those who have an address: a message of the step `confirmation` about this
 * very appointment, so that it comes once (message_once), and a moved time is confirmed anew.
 * @returns how many were made: 0 or 1
 */
export const confirmByEmail = (
  db: Db,
  invitationId: number,
  appointmentId: number,
  now: Date,
): Promise<number> =>
  run(
    db,
    `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, priority, due_at, created_at, appointment_id)
     select i.id, i.campaign_id, p.id, i.purpose, i.generation, 'confirmation', 'email', coalesce(i.language, 'sv'), 'booking-confirmation', 10, $3, $3, $2
       from invitation i join person q on q.id = i.person_id join person p on p.id = coalesce(q.same_as, q.id)
      where i.id = $1 and p.email is not null and p.protection = 'none'
        and not exists (select from message m where m.appointment_id = $2 and m.step = 'confirmation')`,
    [invitationId, appointmentId, now],
  )
