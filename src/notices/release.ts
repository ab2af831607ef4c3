import { DateTime } from 'luxon'
import type { Campaign } from '../campaigns/store.ts'
import { zone } from '../clock.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import type { Jobs } from '../jobs/boss.ts'
import { formatDay, isWorkingDay, parseDay, type Day } from '../release/model/calendar.ts'
import { noticeCalls, phoneToday } from '../release/line-store.ts'
import { policies } from '../release/model/policy.ts'
import { claimWaves, queueWaveMessages, releaseAs, type OpenWave } from '../release/store.ts'

/** A notice is not held up for ever by phones that a campaign fills: at least this share of them is its own. */
const leastShare = 0.25

/**
 * How many may get a notice now so that the phones can take those who call: what is left of the share of the capacity
 * that may be planned for (release/model/policy.ts) when the calls of the last reported day and of the notices already
 * out for the same day are taken off. Pure.
 * @param capacity calls on the day; undefined: not known, no limit
 */
export function noticeRoom({
  capacity,
  lastCalls,
  noticeCalls,
  callsPer100,
}: {
  capacity: number | undefined
  lastCalls: number
  noticeCalls: number
  callsPer100: number
}): number {
  if (capacity === undefined || callsPer100 === 0) return Infinity
  const calls =
    Math.max(policies.steady.phoneShare * capacity - lastCalls, leastShare * capacity) - noticeCalls
  return Math.max(0, Math.floor((calls * 100) / callsPer100 + 1e-9))
}

/**
 * Who reads it on a day when the phones are closed calls on the next day that they are open: these days share that
 * day's calls.
 */
export function callDays(today: Day): { from: Day; open: Day } {
  let from = today
  while (!isWorkingDay(from - 1)) from--
  let open = today
  while (!isWorkingDay(open)) open++
  return { from, open }
}

/** How many may get it on a day, and what that is calculated from. @param day YYYY-MM-DD in Sweden */
export async function roomToday(
  db: Db,
  campaign: Campaign,
  day: string,
  phoneCapacity: number | undefined,
): Promise<{ room: number; reckoning: Parameters<typeof noticeRoom>[0] }> {
  const today = parseDay(day)
  const { from, open } = callDays(today)
  const phone = await phoneToday(db, formatDay(open))
  const last = await row<{ calls: number }>(
    db,
    'select calls from phone_day where day < $1 and calls is not null order by day desc limit 1',
    [day],
  )
  const reckoning = {
    capacity: phone?.capacity ?? phoneCapacity,
    lastCalls: last?.calls ?? 0,
    noticeCalls: await noticeCalls(db, formatDay(from), day),
    callsPer100: campaign.spec.notice?.callsPer100 ?? 0,
  }
  return { room: noticeRoom(reckoning), reckoning }
}

/** Released in one transaction at most: so that the first leave while the others are still being made. */
const releaseChunk = 1000

/**
 * Releases the next of what the phones can bear today of a notice, in the caller's transaction, with the jobs of its
 * own lane that send it. The day's number is claimed once; when all of it is out, the rest follows in the mornings.
 * @returns how many were released; call again until there are none (a job is left behind that does, should this program
 *   die)
 */
export async function releaseNotice(
  tx: Db,
  jobs: Jobs,
  campaign: Campaign,
  now: Date,
  phoneCapacity: number | undefined,
): Promise<number> {
  await run(tx, `select pg_advisory_xact_lock(hashtext('release'))`) // notices and campaigns share the phones
  const day = DateTime.fromJSDate(now, { zone }).toISODate()!
  const wave =
    (await todaysWave(tx, campaign, day)) ??
    (await claimToday(tx, campaign, day, now, phoneCapacity))
  if (!wave || wave.unreleased === 0) return 0
  const number = Math.min(wave.unreleased, releaseChunk)
  const next = (
    await rows<{ id: number }>(
      tx,
      `select id
         from invitation
        where campaign_id = $1
          and state = 'planned'
        order by priority, id
        limit $2
          for update`,
      [campaign.id, number],
    )
  ).map(({ id }) => id)
  await releaseAs(tx, wave, next, number, now)
  const { byChannel } = await queueWaveMessages(tx, campaign, next, now)
  for (const { channel } of byChannel) {
    if (channel === 'letter') await jobs.enqueue(tx, 'notice-print', [{ campaign: campaign.id }])
    else await jobs.wake(tx, `${channel}-first`)
  }
  if (wave.unreleased > number) await jobs.enqueue(tx, 'notice', [{ campaign: campaign.id }])
  return next.length
}

/**
 * @returns the wave, and how many of its number have not been released yet (nor been withdrawn since it was calculated)
 */
const todaysWave = (
  tx: Db,
  campaign: Campaign,
  day: string,
): Promise<Pick<OpenWave, 'id' | 'unreleased'> | undefined> =>
  row(
    tx,
    `select w.id,
            least(
              w.unreleased,
              (select count(*)
                 from invitation i
                where i.campaign_id = w.campaign_id
                  and i.state = 'planned'))::int as unreleased
       from wave w
      where w.campaign_id = $1
        and w.day = $2`,
    [campaign.id, day],
  )

async function claimToday(
  tx: Db,
  campaign: Campaign,
  day: string,
  now: Date,
  phoneCapacity: number | undefined,
): Promise<OpenWave | undefined> {
  const remaining =
    (
      await row<{ n: number }>(
        tx,
        `select count(*)::int as n from invitation where campaign_id = $1 and state = 'planned'`,
        [campaign.id],
      )
    )?.n ?? 0
  const { room, reckoning } = await roomToday(tx, campaign, day, phoneCapacity)
  const number = Math.min(remaining, room)
  if (number === 0) return undefined
  const [wave] = await claimWaves(
    tx,
    campaign,
    day,
    [
      {
        area: 'region',
        invite: number,
        bound: number < remaining ? 'phone' : 'remaining',
        reckoning: { ...reckoning, remaining },
      },
    ],
    now,
  )
  return wave
}
