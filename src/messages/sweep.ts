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

/** The invitations that have reached their person by no channel yet. */
export const undelivered = async (db: Db): Promise<number[]> =>
  (await rows<{ id: number }>(db, lostSql('', 'i.id'), [firstSteps])).map(({ id }) => id)

/**
 * Nobody is lost: an invitation that reached its person by no channel (left out at the last look, or given up by the
 * provider) is withdrawn with the reason, its fixed time goes back to the clinic, and it no longer counts on a place.
 * @param among those of `undelivered` for whom the next channel has been looked for since (else all there are now): a
 *   receipt that came in after that look must not end what another channel can still take over
 */
export const withdrawUndelivered = async (
  db: Db,
  now: Date,
  among?: readonly number[],
): Promise<number> =>
  withdrawInvitations(
    db,
    {
      sql: lostSql(
        'and invitation_id = any($2)',
        `i.id, coalesce(max(m.reason) filter (where m.reason = any($3)), 'not-delivered') as reason`,
      ),
      values: [firstSteps, among ?? (await undelivered(db)), Object.keys(reasons)],
    },
    now,
    'invitation-withdrawn',
  )

/** SQL, with the first steps as $1. @param among more about the messages @param chosen what is selected */
const lostSql = (among: string, chosen: string): string => `
  select ${chosen}
    from (select distinct invitation_id as id from message where lost ${among}) l
   cross join lateral (select id from invitation where id = l.id and state = 'released' offset 0) i
   cross join lateral (
         select state, reason, lost
           from message
          where invitation_id = i.id
            and step = any($1)
         offset 0) m
   group by i.id
  having bool_and(m.lost)`
