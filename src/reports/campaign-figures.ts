import { rows, type Db } from '../db/pool.ts'
import type { CampaignState, Way } from '../campaigns/store.ts'

export interface CampaignFacts {
  id: number
  name: string
  purpose: string
  /** the purpose in Swedish words, as in the letters */
  what: string | null
  way: Way
  state: CampaignState
  pausedWhy: string | null
  cohort: string
  cohortVersion: number
  /** null until the plan is made */
  cohortSize: number | null
  plannedAt: Date | null
  reissueOf: string | null
  approvals: string[]
}

export const campaignFacts = (db: Db): Promise<CampaignFacts[]> =>
  rows(
    db,
    `select c.id, c.name, c.purpose, c.spec->'what'->>'sv' as what, c.way, c.state,
            c.paused_why as "pausedWhy", h.name as cohort, h.version as "cohortVersion",
            c.cohort_size as "cohortSize", c.planned_at as "plannedAt", o.name as "reissueOf",
            array(
              select approver
                from approval_in_force a
               where a.campaign_id = c.id
               order by approved_at, approver) as approvals
       from campaign c join cohort h on h.id = c.cohort_id left join campaign o on o.id = c.reissue_of order by c.id`,
  )

/** A count that belongs to a campaign; the other fields say what was counted. */
export type Of<T> = T & { campaign: number; number: number }

export type FunnelLine = Of<{ state: string; reason: string | null }>

export const funnels = (db: Db): Promise<FunnelLine[]> =>
  rows(
    db,
    `select campaign_id as campaign, state, reason, number from funnel order by campaign_id, state, reason`,
  )

export type ShareLine = Of<{ route: string | null; language: string | null }>

/** Routes and languages of those who are, were or will be invited. */
export const shares = (db: Db): Promise<ShareLine[]> =>
  rows(
    db,
    `select campaign_id as campaign, route, language, count(*)::int as number
       from invitation where state not in ('suppressed', 'withdrawn') group by 1, 2, 3 order by 1, 2, 3`,
  )

export type MessageLine = Of<{
  channel: string
  step: string
  state: string
  reason: string | null
}>

export const messageCounts = (db: Db): Promise<MessageLine[]> =>
  rows(
    db,
    `select campaign_id as campaign, channel, split_part(step, ':', 1) as step, state, reason, count(*)::int as number
       from message group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
  )

/**
 * number: invitations released; free, said, live, remaining: what the number was calculated from (places free, places
 * that somebody has said will come, invitations, people).
 */
export type WaveLine = Of<{
  day: string
  area: string
  bound: string
  free: number
  said: number
  live: number
  remaining: number
}>

export const waveLines = (db: Db): Promise<WaveLine[]> =>
  rows(
    db,
    `select campaign_id as campaign, day, area, number, bound,
            coalesce(round((reckoning->>'free')::numeric), 0)::int as free,
            coalesce(round((reckoning->>'said')::numeric), 0)::int as said,
            coalesce(round((reckoning->>'live')::numeric), 0)::int as live,
            coalesce(round((reckoning->>'remaining')::numeric), 0)::int as remaining
       from wave order by campaign_id, day, area`,
  )

export interface BatchLine {
  campaign: number
  name: string
  state: string
  letters: number | null
  pages: number | null
  batchSha256: string | null
  pdfSha256: string | null
  handedOverAt: Date | null
}

export const batchLines = (db: Db): Promise<BatchLine[]> =>
  rows(
    db,
    `select campaign_id as campaign, name, state, letters, pages, batch_sha256 as "batchSha256",
            pdf_sha256 as "pdfSha256", handed_over_at as "handedOverAt"
       from batch order by campaign_id, id`,
  )
