import { run, type Db } from '../db/pool.ts'
import { giveInvitationsTo } from '../ledger/invitations.ts'
import { followInvitations, recallMessages } from '../ledger/messages.ts'
import { withdrawInvitations } from '../ledger/withdraw.ts'

/**
 * Lets invitations follow people whose records have been linked since. Where several records of one person were invited
 * for the same purpose, one invitation stays: one whose messages have left before one whose messages have not, then the
 * leading record's; the others are withdrawn and what of them has not left is recalled. What stays goes to the leading
 * record, which changes places with the linked one in all that was made for the purpose. Run it in a transaction, best
 * in the one that links; until it has run, messages to a linked record wait (messages/claim.ts).
 * @returns how many invitations were withdrawn and messages moved
 */
export async function followLinks(tx: Db, now: Date): Promise<number> {
  const withdrawn = await withdrawInvitations(tx, { sql: secondOfSame, values: [] }, now)
  // What a sender put back in the queue after an earlier run is recalled now.
  const duplicates = `
    select id
      from invitation
     where state = 'withdrawn'
       and reason = 'duplicate-record'`
  await recallMessages(tx, { sql: duplicates, values: [] }, 'duplicate-record')
  await run(tx, `create temporary table followed on commit drop as ${places}`)
  await run(tx, 'analyze followed') // mostly empty; otherwise all invitations and messages are read for it
  const followed = { sql: 'select id, person_id from followed', values: [] }
  await giveInvitationsTo(tx, followed)
  const moved = await followInvitations(tx, followed)
  await run(tx, 'drop table followed')
  return withdrawn + moved
}

const alive = `i.state in ('waiting', 'planned', 'released', 'answered', 'declined', 'expired')`

// From the few linked records to what is theirs, by key: joined, a database that had just been filled and not been
// looked over yet read all messages for each invitation, a minute for 20 000 people.

/** All but the one that stays, of those of a person with linked records. */
const secondOfSame = `
  with invited as (
    select i.id, i.purpose, p.lead_id, p.same_as is not null as linked,
           (select true
              from message m
             where m.person_id = i.person_id
               and m.purpose = i.purpose
               and m.state not in ('queued', 'suppressed', 'recalled')
             limit 1) is not null as has_left
      from (select distinct same_as as id from person where same_as is not null) lead
     cross join lateral (select id, lead_id, same_as from person where lead_id = lead.id offset 0) p
     cross join lateral (select * from invitation where person_id = p.id offset 0) i
     where ${alive}
  ), ranked as (
    select id, row_number() over (partition by lead_id, purpose order by has_left desc, linked, id) as place
      from invited
  )
  select id, 'duplicate-record' as reason
    from ranked
   where place > 1`

/** The two records change places in all that was ever made for the purpose: so nothing meets (message_once). */
const places = `
  with stays as (
    select i.purpose, i.person_id as linked_id, p.lead_id
      from person p
     cross join lateral (select * from invitation where person_id = p.id offset 0) i
     where p.same_as is not null
       and ${alive}
       and not exists ( -- invitation_once
         select from invitation o
          where o.person_id = p.lead_id
            and o.purpose = i.purpose
            and o.generation = i.generation
            and o.state = 'superseded')
  )
  select o.id, case o.person_id when stays.linked_id then stays.lead_id else stays.linked_id end as person_id
    from stays
   cross join lateral (
         select id, person_id
           from invitation
          where purpose = stays.purpose
            and person_id in (stays.linked_id, stays.lead_id)
         offset 0) o`
