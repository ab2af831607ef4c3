import type { Campaign } from '../campaigns/store.ts'
import { rows, run, type Db } from '../db/pool.ts'
import { noticePriority } from '../jobs/queues.ts'
import { queueMessages, type Queued } from '../ledger/messages.ts'

/** How many invitations an area gets today, what bound the number, and what it was reckoned from. */
export interface AreaNumber {
  area: string
  invite: number
  bound: string
  reckoning: object
}

/** Open invitations that have had their time no longer count on a place, whatever became of their campaign; whoever comes later can still book. */
export const expireOpen = (db: Db, now: Date): Promise<number> =>
  run(
    db,
    `update invitation i set state = 'expired', state_since = $1 from campaign c
      where c.id = i.campaign_id and c.way = 'open' and i.state = 'released'
        and i.released_at < $1::timestamptz - make_interval(days => (c.spec->>'expiresAfter')::int)`,
    [now],
  )

/** For a timed campaign: everybody who has a time can be told; their places are taken already. */
export const timedAreas = (db: Db, campaign: Campaign): Promise<AreaNumber[]> =>
  rows<AreaNumber>(
    db,
    `select area, count(*)::int as invite, 'remaining' as bound, jsonb_build_object('remaining', count(*)) as reckoning
       from invitation where campaign_id = $1 and state = 'planned' and appointment_id is not null group by area order by area`,
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
     on conflict (campaign_id, area, day) do nothing returning id, area, number`,
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
    `select area, day::text as on, number as count from wave where campaign_id = $1 and ($2::timestamptz is null or released_at >= $2)`,
    [campaign.id, since],
  )

/** Releases each wave's number of invitations, in priority order. @returns how many */
export const releaseInvitations = (
  db: Db,
  campaign: Campaign,
  waves: { id: number; area: string; number: number }[],
  now: Date,
): Promise<number> =>
  run(
    db,
    `update invitation i set state = 'released', wave_id = w.id, released_at = $2, state_since = $2
       from (select id, area, row_number() over (partition by area order by priority, id) as place
               from invitation where campaign_id = $1 and state = 'planned' and ($4 <> 'timed' or appointment_id is not null)) next
       join jsonb_to_recordset($3::jsonb) as w(id bigint, area text, number int) on w.area = next.area and next.place <= w.number
      where i.id = next.id and i.state = 'planned'  -- looked at again: who has cancelled meanwhile is passed over`,
    [campaign.id, now, JSON.stringify(waves), campaign.way],
  )

/** Queues the messages of the invitations in these waves (or of a part of them): one for each step of each person's route. */
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
