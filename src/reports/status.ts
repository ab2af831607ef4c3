import type { CampaignState, Way } from '../campaigns/store.ts'
import { row, rows, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

export interface CampaignLine {
  name: string
  purpose: string
  way: Way
  state: CampaignState
  pausedWhy: string | null
  cohortSize: number | null
}

export interface CampaignStatus extends CampaignLine {
  approvals: string[]
  /** every member of the cohort in one state; adds up to cohortSize */
  funnel: { state: string; reason: string | null; number: number }[]
  messages: { channel: string; step: string; state: string; number: number }[]
  /** said: places it counted on because somebody has said that supply continues */
  waves: { day: string; area: string; number: number; bound: string; said: number }[]
  batches: { name: string; state: string; letters: number | null; batchSha256: string | null }[]
}

const line = `id, name, purpose, way, state, paused_why as "pausedWhy", cohort_size as "cohortSize"`

export const campaignList = (db: Db): Promise<CampaignLine[]> =>
  rows<CampaignLine>(
    db,
    `select name, purpose, way, state, paused_why as "pausedWhy", cohort_size as "cohortSize"
       from campaign
      order by id`,
  )

/** @throws Refused `unknown-campaign` */
export async function campaignStatus(db: Db, name: string): Promise<CampaignStatus> {
  const campaign = await row<CampaignLine & { id: number }>(
    db,
    `select ${line} from campaign where name = $1`,
    [name],
  )
  if (!campaign)
    throw new Refused(
      'unknown-campaign',
      `There is no campaign named ${name}. List them with: campaign status`,
    )
  const { id, ...rest } = campaign
  return {
    ...rest,
    approvals: (
      await rows<{ approver: string }>(
        db,
        'select approver from approval_in_force where campaign_id = $1 order by approved_at, approver',
        [id],
      )
    ).map((a) => a.approver),
    funnel: await rows(
      db,
      'select state, reason, number from funnel where campaign_id = $1 order by state, reason',
      [id],
    ),
    messages: await rows(
      db,
      `select channel, split_part(step, ':', 1) as step, state, count(*)::int as number
         from message
        where campaign_id = $1
        group by 1, 2, 3
        order by 1, 2, 3`,
      [id],
    ),
    waves: await rows(
      db,
      `select day, area, number, bound,
              coalesce(round((reckoning->>'said')::numeric), 0)::int as said
         from wave
        where campaign_id = $1
        order by day, area`,
      [id],
    ),
    batches: await rows(
      db,
      'select name, state, letters, batch_sha256 as "batchSha256" from batch where campaign_id = $1 order by id',
      [id],
    ),
  }
}
