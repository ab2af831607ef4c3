import { run, type Db } from '../db/pool.ts'
import { voidOpenBatches } from '../ledger/batches.ts'
import { composeAgain, recallTheseMessages } from '../ledger/messages.ts'
import type { Selection } from '../ledger/selection.ts'

/**
 * Takes back what of the target (correct-target.ts) has not left: batches that have not been handed over are given up, their
 * other letters leave later with the bytes they had. What was to be withdrawn is recalled for good; what is to be said anew is
 * composed again from the facts as they are now, and leaves with its campaign.
 * @returns how many messages were taken back
 */
export async function recallUnsent(tx: Db, unsent: 'withdraw' | 'anew'): Promise<number> {
  const own: Selection = {
    sql: `select message_id as id from target where state = 'unsent'`,
    values: [],
  }
  await voidOpenBatches(tx, {
    sql: `select batch_id from message where id in (${own.sql})`,
    values: [],
  })
  await run(tx, `select from message where id in (${own.sql}) order by id for update`)
  return takeBack(tx, own, unsent)
}

const takeBack = (tx: Db, messages: Selection, unsent: 'withdraw' | 'anew'): Promise<number> =>
  unsent === 'withdraw'
    ? recallTheseMessages(tx, messages, 'corrected')
    : composeAgain(tx, messages)

/**
 * Whom nothing has reached is no longer invited: free for another campaign, and a time that was held for them goes back.
 * @param which SQL for the ids of invitations; $2 of it is `value`
 */
export const withdrawUntold = (tx: Db, which: string, value: unknown, now: Date): Promise<number> =>
  run(
    tx,
    `with untold as materialized (
       select i.id, i.appointment_id from invitation i
        where i.id in (${which}) and i.state in ('planned', 'waiting', 'released')
          and not exists (select from message m where m.invitation_id = i.id and m.state not in ('queued', 'suppressed', 'recalled'))
     ), freed as (
       update appointment a set state = 'cancelled', ended_at = $1 from untold where a.id = untold.appointment_id and a.state = 'booked' and a.made_by = 'assigned'
     ), quiet as (
       update message m set state = 'recalled', reason = 'corrected' from untold where m.invitation_id = untold.id and m.state = 'queued')
     update invitation i set state = 'withdrawn', reason = 'corrected', state_since = $1 from untold where i.id = untold.id`,
    [now, value],
  )

/**
 * Follows up messages of which nobody knew whether they had left when their correction was planned: whoever got it gets the
 * correction with the next release; whoever didn't is taken out of it, and a message that came back is taken back too.
 * @returns how many were followed up
 */
export async function settleCorrected(tx: Db, now: Date): Promise<number> {
  const waiting = `select u.message_id, i.id, c.spec->'notice'->'correction'->>'unsent' as unsent from corrected_message u
     join invitation i on i.id = u.invitation_id and i.state = 'waiting' and i.reason = 'in-doubt' join campaign c on c.id = i.campaign_id`
  for (const unsent of ['withdraw', 'anew'] as const)
    await takeBack(
      tx,
      {
        sql: `select message_id as id from (${waiting}) w where w.unsent = $1`,
        values: [unsent],
      },
      unsent,
    )
  await withdrawUntold(
    tx,
    `select m.invitation_id from message m join (${waiting}) w on w.message_id = m.id where $2::boolean and w.unsent = 'withdraw' and m.state = 'recalled'`,
    true,
    now,
  )
  const stopped = await run(
    tx,
    `update invitation i set state = 'withdrawn', reason = 'not-sent', state_since = $1 from (${waiting}) w join message m on m.id = w.message_id
      where i.id = w.id and m.state in ('queued', 'recalled', 'suppressed', 'failed')`,
    [now],
  )
  return (
    stopped +
    (await run(
      tx,
      `update invitation i set state = 'planned', reason = null from (${waiting}) w join message m on m.id = w.message_id where i.id = w.id and m.state in ('sent', 'delivered')`,
    ))
  )
}
