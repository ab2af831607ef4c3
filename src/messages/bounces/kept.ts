import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { row, rows, run, transaction, type Db } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { keepReceipts } from '../receipts.ts'
import type { WhyKept } from './judge.ts'

/** A report that a person must read. */
export interface KeptBounce {
  id: number
  source: string
  place: string
  at: Date
  why: WhyKept
  /** the message that it names, if that is one of ours */
  messageId: string | null
}

export const keptBounces = (db: Db): Promise<KeptBounce[]> =>
  rows(
    db,
    `select id, source, place, at, why_kept as why, message_id as "messageId"
       from bounce
      where outcome = 'kept'
        and settled_at is null
      order by id`,
  )

export const countKept = async (db: Db): Promise<number> =>
  (await row<{ n: number }>(
    db,
    `select count(*)::int as n from bounce where outcome = 'kept' and settled_at is null`,
  ))!.n

/**
 * Settles a kept report as a person has read it.
 * @param as failed: the message did not reach its person; not-ours: it says nothing of a message of ours
 * @param messageId which message, when the report names none
 * @throws Refused `no-such-bounce`, `no-such-email`
 */
export const settleKept = (
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  id: number,
  as: 'failed' | 'not-ours',
  by: string,
  messageId?: string,
): Promise<void> =>
  transaction(pool, async (tx) => {
    const now = clock.now()
    const kept = await row<{ messageId: string | null }>(
      tx,
      `select message_id as "messageId"
         from bounce
        where id = $1
          and outcome = 'kept'
          and settled_at is null
          for update`,
      [id],
    )
    if (!kept)
      throw new Refused(
        'no-such-bounce',
        `No report ${id} waits for a person. See: kallelse messages bounces kept`,
      )
    if (as === 'failed') await failMessage(tx, messageId ?? kept.messageId, now)
    await run(
      tx,
      `update bounce
          set settled_as = $2, settled_by = $3, settled_at = $4, message_id = coalesce($5, message_id)
        where id = $1`,
      [id, as, by, now, as === 'failed' ? (messageId ?? null) : null],
    )
  })

async function failMessage(tx: Db, messageId: string | null, now: Date): Promise<void> {
  const sent =
    messageId !== null &&
    (await row(
      tx,
      `select from message where id = $1 and channel = 'email' and sending_since is not null`,
      [messageId],
    ))
  if (!sent)
    throw new Refused(
      'no-such-email',
      'No e-mail that was sent has that reference. Give the one that the report is about: --message <id>',
    )
  await keepReceipts(tx, [
    {
      messageId,
      status: 'failed',
      at: now,
      errorCode: 'undelivered',
      raw: { bounce: 'failed', source: 'person' },
    },
  ])
}
