import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { recordReply } from '../ledger/appointments.ts'
import { openQuestion } from './offer-messages.ts'
import { answerIn } from './answer-offer.ts'
import { readReply, saysStop, type Reply } from './reply.ts'
import type { RoundDeps } from './round.ts'
import { keepReply, stopSms } from './sms-replies.ts'

export interface InboundSms {
  /** the provider's id: the same one again is answered alike and does nothing */
  providerId: string
  /** E.164 */
  from: string
  text: string
}

interface Question {
  id: string
  offerId: number | null
  appointmentId: number | null
}

/**
 * Takes an SMS that came in: an answer to the one open question on that phone. With a code it is the question with that
 * code; without, the one that shows none. When that is not exactly one, or the text is more than a plain yes or no,
 * nothing is done, because a guess could take somebody's place: it is kept for a person to read (sms-replies.ts). Of
 * other answers neither the number nor the text is kept.
 * @returns what came of it: taken, thanked, declined, too-late, already-booked, confirmed, wants-to-cancel, stopped,
 *   unclear, no-question
 */
export async function takeInbound(deps: RoundDeps, sms: InboundSms): Promise<string> {
  return transaction(deps.pool, async (tx) => {
    const now = deps.clock.now()
    const mine = await run(
      tx,
      `insert into sms_answer (provider_id, at, outcome) values ($1, $2, 'unclear') on conflict do nothing`,
      [sms.providerId, now],
    )
    if (!mine)
      return (
        (
          await row<{ outcome: string }>(
            tx,
            'select outcome from sms_answer where provider_id = $1',
            [sms.providerId],
          )
        )?.outcome ?? 'unclear'
      )
    const { outcome, question } = await judge(tx, deps, sms, now)
    await run(tx, 'update sms_answer set outcome = $2, message_id = $3 where provider_id = $1', [
      sms.providerId,
      outcome,
      question,
    ])
    return outcome
  })
}

interface Judged {
  outcome: string
  question: string | null
}

async function judge(tx: Db, deps: RoundDeps, sms: InboundSms, now: Date): Promise<Judged> {
  if (saysStop(sms.text)) {
    await stopSms(tx, sms.from, now)
    await keepReply(tx, sms, 'stop', null, now)
    return { outcome: 'stopped', question: null }
  }
  const reply = readReply(sms.text)
  const judged = reply ? await answer(tx, deps, sms.from, reply, now) : undefined
  if (judged && judged.question !== null) return judged
  await keepReply(tx, sms, 'unclear', await onlyQuestion(tx, sms.from, now), now)
  return judged ?? { outcome: 'unclear', question: null }
}

/** The one question that is open on a phone, whatever was answered. */
async function onlyQuestion(tx: Db, from: string, now: Date): Promise<string | null> {
  const asked = await questionOf(tx, from, null, now)
  return typeof asked === 'string' ? null : asked.id
}

async function answer(
  tx: Db,
  deps: RoundDeps,
  from: string,
  reply: Reply,
  now: Date,
): Promise<Judged> {
  const asked = await questionOf(tx, from, reply, now)
  if (typeof asked === 'string') return { outcome: asked, question: null }
  if (asked.offerId !== null)
    return {
      outcome: await answerIn(tx, deps, asked.offerId, reply.answer, 'person'),
      question: asked.id,
    }
  const outcome = reply.answer === 'yes' ? 'confirmed' : 'wants-to-cancel'
  await recordReply(tx, asked.appointmentId!, outcome, now)
  return { outcome, question: asked.id }
}

async function questionOf(
  tx: Db,
  from: string,
  reply: Reply | null,
  now: Date,
): Promise<Question | 'unclear' | 'no-question'> {
  const code = reply?.code ?? null
  const columns = 'm.id, m.offer_id as "offerId", m.appointment_id as "appointmentId"'
  const meant = `case when $3::text is null then not m.code_shown else m.answer_code = $3 end`
  const onPhone = await rows<Question & { meant: boolean }>(
    tx,
    `select ${columns}, ${meant} as meant
       from message m
      where ${openQuestion}
        and m.answers_from = $2`,
    [now, from, code],
  )
  const open = reply ? onPhone.filter((q) => q.meant) : onPhone
  // Several reminders of one appointment are one question.
  if (new Set(open.map((q) => q.offerId ?? `appointment ${q.appointmentId}`)).size === 1)
    return open[0]!
  if (onPhone.length) return 'unclear'
  if (!reply) return 'no-question'
  // An offer that has ended can still be told so, when it is the only one the answer can mean.
  const ended = await rows<Question>(
    tx,
    `select ${columns}
       from message m
       join offer o on o.id = m.offer_id
      where m.answers_from = $2
        and ${meant}
        and o.offered_at > $1::timestamptz - interval '1 day'`,
    [now, from, code],
  )
  const [only] = ended
  if (ended.length === 1 && only) return only
  return ended.length ? 'unclear' : 'no-question'
}
