import type { Campaign } from '../campaigns/store.ts'
import { rows, run, type Db } from '../db/pool.ts'
import { noticePriority } from '../jobs/queues.ts'
import { expireInvitations, releaseInvitations } from '../ledger/invitations.ts'
import { queueMessages, type Queued } from '../ledger/messages.ts'
import { leaveBy } from './model/arrival.ts'

/** How many invitations an area gets today, what bound the number, and what it was calculated from. */
export interface AreaNumber {
  area: string
  invite: number
  bound: string
  reckoning: object
}

/**
 * Open invitations that nobody answered in time no longer count on a place, whatever became of their campaign. People
 * who come later can still book.
 */
export const expireOpen = (db: Db, now: Date): Promise<number> =>
  expireInvitations(
    db,
    {
      sql: `
        select i.id
          from invitation i
          join campaign c on c.id = i.campaign_id
         where c.way = 'open'
           and i.state = 'released'
           and i.released_at < $1::timestamptz - make_interval(days => (c.spec->>'expiresAfter')::int)`,
      values: [now],
    },
    now,
  )

/** For a timed campaign: everybody who has a time can be told; their places are taken already. */
export const timedAreas = (db: Db, campaign: Campaign): Promise<AreaNumber[]> =>
  rows<AreaNumber>(
    db,
    `select area, count(*)::int as invite, 'remaining' as bound,
            jsonb_build_object('remaining', count(*)) as reckoning
       from invitation
      where campaign_id = $1
        and state = 'planned'
        and appointment_id is not null
      group by area
      order by area`,
    [campaign.id],
  )

/** A wave and how many of its number are still to be released. */
export interface OpenWave {
  id: number
  area: string
  unreleased: number
}

/** The day's waves that have been claimed and not yet released to the end: a program was killed, or it is at work. */
export const openWaves = (db: Db, campaign: Campaign, day: string): Promise<OpenWave[]> =>
  rows(
    db,
    `select id, area, unreleased
       from wave
      where campaign_id = $1
        and day = $2
        and unreleased > 0
      order by id`,
    [campaign.id, day],
  )

/** Claims the day's number for each area. @returns the waves that were new: a second run on the same day gets none */
export const claimWaves = (
  db: Db,
  campaign: Campaign,
  day: string,
  numbers: AreaNumber[],
  now: Date,
): Promise<OpenWave[]> =>
  rows(
    db,
    `insert into wave (campaign_id, area, day, number, unreleased, bound, reckoning, released_at)
     select $1, n.area, $2, n.invite, n.invite, n.bound, n.reckoning, $3
       from jsonb_to_recordset($4::jsonb) as n(area text, invite int, bound text, reckoning jsonb)
     on conflict (campaign_id, area, day) do nothing
     returning id, area, unreleased`,
    [campaign.id, day, now, JSON.stringify(numbers)],
  )

/** What really left since a moment, by area and day. */
export const wavesSince = (
  db: Db,
  campaign: Campaign,
  since: Date | null,
): Promise<{ area: string; on: string; count: number }[]> =>
  rows(
    db,
    `select area, day::text as on, number - unreleased as count
       from wave
      where campaign_id = $1
        and ($2::timestamptz is null or released_at >= $2)`,
    [campaign.id, since],
  )

/**
 * Releases the next invitations of a wave in order of priority, up to `most`; people who have cancelled meanwhile are
 * passed over. When there are fewer than that, the wave has come to its end.
 * @returns their ids
 */
export async function releaseNext(
  db: Db,
  campaign: Campaign,
  wave: OpenWave,
  most: number,
  now: Date,
): Promise<number[]> {
  const asked = Math.min(wave.unreleased, most)
  const next = (
    await rows<{ id: number }>(
      db,
      `select id
         from invitation
        where campaign_id = $1
          and area = $2
          and state = 'planned'
          and ($3 <> 'timed' or appointment_id is not null)
        order by priority, id
        limit $4
          for no key update`,
      [campaign.id, wave.area, campaign.way, asked],
    )
  ).map(({ id }) => id)
  await releaseAs(db, wave, next, asked, now)
  return next
}

/** Releases these invitations as part of a wave. @param asked if there are fewer, nobody is left: the wave is done */
export async function releaseAs(
  db: Db,
  wave: Pick<OpenWave, 'id' | 'unreleased'>,
  ids: number[],
  asked: number,
  now: Date,
): Promise<void> {
  const ofWave = 'select unnest($1::bigint[]) as id, $2::bigint as wave_id'
  await releaseInvitations(db, { sql: ofWave, values: [ids, wave.id] }, now)
  await run(db, 'update wave set unreleased = $2 where id = $1', [
    wave.id,
    ids.length < asked ? 0 : wave.unreleased - asked,
  ])
}

/**
 * Queues the messages of released invitations: one for each step of each person's route. A letter about a time must
 * leave so early that the campaign's least notice is kept; one of an open campaign before the invitation expires.
 */
export async function queueWaveMessages(
  db: Db,
  campaign: Campaign,
  invitations: number[],
  now: Date,
): Promise<Queued> {
  const leaves = campaign.way === 'timed' ? await leaveByDays(db, campaign, invitations) : []
  return queueMessages(
    db,
    {
      sql: `select i.id as invitation_id, s.step, s.channel, s.template, $4::int as priority,
                   $2::timestamptz + make_interval(days => s.after) as due_at,
                   case when s.channel = 'letter' then coalesce(
                     l.leave_by::timestamp at time zone 'Europe/Stockholm',
                     case when $5 = 'open' then $2::timestamptz + make_interval(days => s.after + $6::int) end
                   ) end as leave_by
              from invitation i
              join jsonb_to_recordset($3::jsonb) as s(route text, step text, channel text, template text, after int)
                on s.route = i.route
              left join appointment a on a.id = i.appointment_id and $5 = 'timed'
              left join slot t on t.id = a.slot_id
              left join jsonb_to_recordset($7::jsonb) as l(day date, leave_by date)
                on l.day = (t.starts_at at time zone 'Europe/Stockholm')::date
             where i.id = any($1)
               and i.state = 'released'`,
      values: [
        invitations,
        now,
        JSON.stringify(
          campaign.spec.channels.flatMap((line) =>
            line.steps.map((step) => ({ route: line.route, ...step })),
          ),
        ),
        campaign.way === 'notice' ? noticePriority : 100,
        campaign.way,
        campaign.spec.expiresAfter,
        JSON.stringify(leaves),
      ],
      extra: ['priority', 'leave_by'],
    },
    now,
  )
}

/** When letters must leave that tell of the times of these invitations, by the day of the time. */
async function leaveByDays(
  db: Db,
  { spec }: Campaign,
  invitations: number[],
): Promise<{ day: string; leave_by: string }[]> {
  const days = await rows<{ day: string }>(
    db,
    `select distinct (s.starts_at at time zone 'Europe/Stockholm')::date::text as day
       from invitation i
       join appointment a on a.id = i.appointment_id
       join slot s on s.id = a.slot_id
      where i.id = any($1)`,
    [invitations],
  )
  return days.map(({ day }) => ({ day, leave_by: leaveBy(day, spec) }))
}
