import type { Campaign } from '../campaigns/store.ts'
import { rows, run, type Db } from '../db/pool.ts'
import type { AreaNumber, AreaState } from './strict.ts'

/** Open invitations that have had their time no longer count on a place; whoever comes later can still book. */
export const expireOpen = (db: Db, campaign: Campaign, now: Date): Promise<number> =>
  run(
    db,
    `update invitation set state = 'expired', state_since = $2
      where campaign_id = $1 and state = 'released' and released_at < $2::timestamptz - make_interval(days => $3)`,
    [campaign.id, now, campaign.spec.expiresAfter],
  )

/** For an open campaign: places against invitations, for each area where somebody is left to invite. */
export const openAreas = (db: Db, campaign: Campaign, now: Date): Promise<AreaState[]> =>
  rows<AreaState>(
    db,
    `with remaining as (
       select area, count(*)::int as n from invitation where campaign_id = $1 and state = 'planned' group by area
     ), free as (
       select c.area, sum(s.capacity - s.booked)::int as n
         from slot s join clinic c on c.id = s.clinic_id
        where s.booked < s.capacity and s.starts_at >= $2::timestamptz + make_interval(days => $3)
          and ($4::date is null or s.starts_at >= $4::date) and ($5::date is null or s.starts_at < $5::date + 1)
        group by c.area
     ), live as (
       select i.area, count(*)::int as n from invitation i join campaign k on k.id = i.campaign_id
        where k.way = 'open' and i.state = 'released' group by i.area
     )
     select r.area, coalesce(f.n, 0) as free, coalesce(l.n, 0) as live, r.n as remaining
       from remaining r left join free f using (area) left join live l using (area) order by r.area`,
    [campaign.id, now, campaign.spec.postDays, campaign.spec.slots.from ?? null, campaign.spec.slots.to ?? null],
  )

/** For a timed campaign: everybody who has a time can be told; their places are taken already. */
export const timedAreas = (db: Db, campaign: Campaign): Promise<AreaState[]> =>
  rows<AreaState>(
    db,
    `select area, count(*)::int as free, 0 as live, count(*)::int as remaining
       from invitation where campaign_id = $1 and state = 'planned' and appointment_id is not null group by area order by area`,
    [campaign.id],
  )

/** Claims the day's number for each area. @returns the waves that were new: a second run on the same day gets none */
export const claimWaves = (db: Db, campaign: Campaign, day: string, numbers: (AreaNumber & { reckoning: AreaState })[], now: Date): Promise<{ id: number; area: string; number: number }[]> =>
  rows(
    db,
    `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at)
     select $1, n.area, $2, n.invite, n.bound, n.reckoning, $3
       from jsonb_to_recordset($4::jsonb) as n(area text, invite int, bound text, reckoning jsonb)
     on conflict (campaign_id, area, day) do nothing returning id, area, number`,
    [campaign.id, day, now, JSON.stringify(numbers)],
  )

/** Releases each wave's number of invitations, in priority order. @returns how many */
export const releaseInvitations = (db: Db, campaign: Campaign, waves: { id: number; area: string; number: number }[], now: Date): Promise<number> =>
  run(
    db,
    `update invitation i set state = 'released', wave_id = w.id, released_at = $2, state_since = $2
       from (select id, area, row_number() over (partition by area order by priority, id) as place
               from invitation where campaign_id = $1 and state = 'planned' and ($4 = 'open' or appointment_id is not null)) next
       join jsonb_to_recordset($3::jsonb) as w(id bigint, area text, number int) on w.area = next.area and next.place <= w.number
      where i.id = next.id`,
    [campaign.id, now, JSON.stringify(waves), campaign.way],
  )

/** Makes the messages of the invitations in these waves: one for each step of each person's route. */
export const insertMessages = (db: Db, campaign: Campaign, waveIds: number[], now: Date): Promise<{ channel: string; n: number }[]> =>
  rows(
    db,
    `with made as (
       insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, due_at, created_at)
       select i.id, i.campaign_id, i.person_id, i.purpose, i.generation, s.step, s.channel, i.language, s.template, $3::timestamptz + make_interval(days => s.after), $3
         from invitation i
         join jsonb_to_recordset($4::jsonb) as s(route text, step text, channel text, template text, after int) on s.route = i.route
        where i.campaign_id = $1 and i.wave_id = any($2)
       returning channel)
     select channel, count(*)::int as n from made group by channel`,
    [campaign.id, waveIds, now, JSON.stringify(campaign.spec.channels.flatMap((line) => line.steps.map((step) => ({ route: line.route, ...step }))))],
  )
