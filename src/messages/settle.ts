import type pg from 'pg'
import type { Channel, Found } from '../channels/channel.ts'
import { rows, run } from '../db/pool.ts'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'

interface Doubt {
  id: string
  since: Date
  attempts: number
  policy: 'hold' | 'resend'
}

/**
 * Settles messages of which we don't know whether they left: a worker died between call and record, or the call broke off.
 * The provider is asked with our reference; where it can't say, the campaign's stated policy decides. Never a blind resend.
 * @param after seconds after which a worker that has said nothing is taken for dead, and nothing of its can still be on its way
 * @returns how many were settled
 */
export async function settleDoubts(pool: pg.Pool, channel: Channel, after: number, log: Log): Promise<number> {
  await run(
    pool,
    `update message set state = 'in-doubt' where channel = $1 and state = 'sending' and sending_since < clock_timestamp() - make_interval(secs => $2)`,
    [channel.name, after],
  )
  const doubts = await rows<Doubt>(
    pool,
    `select m.id, m.sending_since as since, m.attempts, c.spec->>'inDoubt' as policy from message m join campaign c on c.id = m.campaign_id
      where m.channel = $1 and m.state = 'in-doubt' and m.sending_since < clock_timestamp() - make_interval(secs => $2) order by m.sending_since limit 1000`,
    [channel.name, after],
  )
  let settled = 0
  for (const doubt of doubts) {
    let found: Found
    try {
      found = await channel.find(doubt.id, doubt.since)
    } catch (error) {
      log.warn({ channel: channel.name, reason: messageOf(error) }, 'the provider can\'t be asked just now')
      break
    }
    if (found.kind === 'accepted') {
      settled += await run(pool, `update message set state = 'sent', provider_id = $2, sent_at = sending_since where id = $1 and state = 'in-doubt'`, [doubt.id, found.providerId])
    } else if (found.kind === 'unknown' || doubt.policy === 'resend') {
      settled += await run(pool, `update message set state = 'queued', attempts = attempts + 1 where id = $1 and state = 'in-doubt' and attempts = $2`, [doubt.id, doubt.attempts])
    }
  }
  return settled
}
