import { run, type Db } from '../db/pool.ts'
import type { Jobs } from '../jobs/boss.ts'
import { queueMessages, showCodes } from '../ledger/messages.ts'

/**
 * Lanes (message.priority, lower first): what answers somebody who has just written leaves in quiet hours too (below
 * 10).
 */
const lanes = { 'reserve-confirmed': 5, 'reserve-thanks': 15, 'reserve-offer': 10 } as const

/**
 * Makes the SMS of a set of offers. A message is known by its kind and offer (step `reserve-offer:17`), so the same
 * offer is never sent twice (`message_once`), and the next round's offer to the same person is another.
 */
export async function offerMessages(
  tx: Db,
  jobs: Jobs,
  kind: keyof typeof lanes,
  offerIds: readonly number[],
  now: Date,
  lane: number = lanes[kind],
): Promise<void> {
  if (!offerIds.length) return
  await queueMessages(
    tx,
    {
      sql: `select o.invitation_id, o.person_id,
                   $2::text || ':' || o.id as step, 'sms' as channel, $2::text as template,
                   $3::int as priority, $4::timestamptz as due_at, o.id as offer_id,
                   case when $2::text = 'reserve-offer' then o.code end as answer_code
              from offer o
             where o.id = any($1)
               and not exists (
                     select from message m where m.offer_id = o.id and m.step = $2::text || ':' || o.id)`,
      values: [offerIds, kind, lane, now],
      extra: ['person_id', 'priority', 'offer_id', 'answer_code'],
    },
    now,
  )
  if (kind === 'reserve-offer') await tellPhonesApart(tx, now)
  await jobs.wake(tx, 'sms-first')
}

/**
 * A question that can be answered now: an open offer, or a reminder of a time that is still to come and not answered.
 * $1: now.
 */
export const openQuestion = `
  m.answer_code is not null
  and m.state not in ('suppressed', 'recalled', 'failed')
  and (exists (
         select from offer o where o.id = m.offer_id and o.state = 'offered' and o.expires_at > $1)
    or exists (
         select from appointment a
           join slot s on s.id = a.slot_id
          where a.id = m.appointment_id and a.state = 'booked' and s.starts_at > $1))`

/**
 * Two people who share a phone are two people: a question that is not composed yet shows its code when another person
 * has one open on the same phone, so that a bare JA always means the one that shows none.
 */
export async function tellPhonesApart(tx: Db, now: Date): Promise<void> {
  await run(tx, `select pg_advisory_xact_lock(hashtext('questions'))`)
  // The few questions are found by index, message_question. A planner that has not seen the latest messages may read
  // all of them instead, each minute.
  await run(tx, 'set local enable_seqscan = off')
  await showCodes(tx, {
    sql: `select id
            from (select m.id, m.content is null and m.state = 'queued' and not m.code_shown as fresh,
                         count(*) over (partition by coalesce(m.recipient, p.phone)) as on_phone
                    from message m
                   cross join lateral (select phone from person where id = m.person_id offset 0) p
                   where ${openQuestion}) open
           where fresh and on_phone > 1`,
    values: [now],
  })
  await run(tx, 'set local enable_seqscan to default')
}
