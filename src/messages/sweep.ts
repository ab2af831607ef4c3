import { reasons } from '../campaigns/reasons.ts'
import { rows, type Db } from '../db/pool.ts'
import type { Jobs } from '../jobs/boss.ts'
import { sends } from '../ledger/campaigns.ts'
import { withdrawInvitations } from '../ledger/withdraw.ts'
import { firstSteps } from './message-kind.ts'

/**
 * Wakes what should be at work but may have lost its job (a killed program, a resumed campaign): the rows say what is
 * to be done, jobs are only the call to do it. The lanes look for what has come due by themselves.
 */
export async function wake(db: Db, jobs: Jobs, now: Date): Promise<void> {
  const planning = await rows<{ campaign: number; notice: boolean }>(
    db,
    `select id as campaign, way = 'notice' as notice from campaign where state = 'planning'`,
  )
  await enqueueByLane(db, jobs, planning, 'notice', 'plan')
  const releasing = await rows<{ campaign: number }>(
    db,
    `select distinct c.id as campaign
       from wave w
       join campaign c on c.id = w.campaign_id
      where w.unreleased > 0
        and w.day = ($1 at time zone 'Europe/Stockholm')::date
        and c.state = 'running'
        and c.way <> 'notice'`,
    [now],
  )
  await jobs.enqueue(db, 'release', releasing)
  const letters = await rows<{ campaign: number; notice: boolean }>(
    db,
    `select c.id as campaign, c.way = 'notice' as notice
       from campaign c
      where (${sends('c')}
             and (exists (
                    select from outgoing o
                     where o.campaign_id = c.id
                       and o.channel = 'letter'
                       and o.state = 'queued'
                       and o.due_at <= $1)
               or exists (
                    select from batch b
                     where b.campaign_id = c.id
                       and b.state in ('open', 'sealed'))))
         or exists ( -- whatever became of its campaign: it may be in the folder already
              select from batch b
               where b.campaign_id = c.id
                 and b.state = 'handing-over')`,
    [now],
  )
  await enqueueByLane(db, jobs, letters, 'notice-print', 'print')
}

async function enqueueByLane(
  db: Db,
  jobs: Jobs,
  found: { campaign: number; notice: boolean }[],
  notices: 'notice' | 'notice-print',
  others: 'plan' | 'print',
): Promise<void> {
  const of = (notice: boolean) =>
    found.filter((f) => f.notice === notice).map(({ campaign }) => ({ campaign }))
  await jobs.enqueue(db, notices, of(true))
  await jobs.enqueue(db, others, of(false))
}

/**
 * Nobody is lost: an invitation that reached its person by no channel (left out at the last look, or given up by the
 * provider) is withdrawn with the reason, its fixed time goes back to the clinic, and it no longer counts on a place.
 */
export const withdrawUndelivered = (db: Db, now: Date): Promise<number> =>
  withdrawInvitations(
    db,
    {
      sql: `
        select i.id,
               coalesce(max(m.reason) filter (where m.reason = any($1)), 'not-delivered') as reason
          from (select distinct invitation_id as id from message where lost) l
         cross join lateral (select id from invitation where id = l.id and state = 'released' offset 0) i
         cross join lateral (
               select state, reason, lost
                 from message
                where invitation_id = i.id
                  and step = any($2)
               offset 0) m
         group by i.id
        having bool_and(m.lost)`,
      values: [Object.keys(reasons), firstSteps],
    },
    now,
    'invitation-withdrawn',
  )
