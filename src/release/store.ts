import type { Campaign } from '../campaigns/store.ts'
import { rows, type Db } from '../db/pool.ts'
import { noticePriority } from '../jobs/queues.ts'
import { expireInvitations, releaseInvitations } from '../ledger/invitations.ts'
import { queueMessages, type Queued } from '../ledger/messages.ts'

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

/** Claims the day's number for each area. @returns the waves that were new: a second run on the same day gets none */
export const claimWaves = (
  db: Db,
  campaign: Campaign,
  day: string,
  numbers: AreaNumber[],
  now: Date,
): Promise<{ id: number; area: string; number: number }[]> =>
  rows(
    db,
    `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at)
     select $1, n.area, $2, n.invite, n.bound, n.reckoning, $3
       from jsonb_to_recordset($4::jsonb) as n(area text, invite int, bound text, reckoning jsonb)
     on conflict (campaign_id, area, day) do nothing
     returning id, area, number`,
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
    `select area, day::text as on, number as count
       from wave
      where campaign_id = $1
        and ($2::timestamptz is null or released_at >= $2)`,
    [campaign.id, since],
  )

/**
 * Releases each wave's number of invitations, in priority order; people who have cancelled meanwhile are passed over.
 * @returns how many
 */
export const releaseWaves = (
  db: Db,
  campaign: Campaign,
  waves: { id: number; area: string; number: number }[],
  now: Date,
): Promise<number> =>
  releaseInvitations(
    db,
    {
      sql: `
        with next as (
          select id, area, row_number() over (partition by area order by priority, id) as place
            from invitation
           where campaign_id = $1
             and state = 'planned'
             and ($2 <> 'timed' or appointment_id is not null)
        )
        select next.id, w.id as wave_id
          from next
          join jsonb_to_recordset($3::jsonb) as w (id bigint, area text, number int)
            on w.area = next.area
           and next.place <= w.number`,
      values: [campaign.id, campaign.way, JSON.stringify(waves)],
    },
    now,
  )

/**
 * Queues the messages of the invitations in these waves (or of a part of them): one for each step of each person's
 * route.
 */
export const queueWaveMessages = (
  db: Db,
  campaign: Campaign,
  waveIds: number[],
  now: Date,
  part: number[] | null = null,
): Promise<Queued> =>
  queueMessages(
    db,
    {
      sql: `select i.id as invitation_id, s.step, s.channel, s.template, $5::int as priority,
                   $3::timestamptz + make_interval(days => s.after) as due_at
              from invitation i
              join jsonb_to_recordset($4::jsonb) as s(route text, step text, channel text, template text, after int)
                on s.route = i.route
             where i.campaign_id = $1
               and i.wave_id = any($2)
               and ($6::bigint[] is null or i.id = any($6))`,
      values: [
        campaign.id,
        waveIds,
        now,
        JSON.stringify(
          campaign.spec.channels.flatMap((line) =>
            line.steps.map((step) => ({ route: line.route, ...step })),
          ),
        ),
        campaign.way === 'notice' ? noticePriority : 100,
        part,
      ],
      extra: ['priority'],
    },
    now,
  )
