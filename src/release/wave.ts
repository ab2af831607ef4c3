import { DateTime } from 'luxon'
import type pg from 'pg'
import { logEvent, lockCampaign, setState, type Campaign } from '../campaigns/store.ts'
import { dosesLeft } from '../clinics/doses/store.ts'
import { saidNow } from '../clinics/said/store.ts'
import { zone, type Clock } from '../clock.ts'
import { row, run, transaction, type Db } from '../db/pool.ts'
import type { Jobs } from '../jobs/boss.ts'
import { answerTo, dayLine } from './model/day-line.ts'
import { placesByArea } from './model/doses.ts'
import { saidByArea } from './model/said.ts'
import {
  answersBetween,
  areaPeople,
  clinicDays,
  keepLine,
  likelyDoses,
  linesOf,
  mostlyByPost,
  noticeCalls,
  phoneToday,
  resumedSince,
  type KeptLine,
} from './line-store.ts'
import type { Line, LineOut } from './model/protocol.ts'
import {
  claimWaves,
  expireOpen,
  openWaves,
  queueWaveMessages,
  releaseNext,
  timedAreas,
  wavesSince,
  type AreaNumber,
  type OpenWave,
} from './store.ts'

export interface ReleaseDeps {
  pool: pg.Pool
  clock: Clock
  jobs: Jobs
  /** calls the phones take on a day for which no other number is given */
  phoneCapacity?: number | undefined
}

/**
 * Invitations released in one transaction at most: the first letters are printed while the others are made, a pause
 * takes effect between two, and who books waits for none. 75 000 at once took 12 s.
 */
const chunk = 2000

/**
 * Releases the day's wave of a campaign, with the jobs that send it: the number for each area is calculated, kept with
 * what it was calculated from, and claimed once a day; a second run, another worker or a crash releases nothing extra.
 * It is released in chunks: after a crash, the next run of the day continues with what is left of the number. A brake
 * (a cut, searches that found no time, calls, a feed gone quiet) pauses the campaign instead, until a person resumes it.
 * @returns how many invitations were released
 */
export async function releaseWave(deps: ReleaseDeps, campaignId: number): Promise<number> {
  let released = 0
  for (let more = true; more;) {
    const done = await transaction(deps.pool, (tx) => releaseChunk(tx, deps, campaignId))
    released += done.released
    more = done.more
  }
  return released
}

async function releaseChunk(
  tx: pg.PoolClient,
  { clock, jobs, phoneCapacity }: ReleaseDeps,
  campaignId: number,
): Promise<{ released: number; more: boolean }> {
  const campaign = await lockCampaign(tx, campaignId)
  // a notice's own release: notices/release.ts
  if (campaign.state !== 'running' || campaign.way === 'notice') return { released: 0, more: false }
  // two campaigns must not both count on the same places
  await run(tx, `select pg_advisory_xact_lock(hashtext('release'))`)
  const now = clock.now()
  const day = DateTime.fromJSDate(now, { zone }).toISODate()!
  const open = await openWaves(tx, campaign, day)
  const waves = open.length ? open : await claimToday(tx, campaign, day, now, phoneCapacity)
  const next: number[] = []
  for (const wave of waves)
    if (next.length < chunk)
      next.push(...(await releaseNext(tx, campaign, wave, chunk - next.length, now)))
  if (next.length) await queueAndWake(tx, jobs, campaign, next, now)
  const more = (await openWaves(tx, campaign, day)).length > 0
  // left behind for another worker, should this program die before the last chunk
  if (more) await jobs.enqueue(tx, 'release', [{ campaign: campaign.id }])
  return { released: next.length, more }
}

async function claimToday(
  tx: Db,
  campaign: Campaign,
  day: string,
  now: Date,
  phoneCapacity: number | undefined,
): Promise<OpenWave[]> {
  const numbers =
    campaign.way === 'timed'
      ? await timedAreas(tx, campaign)
      : await numbersFor(tx, campaign, day, now, phoneCapacity)
  return claimWaves(tx, campaign, day, numbers, now)
}

/** Queues the messages of released invitations, with the jobs that send them. */
async function queueAndWake(
  tx: Db,
  jobs: Jobs,
  campaign: Campaign,
  invitations: number[],
  now: Date,
): Promise<void> {
  const { byChannel } = await queueWaveMessages(tx, campaign, invitations, now)
  for (const { channel } of byChannel) {
    if (channel === 'letter') await jobs.enqueue(tx, 'print', [{ campaign: campaign.id }])
    else await jobs.wake(tx, channel)
  }
}

/**
 * Asks the controller, keeps the line and the answer, and puts the brake on when it says so.
 * @returns nothing when the day was done already
 */
async function numbersFor(
  tx: Db,
  campaign: Campaign,
  day: string,
  now: Date,
  phoneCapacity: number | undefined,
): Promise<AreaNumber[]> {
  const kept = await linesOf(tx, campaign.id)
  const last = kept.at(-1)
  if (last && last.day >= day) return []
  await expireOpen(tx, now)
  const left = await row(
    tx,
    `select from invitation where campaign_id = $1 and state = 'planned' limit 1`,
    [campaign.id],
  )
  if (!left) return [] // nobody to invite: nothing to calculate
  const line = await todaysLine(tx, campaign, day, now, last, phoneCapacity)
  const { answer } = answerTo(kept, line)
  await keepLine(tx, campaign.id, { day, line, answer, seenUntil: now })
  if (answer.paused) await brake(tx, campaign, answer, now)
  const told = new Map(line.areas.map((area) => [area.id, area]))
  return answer.areas
    .filter(({ id }) => (told.get(id)?.remaining ?? 0) > 0)
    .map(({ id, invite, bound, hard }) => {
      const { free = {}, said = {}, remaining = 0, waiting = 0 } = told.get(id) ?? {}
      const sum = (days: Record<string, number>) => Object.values(days).reduce((a, b) => a + b, 0)
      return {
        area: id,
        invite,
        bound,
        reckoning: {
          free: sum(free),
          ...(sum(said) ? { said: sum(said) } : {}),
          live: hard.live,
          limit: hard.limit,
          remaining,
          waiting,
        },
      }
    })
}

/** What the controller is told today: all of it from the product's own rows. */
export async function todaysLine(
  db: Db,
  campaign: Campaign,
  day: string,
  now: Date,
  last: KeptLine | undefined,
  phoneCapacity: number | undefined,
): Promise<Line> {
  const phone = await phoneToday(db, day)
  const given = phone?.capacity ?? phoneCapacity
  // Those who call about a notice that leaves today take the line before those who want to book.
  const capacity =
    given == null ? given : Math.max(0, Math.round(given - (await noticeCalls(db, day, day))))
  const byPost = await mostlyByPost(db, campaign.id, letterRoutes(campaign))
  return dayLine({
    date: day,
    policy: campaign.spec.release.policy,
    resumed: last ? await resumedSince(db, campaign.id, last.seenUntil) : false,
    postDays: byPost ? campaign.spec.postDays : null,
    phone: {
      ...(capacity != null ? { capacity } : {}),
      ...(phone?.callsYesterday != null ? { callsYesterday: phone.callsYesterday } : {}),
    },
    areas: await areaPeople(db, campaign, day),
    places: placesByArea(
      await clinicDays(db, campaign, now),
      await dosesLeft(db),
      await likelyDoses(db, day),
    ),
    said: saidByArea(await saidNow(db, day), day, campaign.spec.slots),
    events: await answersBetween(db, campaign, last?.seenUntil ?? null, now),
    sent: await wavesSince(db, campaign, last?.seenUntil ?? null),
  })
}

/** The routes whose first message of the invitation is a letter. */
const letterRoutes = ({ spec }: Campaign): string[] =>
  spec.channels
    .filter(({ steps }) => steps.find(({ step }) => step === 'invitation')?.channel === 'letter')
    .map(({ route }) => route)

async function brake(tx: Db, campaign: Campaign, { paused }: LineOut, now: Date): Promise<void> {
  await setState(tx, campaign, 'paused', `release: ${paused}`)
  await logEvent(tx, campaign.id, now, 'kallelse', 'paused', { why: paused })
}
