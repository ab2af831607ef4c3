import { rows, type Db } from '../../db/pool.ts'
import { sends } from '../../ledger/campaigns.ts'
import { shouldHaveLeft, type PrintSchedule } from './print-day.ts'

export interface LateLetters {
  campaign: string
  letters: number
  /** when the oldest of them came due */
  since: Date
  /** what the last try to hand them over said, if it was tried */
  why: string | null
}

/**
 * The alarm of the next morning: letters of running campaigns that should have been handed over by the last working
 * day's cut-off.
 */
export const lateLetters = (
  db: Db,
  now: Date,
  schedule: Pick<PrintSchedule, 'cutOff'>,
): Promise<LateLetters[]> =>
  rows(
    db,
    `select c.name as campaign, count(*)::int as letters, min(m.due_at) as since, min(m.held_why) as why
       from (
              select campaign_id, due_at, null as held_why
                from outgoing
               where channel = 'letter'
              union all
              select m.campaign_id, m.due_at, b.held_why
                from batch b
               cross join unnest(b.letter_ids) as l(id)
                join message m on m.id = l.id and m.batch_id = b.id
               where b.state in ('open', 'sealed', 'handing-over')) m
       join campaign c on c.id = m.campaign_id
        and ${sends('c')}
      where m.due_at <= $1
      group by c.name
      order by min(m.due_at)`,
    [shouldHaveLeft(now, schedule)],
  )

export const lateText = ({ campaign, letters, since, why }: LateLetters): string =>
  `ALARM: ${letters} letters of ${campaign} are not handed over, the oldest due ${since.toISOString()}. ` +
  `${why ?? 'Nothing was wrong at the last try: the days of the supplier are full, or no worker runs (kallelse work).'}`
