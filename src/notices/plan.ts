import { compileCohort } from '../cohorts/compile.ts'
import { dayOf } from '../people/dates.ts'
import { cohortById } from '../cohorts/store.ts'
import { lockCampaign, logEvent, type Campaign } from '../campaigns/store.ts'
import { run, transaction, type Db } from '../db/pool.ts'
import type { Jobs } from '../jobs/boss.ts'
import { campaignPlanned } from '../ledger/campaigns.ts'
import { aimOf, makeNarrowed, notYetInvited } from './correct.ts'
import { recallUnsent, withdrawUntold, withdrawWrong } from './correct-recall.ts'
import { findTarget, makeTarget } from './correct-target.ts'
import type { NoticeDeps } from './notice.ts'
import { addAudience, addWhoGotIt, inviteAddressees, makeAddressees } from './people.ts'
import { releaseNotice } from './release.ts'
import { publish } from './store.ts'

/**
 * Does what is due of a notice that was started: its plan, if there is none yet, and the day's release, all in one
 * transaction. A correction first takes back what has not left. Done when it answers none.
 * @returns how many were released now: a part of the day's number
 */
export async function advanceNotice(
  {
    pool,
    clock,
    jobs,
    phoneCapacity,
  }: NoticeDeps & { jobs: Jobs; phoneCapacity?: number | undefined },
  campaignId: number,
): Promise<number> {
  return transaction(pool, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId)
    if (campaign.way !== 'notice') return 0
    const now = clock.now()
    if (campaign.state === 'planning') await plan(tx, campaign, now)
    else if (campaign.state !== 'running') return 0
    return releaseNotice(tx, jobs, campaign, now, phoneCapacity)
  })
}

async function plan(tx: Db, campaign: Campaign, now: Date): Promise<void> {
  await run(tx, 'select pg_advisory_xact_lock(hashtext($1))', [`plan ${campaign.purpose}`])
  await makeAddressees(tx)
  if (campaign.spec.notice?.correction) await takeBack(tx, campaign, now)
  else if (campaign.spec.channels.length > 0)
    await addAudience(
      tx,
      compileCohort((await cohortById(tx, campaign.cohortId))!.rule, dayOf(now)),
      campaign.spec,
    )
  const people = await inviteAddressees(tx, campaign, now)
  // Or the release that follows takes half a minute for 17 500, believing that there are none.
  await run(tx, 'analyze invitation')
  await campaignPlanned(tx, campaign.id, people, now)
  await publish(tx, campaign.id, now)
  await logEvent(tx, campaign.id, now, 'kallelse', 'planned', { people })
}

/** What is wrong and has not left is taken back; those who got it are the addressees. */
async function takeBack(tx: Db, { id, spec }: Campaign, now: Date): Promise<void> {
  const { of, unsent } = spec.notice!.correction!
  const aim = aimOf(spec)
  const { only, happened } = aim
  const target = await findTarget(tx, of)
  await run(tx, 'select from campaign where id = $1 for update', [target.campaign.id])
  await makeTarget(tx, target, aim, dayOf(now))
  const recalled = await recallUnsent(tx, unsent)
  let withdrawn = 0
  if (unsent === 'withdraw') {
    const unsentOf = `select invitation_id from target where state = 'unsent'`
    withdrawn = await withdrawUntold(tx, { sql: unsentOf, values: [] }, now)
    await makeNarrowed(tx, only, dayOf(now))
    if (target.whole && happened !== 'sent-twice')
      withdrawn += await withdrawUntold(tx, notYetInvited(target.campaign.id, only), now)
  }
  if (happened === 'wrong-people') withdrawn += await withdrawWrong(tx, now)
  await addWhoGotIt(tx, spec)
  await logEvent(tx, target.campaign.id, now, 'kallelse', 'corrected', {
    by: id,
    recalled,
    withdrawn,
  })
}
