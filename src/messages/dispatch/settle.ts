import type pg from 'pg'
import type { Channel, Found } from '../../channels/channel.ts'
import { rows } from '../../db/pool.ts'
import { messageOf } from '../../errors.ts'
import { doubtSilentWorkers, sendAgain, settleAs } from '../../ledger/messages-sending.ts'
import type { Log } from '../../log.ts'

interface Doubt {
  id: string
  since: Date
  until: Date
  attempts: number
  policy: 'hold' | 'resend'
}

/**
 * Settles messages of which we don't know whether they left: a worker died between call and record, or the call broke
 * off. The provider is asked with our reference; where it can't say, the campaign's stated policy decides. Never a
 * blind resend.
 * @param after seconds after which a worker that has said nothing is taken for dead, and nothing of its can still be
 *   on its way
 * @returns how many were settled
 */
export async function settleDoubts(
  pool: pg.Pool,
  channel: Channel,
  after: number,
  log: Log,
): Promise<number> {
  await doubtSilentWorkers(pool, channel.name, after)
  const doubts = await rows<Doubt>(
    pool,
    `select m.id, m.sending_since as since, coalesce(r.at, m.sending_since) as until, m.attempts,
            -- the policy is for what a dead worker had begun, not for all that may have left since a restored moment
            case when r.at is null then c.spec->>'inDoubt' else 'hold' end as policy
       from outgoing o
       join message m on m.id = o.message_id
       join campaign c on c.id = m.campaign_id
       left join restored r on r.point = m.sending_since
      where o.channel = $1
        and o.state = 'in-doubt'
        and m.sending_since < clock_timestamp() - make_interval(secs => $2)
      order by m.sending_since
      limit 1000`,
    [channel.name, after],
  )
  let settled = 0
  for (const doubt of doubts) {
    let found: Found
    try {
      found = await channel.find(doubt.id, doubt.since, doubt.until)
    } catch (error) {
      log.warn(
        { channel: channel.name, message: doubt.id, reason: messageOf(error) },
        "the provider can't be asked just now",
      )
      continue
    }
    if (found.kind === 'accepted') {
      settled += await settleAs(pool, doubt.id, found.status ?? 'sent', found.providerId)
    } else if (found.kind === 'unknown' || doubt.policy === 'resend') {
      settled += await sendAgain(pool, doubt)
    }
  }
  return settled
}
