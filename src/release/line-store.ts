import type { Campaign } from '../campaigns/store.ts'
import { comesBefore } from '../campaigns/queue.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import { confirmedBy } from '../clinics/supply-store.ts'
import type { ClinicDay, LikelyDoses } from './model/doses.ts'
import type { Line, LineOut } from './model/protocol.ts'

/** A day's line as it was given to the controller, and its answer. */
export interface KeptLine {
  day: string
  line: Line
  answer: LineOut
  seenUntil: Date
}

const columns = 'day, line, answer, seen_until as "seenUntil"'

export const linesOf = (db: Db, campaignId: number): Promise<KeptLine[]> =>
  rows<KeptLine>(db, `select ${columns} from release_line where campaign_id = $1 order by day`, [
    campaignId,
  ])

export const keepLine = (
  db: Db,
  campaignId: number,
  { day, line, answer, seenUntil }: KeptLine,
): Promise<number> =>
  run(
    db,
    'insert into release_line (campaign_id, day, line, answer, seen_until) values ($1, $2, $3, $4, $5)',
    [campaignId, day, line, answer, seenUntil],
  )

const slotDay = `(s.starts_at at time zone 'Europe/Stockholm')::date`

/** Places free by clinic and day, from now on, within the campaign's days. */
export const clinicDays = (db: Db, campaign: Campaign, now: Date): Promise<ClinicDay[]> =>
  rows<ClinicDay>(
    db,
    `select c.id as "clinicId", c.area, ${slotDay}::text as day,
            min(s.starts_at) as "startsAt",
            sum(greatest(0, s.capacity - s.booked))::int as free
       from slot s
       join clinic c on c.id = s.clinic_id
      where s.starts_at > $1
        and ($2::date is null or ${slotDay} >= $2::date)
        and ($3::date is null or ${slotDay} <= $3::date)
      group by c.id, c.area, 3
      order by c.id, 3`,
    [now, campaign.spec.slots.from ?? null, campaign.spec.slots.to ?? null],
  )

/**
 * The doses that are likely but not sure, to come from a day on: planned deliveries until they are overdue, and what is
 * usually drawn of those that are confirmed. Who has a time without a sure dose needs them first.
 */
export const likelyDoses = (db: Db, today: string): Promise<LikelyDoses[]> =>
  rows<LikelyDoses>(
    db,
    `with likely as (
       select n.clinic_id, n.day,
              case when n.state = 'planned' then floor(n.vials * n.dose_expected)
                   else floor(n.vials * n.dose_expected) - floor(n.vials * n.dose_min) end::int as doses,
              case when n.state = 'planned' then ${confirmedBy('n')} else n.day end as published_on
         from supply_now n
        where n.day >= $1::date
          and not (n.state = 'planned' and ${confirmedBy('n')} < $1::date)
     ), owed as (
       select clinic_id, max(taken - doses) as doses
         from dose_span
        where taken > doses
        group by clinic_id
     ), running as (
       select l.*, coalesce(o.doses, 0) as owed,
              sum(l.doses) over (partition by l.clinic_id order by l.day) as so_far
         from likely l
         left join owed o using (clinic_id)
     )
     select clinic_id as "clinicId", day::text, least(doses, so_far - owed)::int as doses,
            published_on::text as "publishedOn"
       from running
      where doses > 0
        and so_far > owed`,
    [today],
  )

/**
 * For each area with somebody left to invite, or letters out: who remains, found no time or has lost a place, and what
 * others count on: other campaigns' letters, those too that are being released today, and people of campaigns that come
 * before this one and wait for a fixed time. Nobody's turn has come where such a campaign has people left to invite.
 */
export const areaPeople = (
  db: Db,
  campaign: Campaign,
  day: string,
): Promise<
  { area: string; remaining: number; waiting: number; displaced: number; others: number }[]
> =>
  rows(
    db,
    `with before as materialized (
       select o.id
         from campaign k
         join campaign o on ${comesBefore('o', 'k')}
        where k.id = $1
     ), searched as (
       select distinct invitation_id as id -- once: asked for each of those released it was read whole for each
         from failed_search
     ), people as (
       select i.area,
              count(*) filter (where i.campaign_id = $1 and i.state = 'planned')::int as remaining,
              count(*) filter (
                where i.campaign_id = $1
                  and i.state = 'released'
                  and searched.id is not null)::int as waiting,
              count(*) filter (
                where i.campaign_id <> $1
                  and (i.state = 'released' and k.way = 'open'
                       or i.state = 'waiting' and k.way = 'timed' and i.campaign_id in (select id from before)))::int
                as others,
              bool_or(i.state = 'planned' and k.way = 'open' and i.campaign_id in (select id from before)) as after,
              bool_or(i.campaign_id = $1) as ours
         from invitation i
         join campaign k on k.id = i.campaign_id
         left join searched on searched.id = i.id
        where i.state in ('planned', 'released')
           or i.state = 'waiting' and i.campaign_id in (select id from before)
        group by i.area
     ), lost as (
       select c.area, sum(s.overbooked)::int as n
         from slot s
         join clinic c on c.id = s.clinic_id
        where s.overbooked > 0
        group by c.area
     ), claimed as (
       select w.area, sum(w.unreleased)::int as n
         from wave w
         join campaign k on k.id = w.campaign_id
        where w.campaign_id <> $1
          and w.day = $2
          and w.unreleased > 0
          and k.way = 'open'
        group by w.area
     )
     select p.area, case when p.after then 0 else p.remaining end as remaining, p.waiting, coalesce(l.n, 0) as displaced, p.others + coalesce(o.n, 0) as others
       from people p
       left join lost l using (area)
       left join claimed o using (area)
      where p.ours
      order by p.area`,
    [campaign.id, day],
  )

/**
 * What happened between two moments to the letters of the campaign's waves: bookings by residents and clinics, searches
 * that found no time, refusals; by wave and day.
 */
export const answersBetween = (
  db: Db,
  campaign: Campaign,
  from: Date | null,
  to: Date,
): Promise<
  {
    area: string
    released: string
    on: string
    booked: number
    failedSearches: number
    declined: number
  }[]
> =>
  rows(
    db,
    `with happened as (
       select i.area, w.day as released, (a.made_at at time zone 'Europe/Stockholm')::date as at_day,
              'booked' as kind, i.id
         from appointment a
         join invitation i on i.person_id = a.person_id and i.purpose = a.purpose
         join wave w on w.id = i.wave_id
        where i.campaign_id = $1
          and a.made_by <> 'assigned'
          and ($2::timestamptz is null or a.made_at > $2)
          and a.made_at <= $3
          and a.made_at >= i.released_at
        union
       select i.area, w.day, (f.at at time zone 'Europe/Stockholm')::date, 'failed', i.id
         from failed_search f
         join invitation i on i.id = f.invitation_id
         join wave w on w.id = i.wave_id
        where i.campaign_id = $1
          and ($2::timestamptz is null or f.at > $2)
          and f.at <= $3
        union
       select i.area, w.day, (i.state_since at time zone 'Europe/Stockholm')::date, 'declined', i.id
         from invitation i
         join wave w on w.id = i.wave_id
        where i.campaign_id = $1
          and i.state in ('declined', 'withdrawn')
          and ($2::timestamptz is null or i.state_since > $2)
          and i.state_since <= $3
     )
     select area, released::text, at_day::text as on,
            count(*) filter (where kind = 'booked')::int as booked,
            count(*) filter (where kind = 'failed')::int as "failedSearches",
            count(*) filter (where kind = 'declined')::int as declined
       from happened
      group by area, released, at_day
      order by area, released, at_day`,
    [campaign.id, from, to],
  )

/**
 * Whether nearly everybody the campaign still counts on gets a letter: then answers wait for the post. Where many get an
 * SMS or e-mail, answers teach at once.
 */
export const mostlyByPost = async (
  db: Db,
  campaignId: number,
  letterRoutes: readonly string[],
): Promise<boolean> =>
  (await row<{ yes: boolean | null }>(
    db,
    `select count(*) filter (where route = any($2)) >= 0.9 * count(*) as yes
       from invitation
      where campaign_id = $1
        and state in ('planned', 'released')`,
    [campaignId, letterRoutes],
  ))!.yes ?? false

/** What the phones can take today, and took on the day before. */
export const phoneToday = (
  db: Db,
  day: string,
): Promise<{ capacity: number | null; callsYesterday: number | null } | undefined> =>
  row(
    db,
    `select (select capacity from phone_day where day = $1::date) as capacity,
            (select calls from phone_day where day = $1::date - 1) as "callsYesterday"`,
    [day],
  )

/**
 * The calls that notices released on these days are expected to bring: the number that got one, times the rate their
 * notice gives.
 */
export const noticeCalls = async (db: Db, from: string, to: string): Promise<number> =>
  (await row<{ calls: number }>(
    db,
    `select coalesce(sum(w.number * (c.spec->'notice'->>'callsPer100')::float8 / 100), 0)::float8 as calls
       from wave w
       join campaign c on c.id = w.campaign_id and c.way = 'notice'
      where w.day between $1 and $2`,
    [from, to],
  ))!.calls

/** Keeps what the phones can take, or took, on a day. */
export const keepPhone = (
  db: Db,
  day: string,
  phone: { capacity?: number; calls?: number },
): Promise<number> =>
  run(
    db,
    `insert into phone_day as p (day, capacity, calls) values ($1, $2, $3)
     on conflict (day) do update
        set capacity = coalesce(excluded.capacity, p.capacity),
            calls = coalesce(excluded.calls, p.calls)`,
    [day, phone.capacity ?? null, phone.calls ?? null],
  )

/** Whether a person has resumed the campaign since the line was kept: the brake that stopped it is then lifted. */
export const resumedSince = async (db: Db, campaignId: number, since: Date): Promise<boolean> =>
  (
    await row<{ yes: boolean }>(
      db,
      `select exists (select from campaign_event where campaign_id = $1 and event = 'resumed' and at >= $2) as yes`,
      [campaignId, since],
    )
  )?.yes ?? false
