import { run, type Db } from '../db/pool.ts'
import { voidOpenBatches } from '../ledger/batches.ts'
import { planInvitations } from '../ledger/invitations.ts'
import { composeAgain, recallTheseMessages } from '../ledger/messages.ts'
import type { Selection } from '../ledger/selection.ts'
import { untold, withdrawInvitations } from '../ledger/withdraw.ts'

/**
 * Takes back what of the target (correct-target.ts) has not left: batches that have not been handed over are voided,
 * and their other letters leave later with the bytes they had. What is to be withdrawn is recalled for good; what is to
 * be said again is composed from the facts as they are now, and leaves with its campaign.
 * @returns how many messages were taken back
 */
export async function recallUnsent(tx: Db, unsent: 'withdraw' | 'anew'): Promise<number> {
  const own = `select message_id as id from target where state = 'unsent'`
  const batches = `select batch_id from message where id in (${own})`
  await voidOpenBatches(tx, { sql: batches, values: [] })
  await run(
    tx,
    `select from message
      where id in (${own})
      order by id
        for update`,
  )
  return recall(tx, { sql: own, values: [] }, unsent)
}

const recall = (tx: Db, messages: Selection, unsent: 'withdraw' | 'anew'): Promise<number> =>
  unsent === 'withdraw'
    ? recallTheseMessages(tx, messages, 'corrected')
    : composeAgain(tx, messages)

/**
 * Withdraws invitations that reached nobody: their people are free for another campaign, and times held for them go
 * back.
 */
export const withdrawUntold = (tx: Db, which: Selection, now: Date): Promise<number> =>
  withdrawInvitations(
    tx,
    {
      sql: `
        select i.id, 'corrected' as reason
          from invitation i
         where i.id in (${which.sql})
           and ${untold('i')}`,
      values: which.values,
    },
    now,
  )

/**
 * The invitations of people who should not have got them no longer hold: no reminders, times that they were given go
 * back, and they can be invited when it is their turn. Who has booked keeps the time, until somebody talks to them.
 */
export const withdrawWrong = (tx: Db, now: Date): Promise<number> =>
  withdrawInvitations(
    tx,
    {
      sql: `
        select i.id, 'wrong-people' as reason
          from invitation i
          join campaign c on c.id = i.campaign_id and c.way <> 'notice'
         where i.state = 'released'
           and i.id in (select invitation_id from target where state in ('got', 'maybe'))`,
      values: [],
    },
    now,
    'invitation-withdrawn',
  )

/**
 * Follows up messages of which nobody knew whether they had left when their correction was planned: people who got it
 * get the correction with the next release; those who didn't are taken out of it, and a message that came back is taken
 * back too.
 * @returns how many were followed up
 */
export async function settleCorrected(tx: Db, now: Date): Promise<number> {
  for (const unsent of ['withdraw', 'anew'] as const) {
    const messages = `
      select message_id as id
        from (${waiting}) w
       where unsent = $1`
    await recall(tx, { sql: messages, values: [unsent] }, unsent)
  }
  const cameBack = `
    select m.invitation_id
      from message m
      join (${waiting}) w on w.message_id = m.id
     where w.unsent = 'withdraw'
       and m.state = 'recalled'`
  await withdrawUntold(tx, { sql: cameBack, values: [] }, now)
  const stopped = whose(`'queued', 'recalled', 'suppressed', 'failed'`)
  const left = whose(`'sent', 'delivered'`)
  return (
    (await withdrawInvitations(tx, { sql: stopped, values: [] }, now)) +
    (await planInvitations(tx, { sql: left, values: [] }, now))
  )
}

/** Invitations to a correction of a message of which nobody knew whether it had left. */
const waiting = `
  select u.message_id, i.id, c.spec->'notice'->'correction'->>'unsent' as unsent
    from corrected_message u
    join invitation i on i.id = u.invitation_id and i.state = 'waiting' and i.reason = 'in-doubt'
    join campaign c on c.id = i.campaign_id`

const whose = (states: string): string => `
  select w.id, 'not-sent' as reason
    from (${waiting}) w
    join message m on m.id = w.message_id
   where m.state in (${states})`
