import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { draftCampaign, sends, setCampaignState } from '../ledger/campaigns.ts'
import type { CampaignSpec } from './spec.ts'

export type Way = CampaignSpec['way']
export type CampaignState =
  'draft' | 'approved' | 'planning' | 'running' | 'paused' | 'finished' | 'cancelled'

export interface Campaign {
  id: number
  name: string
  purpose: string
  way: Way
  cohortId: number
  reissueOf: number | null
  spec: CampaignSpec
  state: CampaignState
  pausedWhy: string | null
  /** the provider for which alone it is paused */
  waitsFor: 'sms' | 'email' | null
  createdBy: string
  cohortSize: number | null
}

const columns = `
  id, name, purpose, way, cohort_id as "cohortId", reissue_of as "reissueOf", spec, state,
  paused_why as "pausedWhy", waits_for as "waitsFor", created_by as "createdBy", cohort_size as "cohortSize"`

/** @throws Refused `unknown-campaign` */
export async function campaignNamed(
  db: Db,
  name: string,
  options: { lock?: boolean } = {},
): Promise<Campaign> {
  const found = await row<Campaign>(
    db,
    `select ${columns} from campaign where name = $1 ${options.lock ? 'for update' : ''}`,
    [name],
  )
  if (!found)
    throw new Refused(
      'unknown-campaign',
      `There is no campaign named ${name}. List them with: campaign status`,
    )
  return found
}

/**
 * Until the transaction ends, nobody else releases, plans or changes the campaign. Rows that point at it can be written
 * meanwhile (`no key`): who books has a confirmation queued, and must not wait for a release.
 */
export async function lockCampaign(db: Db, id: number): Promise<Campaign> {
  const found = await row<Campaign>(
    db,
    `select ${columns} from campaign where id = $1 for no key update`,
    [id],
  )
  if (!found) throw new Refused('unknown-campaign', `There is no campaign ${id}.`)
  return found
}

export const campaignsInState = (db: Db, states: CampaignState[]): Promise<Campaign[]> =>
  rows<Campaign>(db, `select ${columns} from campaign where state = any($1) order by id`, [states])

/** Those of which what has been released leaves: they run, or wait for a provider. */
export const campaignsThatSend = (db: Db): Promise<Campaign[]> =>
  rows<Campaign>(db, `select ${columns} from campaign where ${sends('campaign')} order by id`)

/** @returns undefined when the name is taken */
export async function insertCampaign(
  db: Db,
  spec: CampaignSpec,
  cohortId: number,
  reissueOf: number | null,
  actor: string,
  now: Date,
): Promise<Campaign | undefined> {
  const { name, purpose, way } = spec
  const draft = { name, purpose, way, cohortId, reissueOf, spec, createdBy: actor }
  return (await draftCampaign(db, draft, now)) && campaignNamed(db, name)
}

/** Why a campaign that was started with `--hold` is paused. */
export const heldWhy = 'held: the plan is made, nothing is released before campaign resume'

export async function setState(
  db: Db,
  campaign: Campaign,
  state: CampaignState,
  pausedWhy: string | null = null,
): Promise<Campaign> {
  await setCampaignState(db, campaign.id, state, pausedWhy)
  return { ...campaign, state, pausedWhy, waitsFor: null }
}

export async function logEvent(
  db: Db,
  campaignId: number,
  at: Date,
  actor: string,
  event: string,
  details: object = {},
): Promise<void> {
  await run(
    db,
    'insert into campaign_event (campaign_id, at, actor, event, details) values ($1, $2, $3, $4, $5)',
    [campaignId, at, actor, event, details],
  )
}
