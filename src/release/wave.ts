import { DateTime } from 'luxon'
import type pg from 'pg'
import { lockCampaign } from '../campaigns/store.ts'
import { zone, type Clock } from '../clock.ts'
import { run, transaction } from '../db/pool.ts'
import type { Jobs } from '../jobs/boss.ts'
import { dispatchChunk } from '../jobs/queues.ts'
import { claimWaves, expireOpen, insertMessages, openAreas, releaseInvitations, timedAreas } from './store.ts'
import { strictNumber } from './strict.ts'

/**
 * Releases the day's wave of a campaign, in one transaction with the jobs that send it: the number for each area is claimed
 * once a day, so a second run, another worker or a crash releases nothing extra.
 * @returns how many invitations were released
 */
export async function releaseWave({ pool, clock, jobs }: { pool: pg.Pool; clock: Clock; jobs: Jobs }, campaignId: number): Promise<number> {
  return transaction(pool, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId)
    if (campaign.state !== 'running') return 0
    await run(tx, `select pg_advisory_xact_lock(hashtext('release'))`) // two campaigns must not both count on the same places
    const now = clock.now()
    const day = DateTime.fromJSDate(now, { zone }).toISODate()!
    if (campaign.way === 'open') await expireOpen(tx, campaign, now)
    const areas = campaign.way === 'open' ? await openAreas(tx, campaign, now) : await timedAreas(tx, campaign)
    const waves = await claimWaves(tx, campaign, day, areas.map((reckoning) => ({ ...strictNumber(reckoning), reckoning })), now)
    const released = await releaseInvitations(tx, campaign, waves, now)
    const made = await insertMessages(tx, campaign, waves.map((wave) => wave.id), now)
    for (const { channel, n } of made) {
      if (channel === 'letter') await jobs.enqueue(tx, 'print', [{ campaign: campaignId }])
      else await jobs.enqueue(tx, 'dispatch', Array.from({ length: Math.ceil(n / dispatchChunk) }, () => ({ channel: channel as 'sms' | 'email' })))
    }
    return released
  })
}
