import { rows, run, type Db } from '../db/pool.ts'
import type { Approved, TextVersions } from './text-versions.ts'

/**
 * Keeps that a person approves a campaign with its texts in these versions; null: as they are whenever they are sent.
 * @returns false when the person has approved them already
 */
export async function addApproval(
  db: Db,
  campaignId: number,
  approver: string,
  texts: TextVersions | null,
  now: Date,
): Promise<boolean> {
  const added = await run(
    db,
    `insert into campaign_approval (campaign_id, approver, approved_at, texts)
     select $1, $2::text, $3, $4::jsonb
      where not exists (
        select from approval_in_force
         where campaign_id = $1
           and approver = $2
           and texts is not distinct from $4::jsonb)`,
    [campaignId, approver, now, texts],
  )
  return added > 0
}

/** How many were in the cohort when each last approved the campaign. */
export const approvedFor = async (db: Db, campaignId: number): Promise<number[]> =>
  (
    await rows<{ members: number }>(
      db,
      `select distinct on (actor) (details->>'members')::int as members
         from campaign_event
        where campaign_id = $1
          and event = 'approved'
          and details ? 'members'
        order by actor, id desc`,
      [campaignId],
    )
  ).map(({ members }) => members)

/** The approvals of these campaigns that count. */
export const approvedTexts = (db: Db, campaignIds: number[]): Promise<Approved[]> =>
  rows<Approved>(
    db,
    `select campaign_id as "campaignId", array_agg(approver order by approved_at, approver) as approvers, texts
       from approval_in_force
      where campaign_id = any($1::bigint[])
      group by campaign_id, texts`,
    [campaignIds],
  )
