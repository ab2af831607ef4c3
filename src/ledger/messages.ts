import { analyseGrown } from '../db/analyse.ts'
import { prepared, rows, run, type Db } from '../db/pool.ts'
import { chosen, newCode, type Selection } from './selection.ts'

/** What a source may say of its messages besides the columns that it must yield. */
type Extra = 'person_id' | 'priority' | 'leave_by' | 'appointment_id' | 'offer_id' | 'answer_code'

/**
 * A query that yields a row for each message: invitation_id, step, channel, template, due_at, and the columns it
 * names in `extra`. Campaign, purpose, generation and language are the invitation's, and the person too unless the
 * source says who.
 */
export interface MessageSource extends Selection {
  extra?: readonly Extra[]
  /** for one message that somebody waits for: the statement is planned once a connection */
  prepared?: boolean
}

export interface Queued {
  total: number
  byChannel: { channel: 'letter' | 'sms' | 'email'; n: number }[]
}

/**
 * A message's id, as SQL about `i` invitation and `s` source: the same message made again, in a database that was put
 * back, has the same one, by which the provider knows it. Nobody guesses it without the database's secret.
 * @param person, appointment SQL
 */
const sameId = (person: string, appointment: string): string => `
  uuid_of(concat_ws('|', (select secret from code_key),
    i.id, ${person}, i.purpose, i.generation, s.step, s.channel, ${appointment}))`

/** Puts messages in the queue: the only place where they are made. The same message again breaks `message_once`. */
export async function queueMessages(db: Db, source: MessageSource, now: Date): Promise<Queued> {
  const extra = source.extra ?? []
  const others = extra.filter((column) => column !== 'person_id')
  const person = `${extra.includes('person_id') ? 's' : 'i'}.person_id`
  const appointment = extra.includes('appointment_id') ? 's.appointment_id' : 'null'
  const byChannel = await (source.prepared ? prepared : rows)<Queued['byChannel'][number]>(
    db,
    `with source as (${source.sql}),
     made as (
       insert into message (
              id, invitation_id, campaign_id, person_id, purpose, generation, language,
              step, channel, template, due_at, created_at, check_code
              ${others.map((column) => `, ${column}`).join('')})
       select ${sameId(person, appointment)},
              i.id, i.campaign_id, ${person}, i.purpose, i.generation,
              coalesce(i.language, 'sv'),
              s.step, s.channel, s.template, s.due_at, $${source.values.length + 1}, ${newCode}
              ${others.map((column) => `, s.${column}`).join('')}
         from source s
         join invitation i on i.id = s.invitation_id
       returning channel)
     select channel, count(*)::int as n
       from made
      group by channel`,
    [...source.values, now],
  )
  const total = byChannel.reduce((sum, { n }) => sum + n, 0)
  for (const table of ['message', 'outgoing'] as const) await analyseGrown(db, table, total)
  return { total, byChannel }
}

/**
 * SQL that recalls what is queued of the invitations in `chosen` (a table or a term of `with`, with their `id`).
 * @param reason SQL
 */
export const recallSql = (chosen: string, reason: string): string => `
  update message m
     set state = 'recalled', reason = ${reason}
    from ${chosen}
   where m.invitation_id = ${chosen}.id
     and m.state = 'queued'`

/**
 * Takes back what is queued of these invitations. What lies in a batch is queued again first (batches.ts,
 * voidOpenBatches); what is being sent goes on.
 * @param steps only messages of these steps; null: all
 * @returns how many messages were recalled
 */
export function recallMessages(
  db: Db,
  invitations: Selection,
  reason: string,
  steps: readonly string[] | null = null,
): Promise<number> {
  const [why, which] = [1, 2].map((n) => `$${invitations.values.length + n}`)
  return run(
    db,
    `with ${chosen(invitations)}
     ${recallSql('chosen', `${why}::text`)}
       and (${which}::text[] is null or m.step = any(${which}))`,
    [...invitations.values, reason, steps],
  )
}

/** `held`: those of `chosen` that are queued, locked in one order with receipts and results: no two wait in a circle. */
const heldInOrder = `
     held as materialized (
       select m.id
         from message m
         join chosen using (id)
        where m.state = 'queued'
        order by m.id
          for update of m)`

/** Takes back these messages, as far as they are still queued. */
export const recallTheseMessages = (db: Db, messages: Selection, reason: string): Promise<number> =>
  run(
    db,
    `with ${chosen(messages)}, ${heldInOrder}
     update message m
        set state = 'recalled', reason = $${messages.values.length + 1}
       from held
      where m.id = held.id
        and m.state = 'queued'`,
    [...messages.values, reason],
  )

/** What a sender put back after its campaign had been cancelled is recalled like the rest. */
export const recallCancelled = (db: Db): Promise<number> =>
  run(
    db,
    `update message m
        set state = 'recalled', reason = 'campaign-cancelled'
      where m.state = 'queued'
        and m.id = any(array( -- looked up first: joined, all messages are read
              select message_id
                from outgoing
               where state = 'queued'
                 and campaign_id = any(array(select id from campaign where state = 'cancelled'))))`,
  )

/**
 * Forgets the bytes of these messages, as far as they are still queued: they are composed again from the facts of
 * that day.
 */
export const composeAgain = (db: Db, messages: Selection): Promise<number> =>
  run(
    db,
    `with ${chosen(messages)}, ${heldInOrder}
     update message m
        set content = null, kept_in = null, kept_line = null,
            content_sha256 = null, template_version = null, recipient = null
       from held
      where m.id = held.id
        and m.state = 'queued'`,
    messages.values,
  )

/** The messages of these invitations become those of the person whose invitation it is now. */
export const followInvitations = (db: Db, invitations: Selection): Promise<number> =>
  run(
    db,
    `with ${chosen(invitations)}
     update message m
        set person_id = i.person_id
       from chosen
       join invitation i using (id)
      where m.invitation_id = i.id`,
    invitations.values,
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
