import type { Clock } from '../clock.ts'
import { prepared, row, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { cancelSql } from '../ledger/appointments.ts'
import { loseTimeSql } from '../ledger/invitations.ts'

interface Outcome {
  known: boolean
  startsAt: Date | null
  appointmentId: number | null
}

const sql = `
with i as materialized (
  select id, person_id, purpose
    from invitation
   where code = $1
), p as (
  select r.lead_id as id
    from i
    join person r on r.id = i.person_id
), held as materialized (
  -- by id and before the appointment, as a reissue does: two that meet wait instead of deadlocking
  select o.id, o.state, o.appointment_id
    from i, p, invitation o
   where o.person_id in (i.person_id, p.id)
     and o.purpose = i.purpose
     and (o.id = i.id or o.state in ('planned', 'released', 'answered'))
   order by o.id
     for update of o
), has as materialized (
  select a.id, s.starts_at
    from i
    join appointment a on a.person_id = any(array(select r.id from p join person r on r.lead_id = p.id))
    join slot s on s.id = a.slot_id
   where a.purpose = i.purpose
     and a.state = 'booked'
     and (select count(*) from held) >= 0
   limit 1
     for update of a
), ended as (
  select id
    from has
   where starts_at > $2
), cancelled as (
  ${cancelSql('ended', '$2')}
), lost as (
  select held.id
    from held, cancelled
   where held.state in ('planned', 'released', 'answered')
     and (held.appointment_id = cancelled.id or held.state = 'released')
), given_back as (
  ${loseTimeSql('lost', '$2')}
)
select exists (select from i) as known,
       (select starts_at from has) as "startsAt",
       (select id from cancelled) as "appointmentId"`

/**
 * Cancels the time that the holder of the code has, in one statement. The place is free for others at once, and the
 * invitation is released again: the person can book another time. With the code of a letter that has been replaced,
 * that is the invitation which replaced it; one that has not been told of its time waits for another.
 * @throws Refused unknown-code, nothing-booked, slot-past
 */
export async function cancelByCode(
  db: Db,
  clock: Clock,
  code: string,
): Promise<{ appointmentId: number }> {
  const now = clock.now()
  const [outcome] = await prepared<Outcome>(db, sql, [code, now])
  if (outcome?.appointmentId != null) return { appointmentId: outcome.appointmentId }
  if (!outcome?.known)
    throw new Refused(
      'unknown-code',
      'There is no invitation with that booking code. Check the code in the letter or message.',
    )
  if (outcome.startsAt)
    throw new Refused('slot-past', "The time has passed and can't be cancelled. Call the clinic.")
  throw new Refused('nothing-booked', 'No time is booked with that code.')
}

/**
 * Somebody looked for a time with their code and found none; once a person and day, however often they look.
 * @throws Refused unknown-code when no invitation that can be booked with has the code
 */
export async function recordFailedSearch(db: Db, clock: Clock, code: string): Promise<void> {
  const found = await row<{ id: number }>(
    db,
    `with i as (
       select id
         from invitation
        where code = $1
          and state in ('released', 'expired', 'declined')
     ), f as (
       insert into failed_search (invitation_id, at)
       select id, $2
         from i
       on conflict do nothing -- failed_search_once_a_day
     )
     select id
       from i`,
    [code, clock.now()],
  )
  if (!found)
    throw new Refused(
      'unknown-code',
      'There is no open invitation with that booking code. Check the code in the letter or message.',
    )
}
