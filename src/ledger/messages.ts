import { rows, run, type Db } from '../db/pool.ts'
import { chosen, type Selection } from './selection.ts'

/** What a source may say of its messages besides the columns that it must yield. */
type Extra = 'person_id' | 'priority' | 'appointment_id' | 'offer_id' | 'answer_code'

/**
 * A query that yields a row for each message: invitation_id, step, channel, template, due_at, and the columns it names in
 * `extra`. Campaign, purpose, generation and language are the invitation's, and the person too unless the source says who.
 */
export interface MessageSource extends Selection {
  extra?: readonly Extra[]
}

export interface Queued {
  total: number
  byChannel: { channel: 'letter' | 'sms' | 'email'; n: number }[]
}

/** Puts messages in the queue: the only place where they are made. The same message again breaks `message_once`. */
export async function queueMessages(db: Db, source: MessageSource, now: Date): Promise<Queued> {
  const extra = source.extra ?? []
  const others = extra.filter((column) => column !== 'person_id')
  const byChannel = await rows<Queued['byChannel'][number]>(
    db,
    `with source as (${source.sql}),
     made as (
       insert into message (
              invitation_id, campaign_id, person_id, purpose, generation, language,
              step, channel, template, due_at, created_at
              ${others.map((column) => `, ${column}`).join('')})
       select i.id, i.campaign_id, ${extra.includes('person_id') ? 's' : 'i'}.person_id, i.purpose, i.generation,
              coalesce(i.language, 'sv'),
              s.step, s.channel, s.template, s.due_at, $${source.values.length + 1}
              ${others.map((column) => `, s.${column}`).join('')}
         from source s
         join invitation i on i.id = s.invitation_id
       returning channel)
     select channel, count(*)::int as n
       from made
      group by channel`,
    [...source.values, now],
  )
  return { total: byChannel.reduce((sum, { n }) => sum + n, 0), byChannel }
}

/**
 * Takes back what is queued of these invitations. What lies in a batch is queued again first (batches.ts, voidOpenBatches);
 * what is being sent goes on.
 * @param invitations whose messages
 * @param steps only messages of these steps
 * @returns how many messages were recalled
 */
export const recallMessages = (
  db: Db,
  invitations: Selection,
  reason: string,
  steps: readonly string[] | null = null,
): Promise<number> =>
  run(
    db,
    `with ${chosen(invitations)}
     update message m
        set state = 'recalled', reason = $${invitations.values.length + 1}
       from chosen
      where m.invitation_id = chosen.id
        and m.state = 'queued'
        and ($${invitations.values.length + 2}::text[] is null or m.step = any($${invitations.values.length + 2}))`,
    [...invitations.values, reason, steps],
  )

/** These questions say their code: another person has a question open on the same phone. */
export const showCodes = (db: Db, messages: Selection): Promise<number> =>
  run(
    db,
    `with ${chosen(messages)}
     update message m
        set code_shown = true
       from chosen
      where m.id = chosen.id`,
    messages.values,
  )
