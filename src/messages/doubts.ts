import type pg from 'pg'
import { campaignNamed, logEvent } from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import { rows, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Jobs } from '../jobs/boss.ts'
import { settleMany } from '../ledger/messages-sending.ts'
import type { Selection } from '../ledger/selection.ts'

/** Which messages in doubt: all that fit. */
export interface WhichDoubts {
  id?: string | undefined
  campaign?: string | undefined
  channel?: 'sms' | 'email' | undefined
  /** begun to be sent at this moment or later */
  since?: Date | undefined
  /** begun to be sent in this millisecond or earlier */
  until?: Date | undefined
}

export interface DoubtGroup {
  campaign: string
  channel: 'sms' | 'email'
  number: number
  /** when the first and the last of them were begun to be sent */
  first: Date
  last: Date
}

const chosen = ({ id, campaign, channel, since, until }: WhichDoubts): Selection => ({
  sql: `
    select m.id
      from outgoing o
      join message m on m.id = o.message_id and m.state = 'in-doubt'
      join campaign c on c.id = o.campaign_id
     where o.state = 'in-doubt'
       and ($1::text is null or m.id::text = $1)
       and ($2::text is null or c.name = $2)
       and ($3::text is null or o.channel = $3)
       and ($4::timestamptz is null or m.sending_since >= $4)
       and ($5::timestamptz is null or m.sending_since < $5::timestamptz + interval '1 ms')`,
  values: [id ?? null, campaign ?? null, channel ?? null, since ?? null, until ?? null],
})

/** The messages in doubt by campaign and channel; no person. @throws Refused `unknown-campaign` */
export async function doubtGroups(db: Db, which: WhichDoubts = {}): Promise<DoubtGroup[]> {
  if (which.campaign !== undefined) await campaignNamed(db, which.campaign)
  const { sql, values } = chosen(which)
  return rows<DoubtGroup>(
    db,
    `select c.name as campaign, m.channel, count(*)::int as number, min(m.sending_since) as first,
            max(m.sending_since) as last
       from (${sql}) d
       join message m using (id)
       join campaign c on c.id = m.campaign_id
      group by c.name, m.channel
      order by c.name, m.channel`,
    values,
  )
}

/**
 * Settles messages in doubt as a person has found out. Those that did not leave are sent again, with the same bytes, at
 * once.
 * @throws Refused `unknown-campaign`; `not-in-doubt`: none fits
 */
export async function settleDoubtsBy(
  { pool, clock, jobs }: { pool: pg.Pool; clock: Clock; jobs: Jobs },
  which: WhichDoubts,
  as: 'sent' | 'resend',
  by: string,
): Promise<DoubtGroup[]> {
  return transaction(pool, async (tx) => {
    const groups = await doubtGroups(tx, which)
    if (groups.length === 0)
      throw new Refused(
        'not-in-doubt',
        which.id === undefined
          ? 'No message in doubt fits. List them with: messages doubts'
          : `There is no message ${which.id} in doubt. List them with: messages doubts`,
      )
    const settled = await settleMany(tx, chosen(which), as === 'sent' ? 'sent' : 'queued')
    for (const { campaignId, channel, number, id } of settled)
      await logEvent(tx, campaignId, clock.now(), by, 'settled', {
        as,
        channel,
        ...(number === 1 ? { message: id } : { number }),
      })
    if (as === 'resend')
      for (const channel of new Set(groups.map((group) => group.channel))) {
        await jobs.wake(tx, channel)
        await jobs.wake(tx, `${channel}-first`)
      }
    return groups
  })
}
