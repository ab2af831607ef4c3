import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { recordReply } from '../ledger/appointments.ts'
import { answerIn } from './answer-offer.ts'
import type { RoundDeps } from './round.ts'

/** An SMS that a person must read. */
export interface SmsReply {
  id: number
  at: Date
  /** unclear: waits for an answer; stop: the number gets no more SMS already */
  kind: 'unclear' | 'stop'
  /** null, like the names, when somebody with that phone has a protected identity */
  phone: string | null
  said: string
  /** who has that phone, by the register */
  names: string[]
  /** the one question that was open on the phone */
  question: { about: 'appointment' | 'offer'; startsAt: Date; clinic: string } | null
}

/** Keeps a reply for a person to read. @param question the message that it surely answers */
export const keepReply = (
  tx: Db,
  reply: { providerId: string; from: string; text: string },
  kind: SmsReply['kind'],
  question: string | null,
  now: Date,
): Promise<number> =>
  run(
    tx,
    `insert into sms_reply (provider_id, at, phone, said, kind, message_id)
     values ($1, $2, $3, $4, $5, $6)`,
    [reply.providerId, now, reply.from, storable(reply.text), kind, question],
  )

/** PostgreSQL holds neither NUL nor half a character. */
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed()

/** From now on the number gets no SMS (hasMobile). */
export const stopSms = (tx: Db, phone: string, now: Date): Promise<number> =>
  run(tx, 'insert into sms_stop (phone, at) values ($1, $2) on conflict do nothing', [phone, now])

/** How many wait, for a page that shows nobody. */
export const openReplies = async (db: Db): Promise<number> =>
  (await row<{ n: number }>(
    db,
    'select count(*)::int as n from sms_reply where settled_at is null',
  ))!.n

/**
 * What waits for a person, oldest first. Whoever is named is noted in the access log first; people with a protected
 * identity are not named.
 * @param actor who looks
 */
export const listReplies = (
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  actor: string,
  limit = 200,
): Promise<SmsReply[]> =>
  transaction(pool, async (tx) => {
    const found = await rows<Omit<SmsReply, 'names'> & { people: { id: number; name: string }[] }>(
      tx,
      `with owner as ( -- by one look through the register, which has no index of phones
         select p.phone,
                bool_or(exists (
                  select from person q where q.lead_id = p.lead_id and q.protection <> 'none')) as guarded,
                jsonb_agg(jsonb_build_object(
                  'id', p.id, 'name', p.given_name || ' ' || p.family_name) order by p.id) as people
           from person p
          where p.phone in (select phone from sms_reply where settled_at is null)
          group by p.phone)
       select r.id, r.at, r.kind, r.said,
              case when not guard.up then r.phone end as phone,
              case when guard.up or owner.people is null then '[]' else owner.people end as people,
              case when z.id is not null then jsonb_build_object(
                'about', case when m.offer_id is null then 'appointment' else 'offer' end,
                'startsAt', z.starts_at,
                'clinic', k.name) end as question
         from sms_reply r
         left join owner on owner.phone = r.phone
        cross join lateral ( -- the register keeps no number of protected people: it is known by what was asked
              select coalesce(owner.guarded, false) or exists (
                       select from message x
                         join person w on w.id = x.person_id
                         join person q on q.lead_id = w.lead_id
                        where x.answer_code is not null
                          and x.answers_from = r.phone
                          and q.protection <> 'none') as up) guard
         left join message m on m.id = r.message_id
         left join appointment a on a.id = m.appointment_id
         left join offer o on o.id = m.offer_id
         left join reserve_round round on round.id = o.round_id
         left join slot z on z.id = coalesce(a.slot_id, round.slot_id)
         left join clinic k on k.id = z.clinic_id
        where r.settled_at is null
        order by r.id
        limit $1`,
      [limit],
    )
    const people = [...new Set(found.flatMap((reply) => reply.people.map(({ id }) => id)))]
    await run(
      tx,
      `insert into access_log (at, actor, action, person_id)
       select $1, $2, 'SMS replies', unnest($3::bigint[])`,
      [clock.now(), actor, people],
    )
    return found.map(({ people: owners, question, ...reply }) => ({
      ...reply,
      names: owners.map(({ name }) => name),
      question: question && { ...question, startsAt: new Date(question.startsAt) },
    }))
  })

/**
 * A person has read a reply: it is the answer yes or no to its question, which then counts as if it had been plain, or
 * has been dealt with otherwise (read).
 * @throws Refused reply-settled, reply-has-no-question
 */
export async function settleReply(
  deps: RoundDeps,
  id: number,
  as: 'yes' | 'no' | 'read',
  by: string,
): Promise<void> {
  await transaction(deps.pool, async (tx) => {
    const now = deps.clock.now()
    const reply = await row<{ offer: number | null; appointment: number | null }>(
      tx,
      `with settled as (
         update sms_reply
            set settled_as = $2, settled_by = $3, settled_at = $4
          where id = $1
            and settled_at is null
         returning message_id)
       select m.offer_id as offer, m.appointment_id as appointment
         from settled
         left join message m on m.id = settled.message_id`,
      [id, as, by, now],
    )
    if (!reply) throw new Refused('reply-settled', `SMS reply ${id} has been answered already.`)
    if (as === 'read') return
    if (reply.offer !== null) return void (await answerIn(tx, deps, reply.offer, as, by))
    if (reply.appointment === null)
      throw new Refused(
        'reply-has-no-question',
        `SMS reply ${id} answers no question that is known. Call the person, and mark it as read.`,
      )
    const said = as === 'yes' ? 'confirmed' : 'wants-to-cancel'
    await recordReply(tx, reply.appointment, said, now)
  })
}
