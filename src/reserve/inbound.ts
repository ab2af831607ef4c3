import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { recordReply } from '../ledger/appointments.ts'
import { openQuestion } from './offer-messages.ts'
import { answerIn } from './answer-offer.ts'
import { readReply, type Reply } from './reply.ts'
import type { RoundDeps } from './round.ts'

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
 * code; without, the one that shows none. When that is not exactly one, nothing is done: a guess could take somebody's
 * place. Neither the number nor the text is kept.
 * @returns what came of it: taken, thanked, declined, too-late, already-booked, confirmed, wants-to-cancel, unclear,
 *   no-question
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
    const reply = readReply(sms.text)
    const { outcome, question } = reply
      ? await answer(tx, deps, sms.from, reply, now)
      : { outcome: 'unclear', question: null }
    await run(tx, 'update sms_answer set outcome = $2, message_id = $3 where provider_id = $1', [
      sms.providerId,
      outcome,
      question,
    ])
    return outcome
  })
}

async function answer(
  tx: Db,
  deps: RoundDeps,
  from: string,
  reply: Reply,
  now: Date,
): Promise<{ outcome: string; question: string | null }> {
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
  { code }: Reply,
  now: Date,
): Promise<Question | 'unclear' | 'no-question'> {
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
  const open = onPhone.filter((q) => q.meant)
  // Several reminders of one appointment are one question.
  if (new Set(open.map((q) => q.offerId ?? `appointment ${q.appointmentId}`)).size === 1)
    return open[0]!
  if (onPhone.length) return 'unclear'
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
