import { rows, run, type Db } from '../db/pool.ts'
import { voidBatch } from '../messages/print/batches.ts'

/**
 * Takes back what of the target (correct-target.ts) has not left: batches that have not been handed over are given up, their
 * other letters leave later with the bytes they had. What was to be withdrawn is recalled for good; what is to be said anew is
 * composed again from the facts as they are now, and leaves with its campaign.
 * @returns how many messages were taken back
 */
export async function recallUnsent(tx: Db, unsent: 'withdraw' | 'anew'): Promise<number> {
  const own = `select message_id from target where state = 'unsent'`
  for (const { id } of await rows<{ id: number }>(
    tx,
    `select id from batch where state in ('open', 'sealed') and id in (select batch_id from message where id in (${own})) order by id for update`,
  ))
    await voidBatch(tx, id, [])
  await run(tx, `select from message where id in (${own}) order by id for update`)
  return recall(tx, own, unsent)
}

/** @param which SQL for the ids of messages */
const recall = (tx: Db, which: string, unsent: 'withdraw' | 'anew'): Promise<number> =>
  run(
    tx,
    unsent === 'withdraw'
      ? `update message set state = 'recalled', reason = 'corrected' where id in (${which}) and state = 'queued'`
      : `update message set content = null, kept_in = null, kept_line = null, content_sha256 = null, template_version = null, recipient = null where id in (${which}) and state = 'queued'`,
  )

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
    await recall(tx, `select message_id from (${waiting}) w where w.unsent = '${unsent}'`, unsent)
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
