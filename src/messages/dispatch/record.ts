import type pg from 'pg'
import type { Sent } from '../../channels/channel.ts'
import { run } from '../../db/pool.ts'

export interface Outcome {
  id: string
  sent: Sent
  attempts: number
}

const retriesAtMost = 8
const backOff = (attempts: number): number => Math.min(3600, 5 * 2 ** attempts) // seconds

/** What becomes of a message by what the provider said. `after`: seconds until the next try. */
export function verdict({ sent, attempts }: Outcome): {
  state: 'sent' | 'queued' | 'failed' | 'in-doubt'
  reason: string | null
  providerId: string | null
  after: number
} {
  switch (sent.kind) {
    case 'accepted':
    case 'duplicate':
      return { state: 'sent', reason: null, providerId: sent.providerId, after: 0 }
    case 'unsure':
      return { state: 'in-doubt', reason: null, providerId: null, after: 0 }
    case 'stop':
      return { state: 'failed', reason: sent.code, providerId: null, after: 0 }
    case 'retry':
      return attempts + 1 >= retriesAtMost
        ? { state: 'failed', reason: `gave-up: ${sent.code}`, providerId: null, after: 0 }
        : {
            state: 'queued',
            reason: null,
            providerId: null,
            after: sent.after ?? backOff(attempts),
          }
  }
}

/**
 * Records what came of a chunk, in one statement. Only messages that this worker still holds are touched: if the claim was
 * given up meanwhile, whoever settles it decides.
 */
export async function recordOutcomes(
  pool: pg.Pool,
  outcomes: Outcome[],
  worker: string,
  now: Date,
): Promise<void> {
  if (!outcomes.length) return
  const verdicts = outcomes.map(verdict)
  await run(
    pool,
    `with held as materialized (select id from message where id = any($1::uuid[]) order by id for update) -- in one order with receipts, against deadlock
     update message m set state = x.state, reason = x.reason, provider_id = x.provider, attempts = m.attempts + 1,
            sent_at = case when x.state = 'sent' then $6::timestamptz end,
            due_at = case when x.state = 'queued' then $6::timestamptz + make_interval(secs => x.after) else m.due_at end
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float8[]) as x(id, state, reason, provider, after)
      where m.id = x.id and m.state = 'sending' and m.worker = $7 and m.id in (select id from held)`,
    [
      outcomes.map((o) => o.id),
      verdicts.map((v) => v.state),
      verdicts.map((v) => v.reason),
      verdicts.map((v) => v.providerId),
      verdicts.map((v) => v.after),
      now,
      worker,
    ],
  )
}

/** Messages that were claimed but not sent go back unharmed, with their bytes. */
export async function putBack(pool: pg.Pool, ids: string[], worker: string): Promise<void> {
  if (ids.length)
    await run(
      pool,
      `update message set state = 'queued' where id = any($1) and state = 'sending' and worker = $2`,
      [ids, worker],
    )
}
