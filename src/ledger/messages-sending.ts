import { rows, run, type Db } from '../db/pool.ts'
import { seal } from '../db/sealed.ts'
import { chosen, type Selection } from './selection.ts'

// What becomes of messages from their claim until the last that is heard of them: queued → sending → sent, in doubt,
// failed.

/** A message that must not leave, and why. */
export interface Stopped {
  id: string
  reason: string
}

export async function suppressMessages(tx: Db, stopped: readonly Stopped[]): Promise<void> {
  if (!stopped.length) return
  await run(
    tx,
    `update message m
        set state = 'suppressed', reason = x.reason, batch_id = null
       from unnest($1::uuid[], $2::text[]) as x(id, reason)
      where m.id = x.id`,
    [stopped.map((s) => s.id), stopped.map((s) => s.reason)],
  )
}

/** A message with the bytes that are sent. */
export interface Ready {
  id: string
  content: Buffer
  sha256: string
  templateVersion: string | null // null: the bytes of an earlier try, which keep theirs
  recipient: string | null
}

/**
 * Stores the bytes, sealed, and marks them as being sent by this worker, before anything leaves. All bytes are one parameter that
 * is cut up there: an array of them is sent as hexadecimal text, which took both sides longer than the rest.
 */
export async function markSending(tx: Db, ready: readonly Ready[], worker: string): Promise<void> {
  if (!ready.length) return
  const sealed = ready.map((r) => seal(r.content, `message ${r.id}`))
  await run(
    tx,
    `with piece as (
       select id, sha256, version, recipient, size, (sum(size) over (order by n) - size)::int as start
         from unnest($1::uuid[], $3::int[], $4::text[], $5::text[], $6::text[])
              with ordinality as x(id, size, sha256, version, recipient, n)
     )
     update message m
        set state = 'sending',
            content = substring($2::bytea from x.start + 1 for x.size),
            content_sha256 = x.sha256,
            template_version = coalesce(x.version, m.template_version),
            recipient = x.recipient,
            sending_since = clock_timestamp(),
            worker = $7
       from piece x
      where m.id = x.id`,
    [
      ready.map((r) => r.id),
      Buffer.concat(sealed),
      sealed.map((bytes) => bytes.length),
      ready.map((r) => r.sha256),
      ready.map((r) => r.templateVersion),
      ready.map((r) => r.recipient),
      worker,
    ],
  )
}

/**
 * Of a database that was put back: these may have left after the moment that it holds, so the provider is asked first.
 * They are put in doubt in the transaction that claimed them.
 */
export const doubtRestored = (tx: Db, ids: readonly string[], point: Date): Promise<number> =>
  run(
    tx,
    `update message
        set state = 'in-doubt', sending_since = $2
      where id = any($1::uuid[])`,
    [ids, point],
  )

/** What becomes of a message after a try. */
export interface Verdict {
  id: string
  state: 'sent' | 'queued' | 'failed' | 'in-doubt'
  reason: string | null
  providerId: string | null
  /** seconds until the next try */
  after: number
  /** refused for a passing reason of its own: since when is noted */
  refused: boolean
}

/** Records tries. Only messages that this worker still holds are touched: whoever took one over decides about it. */
export async function recordTries(
  db: Db,
  verdicts: readonly Verdict[],
  worker: string,
  now: Date,
): Promise<void> {
  if (!verdicts.length) return
  await run(
    db,
    `with held as materialized (
       select id
         from message
        where id = any($1::uuid[])
        order by id -- in one order with receipts, against deadlock
          for update)
     update message m
        set state = x.state,
            reason = x.reason,
            provider_id = x.provider,
            attempts = m.attempts + 1,
            refused_since = case
              when x.refused then coalesce(m.refused_since, $6::timestamptz)
              else m.refused_since end,
            sent_at = case when x.state = 'sent' then $6::timestamptz end,
            due_at = case
              when x.state = 'queued' then $6::timestamptz + make_interval(secs => x.after)
              else m.due_at end
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float8[], $8::boolean[])
            as x(id, state, reason, provider, after, refused)
      where m.id = x.id
        and m.state = 'sending'
        and m.worker = $7
        and m.id in (select id from held)`,
    [
      verdicts.map((v) => v.id),
      verdicts.map((v) => v.state),
      verdicts.map((v) => v.reason),
      verdicts.map((v) => v.providerId),
      verdicts.map((v) => v.after),
      now,
      worker,
      verdicts.map((v) => v.refused),
    ],
  )
}

/** Messages that were claimed but not sent are queued again, with their bytes. */
export async function putBack(db: Db, ids: readonly string[], worker: string): Promise<void> {
  if (ids.length)
    await run(
      db,
      `update message
          set state = 'queued'
        where id = any($1)
          and state = 'sending'
          and worker = $2`,
      [ids, worker],
    )
}

/**
 * Takes workers that have said nothing for so many seconds for dead: nobody knows whether what they were sending has
 * left.
 */
export const doubtSilentWorkers = (db: Db, channel: string, seconds: number): Promise<number> =>
  run(
    db,
    `update message m
        set state = 'in-doubt'
       from outgoing o
      where o.channel = $1
        and o.state = 'sending'
        and m.id = o.message_id
        and m.state = 'sending'
        and m.sending_since < clock_timestamp() - make_interval(secs => $2)`,
    [channel, seconds],
  )

/**
 * Takes workers without a sign of life for so many seconds for dead: what they were calling about is in doubt, what they
 * only held is queued again, with its bytes. One statement: a worker that wakes up meanwhile finds its row gone.
 * @returns how many messages there were
 */
export const freeFromSilent = (db: Db, channel: string, seconds: number): Promise<number> =>
  run(
    db,
    `with silent as (
       delete from calling
        where channel = $1
          and at < clock_timestamp() - make_interval(secs => $2)
       returning worker, ids)
     update message m
        set state = case when m.id = any(s.ids) then 'in-doubt' else 'queued' end
       from silent s
       join outgoing o on o.channel = $1 and o.state = 'sending'
      where m.id = o.message_id
        and m.worker = s.worker
        and m.state = 'sending'`,
    [channel, seconds],
  )

/** Sends a message in doubt again, unless it was tried again meanwhile. */
export const sendAgain = (db: Db, doubt: { id: string; attempts: number }): Promise<number> =>
  run(
    db,
    `update message
        set state = 'queued', attempts = attempts + 1
      where id = $1
        and state = 'in-doubt'
        and attempts = $2`,
    [doubt.id, doubt.attempts],
  )

/**
 * Settles one message in doubt as what is known of it. A provider's id that another message has already is left out: it
 * must not keep the others from being settled.
 * @param state queued: it surely did not leave, and is sent again
 */
export const settleAs = (
  db: Db,
  id: string,
  state: 'sent' | 'delivered' | 'failed' | 'queued',
  providerId: string | null,
): Promise<number> =>
  run(
    db,
    `update message m
        set state = $2,
            reason = case when $2 = 'failed' then 'provider' end,
            provider_id = case
              when not exists (select from message o where o.channel = m.channel and o.provider_id = $3) then $3
            end,
            sent_at = case when $2 <> 'queued' then m.sending_since end,
            delivered_at = case when $2 = 'delivered' then m.sending_since end
      where m.id = $1
        and m.state = 'in-doubt'`,
    [id, state, providerId],
  )

/**
 * Settles messages in doubt as a person has found out, each locked in one order with receipts.
 * @param state queued: they surely did not leave, and are sent again
 * @returns how many of each campaign and channel, and the id of one of them
 */
export const settleMany = (
  db: Db,
  which: Selection,
  state: 'sent' | 'queued',
): Promise<{ campaignId: number; channel: 'sms' | 'email'; number: number; id: string }[]> =>
  rows(
    db,
    `with ${chosen(which)}, held as materialized (
       select id
         from message
        where id in (select id from chosen)
          and state = 'in-doubt'
        order by id
          for update
     ), settled as (
       update message m
          set state = $${which.values.length + 1},
              sent_at = case when $${which.values.length + 1} = 'sent' then m.sending_since end
         from held
        where m.id = held.id
       returning m.campaign_id, m.channel, m.id)
     select campaign_id as "campaignId", channel, count(*)::int as number, min(id::text) as id
       from settled
      group by campaign_id, channel
      order by campaign_id, channel`,
    [...which.values, state],
  )

/** What a provider says has become of a message. */
export interface ReceivedStatus {
  messageId: string
  status: 'delivered' | 'failed' | 'other'
  at: Date
  errorCode: string | null
}

/** Moves messages on by their receipts. A late "failed" does not undo "delivered"; `other` changes nothing. */
export const applyReceipts = (tx: Db, receipts: readonly ReceivedStatus[]): Promise<number> =>
  run(
    tx,
    `update message m
        set state = x.status,
            reason = case when x.status = 'failed' then coalesce(x.error_code, 'provider') end,
            delivered_at = case when x.status = 'delivered' then x.at end,
            sent_at = coalesce(m.sent_at, x.at)
       from (select distinct on (message_id) message_id, status, at, error_code
               from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[])
                    as r(message_id, status, at, error_code)
              where status in ('delivered', 'failed')
              order by message_id, status) x
      where m.id = x.message_id
        and (m.state in ('sending', 'in-doubt', 'sent')
          or (m.state = 'failed' and x.status = 'delivered')
          or (m.state = 'queued' and m.content is not null))`,
    [
      receipts.map((r) => r.messageId),
      receipts.map((r) => r.status),
      receipts.map((r) => r.at),
      receipts.map((r) => r.errorCode),
    ],
  )

/** Letters that the post has returned. */
export const failReturned = (
  tx: Db,
  which: { sql: string; values: readonly unknown[] },
): Promise<number> =>
  run(
    tx,
    `update message
        set state = 'failed', reason = 'post-returned'
      where state = 'sent'
        and id in (${which.sql})`,
    which.values,
  )
