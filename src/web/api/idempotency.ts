import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { row, run } from '../../db/pool.ts'
import { HttpProblem } from '../problem.ts'

export interface Answer {
  status: number
  body: unknown
}

interface Kept {
  request_sha256: string
  status: number | null
  answer: unknown
  created_at: Date
}

/** A key whose request has given no sign of life for so long may be taken over: its process is gone. */
const lifeless = 60_000
const sign = 20_000
/** How long a second request waits for the first one's answer before it is told to come back. */
const patience = 5_000

/**
 * Carries out `work` once for each key of an API key's holder: the same request again gets the kept answer, also
 * while the
 * first is at work. An answer is kept whatever it says, unless it is a fault of ours (5xx, or `work` throws): then
 * the key
 * is free again.
 * @throws HttpProblem 422 when the key was used for another request, 409 with Retry-After while the first is at work
 */
export async function once(
  store: { pool: pg.Pool; clock: Clock },
  apiKeyId: number,
  key: string,
  request: string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const id = [apiKeyId, key]
  const sha256 = createHash('sha256').update(request).digest('hex')
  const answered = await take(store, id, sha256)
  if (answered) return answered
  const alive = setInterval(() => {
    run(
      store.pool,
      'update idempotency_key set created_at = $3 where api_key_id = $1 and key = $2 and status is null',
      [...id, store.clock.now()],
    ).catch(() => {})
  }, sign)
  try {
    const answer = await work()
    if (answer.status >= 500) await release(store.pool, id)
    else
      await run(
        store.pool,
        'update idempotency_key set status = $3, answer = $4 where api_key_id = $1 and key = $2',
        [...id, answer.status, JSON.stringify(answer.body)],
      )
    return answer
  } catch (error) {
    await release(store.pool, id)
    throw error
  } finally {
    clearInterval(alive)
  }
}

/** Takes the key, or waits for the answer of whoever has it. @returns undefined when the key is ours now */
async function take(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  id: readonly unknown[],
  sha256: string,
): Promise<Answer | undefined> {
  const start = performance.now()
  for (let pause = 20; performance.now() - start < patience; pause = Math.min(pause * 1.5, 250)) {
    const now = clock.now()
    if (
      await run(
        pool,
        'insert into idempotency_key (api_key_id, key, request_sha256, created_at) values ($1, $2, $3, $4) ' +
          'on conflict do nothing',
        [...id, sha256, now],
      )
    )
      return undefined
    const kept = await row<Kept>(
      pool,
      'select request_sha256, status, answer, created_at from idempotency_key where api_key_id = $1 and key = $2',
      id,
    )
    if (!kept) continue // released in between: try to take it
    if (kept.request_sha256 !== sha256)
      throw new HttpProblem(
        422,
        'idempotency-key-reused',
        'This Idempotency-Key was used for another request. Use a new key for each thing to be done.',
      )
    if (kept.status !== null) return { status: kept.status, body: kept.answer }
    const stale = new Date(now.getTime() - lifeless)
    // Of several that see a lifeless holder one gets the key: the time it saw is no longer there for the others.
    if (
      kept.created_at < stale &&
      (await run(
        pool,
        `update idempotency_key
            set created_at = $3
          where api_key_id = $1
            and key = $2
            and status is null
            and created_at < $4`,
        [...id, now, stale],
      ))
    )
      return undefined
    await wait(pause)
  }
  throw new HttpProblem(
    409,
    'still-at-work',
    'The first request with this Idempotency-Key is still at work. Ask again with the same key.',
    { headers: { 'Retry-After': '5' } },
  )
}

const release = (pool: pg.Pool, id: readonly unknown[]) =>
  run(pool, 'delete from idempotency_key where api_key_id = $1 and key = $2 and status is null', id)
