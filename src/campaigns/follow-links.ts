import { run, type Db } from '../db/pool.ts'

/**
 * Lets invitations follow people whose records have been linked since. Where several records of one person were invited for
 * the same purpose, one invitation stays: that of a record which something has left to before one which nothing has, then the
 * leading record's; the others are withdrawn and what of them has not left is recalled. What stays goes to the leading record, which
 * changes places with the linked one in all that was made for the purpose. Run it in a transaction, best in the one that links; until it
 * has run, messages to a linked record wait (messages/claim.ts).
 * @returns how many invitations were withdrawn or moved
 */
export async function followLinks(tx: Db, now: Date): Promise<number> {
  const withdrawn = await run(
    tx,
    `with invited as (
       select i.id, i.purpose, coalesce(p.same_as, p.id) as main_id, p.same_as is not null as linked,
              exists (select from message m where m.person_id = i.person_id and m.purpose = i.purpose and m.state not in ('queued', 'suppressed', 'recalled')) as has_left
         from invitation i join person p on p.id = i.person_id
        where i.state in ('waiting', 'planned', 'released', 'answered', 'declined', 'expired')
          and coalesce(p.same_as, p.id) in (select same_as from person where same_as is not null)
     ), ranked as (
       select id, row_number() over (partition by main_id, purpose order by has_left desc, linked, id) as place from invited)
     , freed as (
       update appointment a set state = 'cancelled', ended_at = $1 from ranked join invitation w on w.id = ranked.id
        where ranked.place > 1 and a.id = w.appointment_id and a.state = 'booked' and a.made_by = 'assigned')
     update invitation i set state = 'withdrawn', reason = 'duplicate-record', state_since = $1 from ranked where i.id = ranked.id and ranked.place > 1`,
    [now],
  )
  await run(
    tx,
    `update message m set state = 'recalled', reason = 'duplicate-record' from invitation i
      where i.id = m.invitation_id and i.state = 'withdrawn' and i.reason = 'duplicate-record' and m.state = 'queued'`,
  )
  const moved = await run(
    tx,
    `with stays as (
       select i.purpose, i.person_id as linked, p.same_as as main_id from invitation i join person p on p.id = i.person_id
        where p.same_as is not null and i.state in ('waiting', 'planned', 'released', 'answered', 'declined', 'expired')
          and not exists (select from invitation o where o.person_id = p.same_as and o.purpose = i.purpose and o.generation = i.generation and o.state = 'superseded') -- invitation_once
     ), places as (
       -- The two records change places in all that was ever made for the purpose: so nothing meets (message_once).
       select o.id, case o.person_id when stays.linked then stays.main_id else stays.linked end as person_id
         from stays join invitation o on o.purpose = stays.purpose and o.person_id in (stays.linked, stays.main_id)
     ), moved as (
       update invitation i set person_id = places.person_id from places where i.id = places.id returning i.id, i.person_id)
     update message m set person_id = moved.person_id from moved where m.invitation_id = moved.id`,
  )
  return withdrawn + moved
}
