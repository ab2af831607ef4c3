import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { run, transaction } from '../db/pool.ts'

const live = `('waiting', 'planned', 'released', 'answered', 'declined')`

/**
 * Lets invitations follow people whose records have been linked since: the leading record takes the linked one's invitation
 * and messages over; where both records were invited for the same purpose, the linked one's is withdrawn and what of it has
 * not left is recalled. Until this has run, messages to a linked record wait (messages/claim.ts).
 * @returns how many invitations were moved or withdrawn
 */
export async function followLinks({ pool, clock }: { pool: pg.Pool; clock: Clock }): Promise<number> {
  return transaction(pool, async (tx) => {
    const withdrawn = await run(
      tx,
      `update invitation i set state = 'withdrawn', reason = 'duplicate-record', state_since = $1 from person p
        where p.id = i.person_id and p.same_as is not null and i.state in ${live}
          and exists (select from invitation o join person q on q.id = o.person_id
                       where coalesce(q.same_as, q.id) = p.same_as and o.id <> i.id
                         and (o.campaign_id = i.campaign_id or (o.purpose = i.purpose and o.state in ${live}))
                         and (q.same_as is null or o.id < i.id))`,
      [clock.now()],
    )
    await run(
      tx,
      `update message m set state = 'recalled', reason = 'duplicate-record' from invitation i
        where i.id = m.invitation_id and i.state = 'withdrawn' and i.reason = 'duplicate-record' and m.state = 'queued'`,
    )
    const moved = await run(
      tx,
      `with moved as (
         update invitation i set person_id = p.same_as from person p where p.id = i.person_id and p.same_as is not null and i.state in ${live}
         returning i.id, i.person_id)
       update message m set person_id = moved.person_id from moved where m.invitation_id = moved.id`,
    )
    return withdrawn + moved
  })
}
