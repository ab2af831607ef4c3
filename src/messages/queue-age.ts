import { row, rows, type Db } from '../db/pool.ts'
import type { Lane } from '../jobs/queues.ts'
import type { Log } from '../log.ts'
import { mayLeave, noticesBelow, urgentBelow } from './claim.ts'

/** How long the next message of a lane has been due. */
export interface LaneAge {
  lane: Lane
  seconds: number
}

/**
 * How long what is due waits in each lane; a lane in which nothing is due is not there. Of a long campaign that is long:
 * its messages are due at once and leave as the limit allows.
 * @param quiet SMS wait now, but for the urgent ones
 */
export const laneAges = (db: Db, now: Date, quiet: boolean): Promise<LaneAge[]> =>
  rows<LaneAge>(
    db,
    `select lane.name as lane, extract(epoch from $1::timestamptz - next.due_at)::float8 as seconds
       from (values ('sms', 'sms', ${noticesBelow}, case when $2 then 0 end),
                    ('email', 'email', ${noticesBelow}, null),
                    ('sms-first', 'sms', 0, case when $2 then ${urgentBelow} else ${noticesBelow} end),
                    ('email-first', 'email', 0, ${noticesBelow})) as lane(name, channel, from_priority, below)
      cross join lateral (
              select o.due_at
                from outgoing o
                join message m on m.id = o.message_id
                join campaign c on c.id = o.campaign_id and ${mayLeave}
               where o.channel = lane.channel
                 and o.channel <> 'letter'
                 and o.state = 'queued'
                 and o.due_at <= $1
                 and o.priority >= lane.from_priority
                 and (lane.below is null or o.priority < lane.below)
               order by o.priority, o.due_at
               limit 1) next`,
    [now, quiet],
  )

/** Seconds after which a lane or queue that should move is said to stand. */
const standsAfter = 300

/**
 * Says in the log which lanes and queues stand: messages have been due for five minutes and none has left, or a job has
 * waited so long for a worker. A lane is told of when it stood at the look before too: when the night's quiet hours end
 * or a campaign is resumed, what is due at once has been due for long.
 */
export function standingAlarm(): (db: Db, log: Log, now: Date, quiet: boolean) => Promise<void> {
  let before: readonly Lane[] = []
  return async (db, log, now, quiet) => {
    const stands: Lane[] = []
    for (const { lane, seconds } of await laneAges(db, now, quiet)) {
      const channel = lane.startsWith('sms') ? 'sms' : 'email'
      if (seconds < standsAfter || (await leaves(db, channel, now))) continue
      stands.push(lane)
      if (before.includes(lane))
        log.error({ lane, seconds: Math.round(seconds) }, 'messages are due and none leaves')
    }
    before = stands
    const jobs = await rows<{ queue: string; seconds: number }>(
      db,
      `select name as queue, extract(epoch from now() - min(start_after))::int as seconds
         from pgboss.job
        where state < 'active'
          and start_after < now() - make_interval(secs => ${standsAfter})
          -- one that waits behind a long one, as the printing of a million letters is, has a worker
          and name not in (select name from pgboss.job where state = 'active')
        group by name`,
    )
    for (const job of jobs) log.error(job, 'a job waits and no worker takes it')
  }
}

/** Whether anything has left on a channel in the last minutes. */
const leaves = async (db: Db, channel: 'sms' | 'email', now: Date): Promise<boolean> =>
  Boolean(
    await row(
      db,
      `select
         from message
        where sent_at > $2::timestamptz - make_interval(secs => ${standsAfter})
          and channel = $1
        limit 1`,
      [channel, now],
    ),
  )
