import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { purposesIn, readRule } from '../cohorts/rule.ts'
import { saveCohort } from '../cohorts/store.ts'
import { transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Jobs } from '../jobs/boss.ts'
import { voidOpenBatches } from '../ledger/batches.ts'
import { recallMessages } from '../ledger/messages.ts'
import { untold, withdrawInvitations } from '../ledger/withdraw.ts'
import { dayOf } from '../people/dates.ts'
import { knownPurpose, purposeInForce } from '../purposes/register.ts'
import { refuseNobody } from './plan.ts'
import { parseSpec, withPurpose, type CampaignSpec, type NewCampaign } from './spec.ts'
import { refuseChanged, type TextVersions } from './text-versions.ts'
import { addApproval, approvedFor, approvedTexts } from './approvals.ts'
import {
  campaignNamed,
  heldWhy,
  insertCampaign,
  logEvent,
  setState,
  type Campaign,
  type CampaignState,
} from './store.ts'

interface Deps {
  pool: pg.Pool
  clock: Clock
}

/**
 * The versions of the campaign's texts as they are on disk now. Throws Refused unless every one of them may be sent, on
 * channels that work (messages/send-gate.ts; they are later layers, so the caller brings it). It asks providers whether
 * they answer, so it is never called inside a transaction.
 */
export type TextGate = (db: Db, spec: CampaignSpec) => Promise<TextVersions>

/**
 * Reads a campaign file and makes nothing.
 * @throws Refused `bad-campaign`, `bad-cohort`, `unknown-purpose` (its own, or one in its rule), `purpose-not-valid`
 */
export async function checkCampaign(
  { db, clock }: { db: Db; clock: Clock },
  given: unknown,
): Promise<NewCampaign> {
  const file = parseSpec(given)
  const purpose = file.reissueOf
    ? await knownPurpose(db, file.purpose) // its people were promised a time while it was valid
    : await purposeInForce(db, file.purpose, dayOf(clock.now()))
  for (const code of purposesIn(readRule(file.cohort.rule))) await knownPurpose(db, code)
  return withPurpose(file, purpose)
}

/**
 * Makes a draft of a campaign file. The very same file again answers with the campaign there is.
 * @throws Refused as checkCampaign; `unknown-campaign` (reissue of one that isn't there), `campaign-exists`
 */
export async function createCampaign(
  { pool, clock }: Deps,
  given: unknown,
  actor: string,
): Promise<Campaign> {
  return transaction(pool, async (tx) => {
    const spec = await checkCampaign({ db: tx, clock }, given)
    const cohort = await saveCohort(tx, clock, spec.cohort.name, readRule(spec.cohort.rule))
    const reissued = spec.reissueOf && (await campaignNamed(tx, spec.reissueOf.campaign))
    if (reissued && reissued.purpose !== spec.purpose) {
      throw new Refused(
        'bad-campaign',
        `${spec.name} reissues ${reissued.name}, whose purpose is ${reissued.purpose}: give it the same purpose.`,
      )
    }
    const made = await insertCampaign(tx, spec, cohort.id, reissued?.id ?? null, actor, clock.now())
    if (made) {
      await logEvent(tx, made.id, clock.now(), actor, 'created')
      return made
    }
    const there = await campaignNamed(tx, spec.name)
    if (there.way !== 'notice' && isDeepStrictEqual(parseSpec(there.spec), spec)) return there
    throw new Refused(
      'campaign-exists',
      `There is already another campaign named ${spec.name} (${there.state}). Give this one a name of its own.`,
    )
  })
}

/**
 * Records that a person approves the campaign with its texts as they are now. The second person's approval of the same
 * versions makes the draft ready to start; of one that is under way it lets it go on with them.
 * @returns approvals: how many people have approved these versions
 * @throws Refused `nobody-invited`, `channel-not-ready`, `texts-not-ready` with the list
 */
export async function approveCampaign(
  { pool, clock, textGate }: Deps & { textGate: TextGate },
  name: string,
  given: string,
): Promise<Campaign & { approvals: number }> {
  const actor = personName(given)
  const found = await campaignNamed(pool, name)
  const members = await refuseNobody({ pool, clock }, found)
  const texts = await textGate(pool, found.spec)
  return transaction(pool, async (tx) => {
    const campaign = await campaignNamed(tx, name, { lock: true })
    const added = await addApproval(tx, campaign.id, actor, texts, clock.now())
    if (added || ['draft', 'approved'].includes(campaign.state))
      await logEvent(
        tx,
        campaign.id,
        clock.now(),
        actor,
        'approved',
        members === undefined ? {} : { members },
      )
    const approvals = (await approvedTexts(tx, [campaign.id]))[0]?.approvers.length ?? 0
    return {
      ...(campaign.state === 'draft' && approvals >= 2
        ? await setState(tx, campaign, 'approved')
        : campaign),
      approvals,
    }
  })
}

/**
 * Starts an approved campaign, if its texts are still ready and as they were approved: its plan is made by a job, and
 * the first wave follows. Starting a started one does nothing.
 * @param hold the plan is made and fixed times are given, and then it is paused: nothing is released and nobody told
 *   until it is resumed
 */
export async function startCampaign(
  { pool, clock, jobs, textGate }: Deps & { jobs: Jobs; textGate: TextGate },
  name: string,
  actor: string,
  hold = false,
): Promise<Campaign> {
  const found = await campaignNamed(pool, name)
  const ready = found.state === 'approved'
  const members = ready ? await refuseNobody({ pool, clock }, found) : undefined
  const texts = ready ? await textGate(pool, found.spec) : {}
  return transaction(pool, async (tx) => {
    const campaign = await campaignNamed(tx, name, { lock: true })
    if (hold && campaign.way === 'notice')
      throw new Refused(
        'notice-not-held',
        `${name} is a notice, which is planned as it is sent. See what it will be with: notice preview ${name}`,
      )
    if (['planning', 'running', 'finished'].includes(campaign.state)) return campaign
    refuseUnless(
      campaign,
      ['approved'],
      'started',
      campaign.state === 'draft'
        ? 'Two people must approve it first: campaign approve'
        : 'Resume it instead: campaign resume',
    )
    refuseChanged(name, (await approvedTexts(tx, [campaign.id]))[0], texts)
    if (members !== undefined) refuseOtherCohort(name, members, await approvedFor(tx, campaign.id))
    await logEvent(tx, campaign.id, clock.now(), actor, 'started', hold ? { hold } : {})
    if (campaign.way === 'notice') await jobs.enqueue(tx, 'notice', [{ campaign: campaign.id }])
    else await jobs.enqueue(tx, 'plan', [{ campaign: campaign.id, ...(hold ? { hold } : {}) }])
    return setState(tx, campaign, 'planning')
  })
}

/**
 * Takes effect before the next message: every sender looks at the state just before each one. A finished campaign can be
 * paused too: it holds the reminders and confirmations of times, and is finished again after `resume`.
 */
export async function pauseCampaign(
  { pool, clock }: Deps,
  name: string,
  actor: string,
  why: string,
): Promise<Campaign> {
  return transaction(pool, async (tx) => {
    const campaign = await campaignNamed(tx, name, { lock: true })
    if (campaign.state === 'paused' && campaign.waitsFor === null) return campaign
    refuseUnless(
      campaign,
      ['running', 'paused', 'finished'],
      'paused',
      'Only a campaign that has been started and planned can be paused.',
    )
    await logEvent(tx, campaign.id, clock.now(), actor, 'paused', { why })
    return setState(tx, campaign, 'paused', why)
  })
}

/**
 * Lets a paused campaign go on, with its texts as they were approved. One that was approved before their versions were
 * kept goes on as it began.
 * @throws Refused `texts-changed` naming them, `texts-not-ready`
 */
export async function resumeCampaign(
  { pool, clock, jobs, textGate }: Deps & { jobs: Jobs; textGate: TextGate },
  name: string,
  actor: string,
): Promise<Campaign> {
  const found = await campaignNamed(pool, name)
  const texts = found.state === 'paused' ? await resumedTexts(pool, textGate, found) : null
  return transaction(pool, async (tx) => {
    const campaign = await campaignNamed(tx, name, { lock: true })
    if (campaign.state === 'running') return campaign
    refuseUnless(campaign, ['paused'], 'resumed', 'Only a paused campaign can be resumed.')
    const [approved] = await approvedTexts(tx, [campaign.id])
    if (texts !== null) refuseChanged(name, approved, texts)
    await logEvent(tx, campaign.id, clock.now(), actor, 'resumed')
    await jobs.enqueue(tx, 'sweep', [{}])
    if (campaign.pausedWhy === heldWhy)
      await jobs.enqueue(tx, 'release', [{ campaign: campaign.id }])
    return setState(tx, campaign, 'running')
  })
}

/** What its texts are now; null when it was approved before versions were kept. */
async function resumedTexts(
  pool: pg.Pool,
  textGate: TextGate,
  { id, spec }: Campaign,
): Promise<TextVersions | null> {
  const [approved] = await approvedTexts(pool, [id])
  return approved?.texts === null ? null : textGate(pool, spec)
}

/** Ends a campaign: what has not left stays here, times that were held for people not yet told are given back. */
export async function cancelCampaign(
  { pool, clock }: Deps,
  name: string,
  actor: string,
): Promise<Campaign> {
  return transaction(pool, async (tx) => {
    const campaign = await campaignNamed(tx, name, { lock: true })
    if (campaign.state === 'cancelled') return campaign
    refuseUnless(
      campaign,
      ['draft', 'approved', 'planning', 'running', 'paused'],
      'cancelled',
      'It is finished: correct or reissue it instead.',
    )
    const now = clock.now()
    await recallUnsent(tx, campaign.id, now)
    await logEvent(tx, campaign.id, now, actor, 'cancelled')
    return setState(tx, campaign, 'cancelled')
  })
}

async function recallUnsent(tx: Db, campaignId: number, now: Date): Promise<void> {
  await voidOpenBatches(tx, {
    sql: 'select id from batch where campaign_id = $1',
    values: [campaignId],
  })
  await recallMessages(
    tx,
    { sql: 'select id from invitation where campaign_id = $1', values: [campaignId] },
    'campaign-cancelled',
  )
  const whoIsUntold = {
    sql: `
      select i.id, 'campaign-cancelled' as reason
        from invitation i
       where i.campaign_id = $1
         and (i.state in ('planned', 'waiting') or ${untold('i')})`, // also who was told that a time will come
    values: [campaignId],
  }
  await withdrawInvitations(tx, whoIsUntold, now)
}

/** A cohort that has become so much larger or smaller, in hundredths, is another than the one that was approved. */
const anotherCohort = 10

/**
 * Two people have approved about as many as it is for now.
 * @param approved how many there were in the cohort, by each who approved it
 * @throws Refused `cohort-changed`
 */
function refuseOtherCohort(name: string, members: number, approved: readonly number[]): void {
  const near = (then: number) => Math.abs(members - then) * 100 <= then * anotherCohort
  const far = approved.filter((then) => !near(then))
  if (far.length === 0 || approved.length - far.length >= 2) return
  throw new Refused(
    'cohort-changed',
    `${name} was approved for ${far.join(' and ')} people, and ${members} are in its cohort now. If that is right, ` +
      'two people approve it again: campaign approve. Else correct the rule or the register.',
    { members, approved: far },
  )
}

/** Two people are two names: spaces and capitals do not make another person. @throws Refused `bad-name` */
function personName(given: string): string {
  const name = given.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()
  if (name.length < 2)
    throw new Refused(
      'bad-name',
      'Say who approves: a name or user name of at least two characters.',
    )
  return name
}

function refuseUnless(
  campaign: Campaign,
  states: CampaignState[],
  verb: string,
  advice: string,
): void {
  if (!states.includes(campaign.state))
    throw new Refused(
      'illegal-transition',
      `${campaign.name} is ${campaign.state} and can't be ${verb}. ${advice}`,
    )
}
