import { rows, type Db } from '../../src/db/pool.ts'

/** Where `outgoing` says another thing of a message than the message itself: nowhere. */
export const disagreements = (db: Db): Promise<object[]> =>
  rows(
    db,
    `select m.id, m.state, m.priority, m.due_at, m.leave_by, o.*
       from (
              select id, state, channel, campaign_id, priority, due_at, coalesce(leave_by, due_at) as leave_by
                from message
               where state = 'queued'
                  or (channel <> 'letter' and state in ('sending', 'in-doubt'))) m
       full join outgoing o on o.message_id = m.id
      where (m.id, m.state, m.channel, m.campaign_id, m.priority, m.due_at, m.leave_by) is distinct from
            (o.message_id, o.state, o.channel, o.campaign_id, o.priority, o.due_at, o.leave_by)`,
  )
