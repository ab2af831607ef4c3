import { rows, run, transaction } from '../../src/db/pool.ts'
import type pg from 'pg'

const areas = ['Falun', 'Borlänge', 'Mora']

/**
 * A region with an open campaign in five waves from 8 March 2021 and a timed reissue for those who found no time. Of
 * each 100 people: 1 deceased, 1 protected, 1 vaccinated, 2 reached otherwise; of the others 7 in 10 have booked, 1
 * in 10 searched in vain and was given a fixed time, 2 in 10 have not answered. Made in the database by the same
 * rules as for everybody.
 */
export async function reportedRegion(pool: pg.Pool, people = 1000): Promise<void> {
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, municipality, language)
    select to_char(date '1942-01-01' + n / 10, 'YYYYMMDD') || 980 + n % 10 || '0', 'personnummer', date '1942-01-01' + n / 10, 'Förnamn' || n, 'Efternamn', '2080', 'sv'
      from generate_series(1, $1::int) n`,
    [people],
  )
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
    select 'SE2321000180-' || n, (array['Älvmottagningen', 'Norrhöjdens vaccinationsmottagning', 'Kvarnbackens mottagning', 'Torgmottagningen', 'Sjöstrandens mottagning', 'Åsmottagningen <i Orsa & Älvdalen>'])[n],
           '2080', ($1::text[])[1 + n % 3], 'Gatan 1', '79131', 'Falun', '+46846500401' from generate_series(1, 6) n`,
    [areas],
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity) select c, '2021-03-22 08:00+01'::timestamptz + (s % 5) * interval '1 day' + (s / 5) * interval '10 minutes', ceil($1::int / 6.0 / 40 * (0.95 + c * 0.04))::int
    from generate_series(1, 6) c, generate_series(0, 39) s`,
    [people],
  )
  await run(
    pool,
    `insert into cohort (name, version, rule, created_at) values ('born-1942-1946', 2, '{}', '2021-03-01')`,
  )
  await openCampaign(pool)
  await reissue(pool)
}

const planned = async (
  pool: pg.Pool,
  campaign: number,
  members: (tx: pg.PoolClient) => Promise<unknown>,
): Promise<void> =>
  transaction(pool, async (tx) => {
    for (const [approver, state] of [
      ['Anna Exempel', 'draft'],
      ['Bertil Prov', 'approved'],
    ]) {
      await run(tx, 'insert into campaign_approval values ($1, $2, $3)', [
        campaign,
        approver,
        '2021-03-06',
      ])
      await run(tx, 'update campaign set state = $2 where id = $1', [campaign, state])
    }
    await run(tx, `update campaign set state = 'planning' where id = $1`, [campaign])
    await members(tx)
    await run(
      tx,
      `update campaign set state = 'running', planned_at = '2021-03-08 07:00+01', cohort_size = (select count(*) from invitation where campaign_id = $1) where id = $1`,
      [campaign],
    )
  })

async function openCampaign(pool: pg.Pool): Promise<void> {
  await run(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at)
    values ('covid-19-dose-1', 'covid-19/dose-1', 'open', 1, '{"what": {"sv": "vaccination mot covid-19, <dos 1>"}}', 'anna', '2021-03-01')`,
  )
  await planned(pool, 1, async (tx) => {
    await run(
      tx,
      `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at)
      select 1, a, date '2021-03-08' + d, 0, case when d = 4 then 'remaining' else 'capacity' end, '{}', '2021-03-08 07:00+01'::timestamptz + d * interval '1 day' from unnest($1::text[]) a, generate_series(0, 4) d`,
      [areas],
    )
    await run(
      tx,
      `insert into invitation (campaign_id, person_id, purpose, state, reason, area, priority, route, language, wave_id, released_at, state_since)
      select 1, p.id, 'covid-19/dose-1', case when reason is not null then 'suppressed' when p.id % 10 < 7 then 'answered' else 'released' end, reason, w.area, p.id,
             case when p.id % 3 = 0 then 'letter' else 'digital' end, (array['sv', 'sv', 'sv', 'sv-simple', 'en', 'ar', 'sv'])[1 + p.id % 7],
             case when reason is null then w.id end, case when reason is null then w.released_at end, w.released_at
        from (select id, (array['deceased', 'protected', 'already-vaccinated', 'needs-other-route', 'needs-other-route'])[1 + id % 100] as reason from person) p
        join wave w on w.campaign_id = 1 and w.day = date '2021-03-08' + (p.id / 100 % 5)::int and w.area = ($1::text[])[1 + p.id % 3]`,
      [areas],
    )
    // As the release reckons: of each area's places, those that waves before have booked are gone.
    await run(
      tx,
      `update wave w set number = n.number, reckoning = jsonb_build_object('free', n.places - n.before * 7 / 10, 'live', n.before * 3 / 10, 'remaining', n.total - n.before)
        from (select w.id, count(i.id) as number, sum(count(i.id)) over (partition by w.area order by w.day) - count(i.id) as before, sum(count(i.id)) over (partition by w.area) as total,
                     (select sum(capacity) from slot s join clinic c on c.id = s.clinic_id where c.area = w.area) as places
                from wave w left join invitation i on i.wave_id = w.id group by w.id) n where n.id = w.id`,
    )
  })
  await run(
    pool,
    `insert into batch (name, campaign_id, created_at) values ('covid-19-dose-1-0001', 1, '2021-03-08')`,
  )
  await run(
    pool,
    `with m as (insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, state, reason, due_at, created_at, content, content_sha256, template_version, batch_id)
      select i.id, 1, i.person_id, i.purpose, 1, s.step, s.channel, i.language, 'invitation-open',
             case when s.step = 'reminder' and i.state = 'answered' then 'suppressed' when s.channel = 'sms' and i.person_id % 50 = 9 then 'failed' when s.channel = 'email' then 'delivered' else 'sent' end,
             case when s.step = 'reminder' and i.state = 'answered' then 'already-booked' when s.channel = 'sms' and i.person_id % 50 = 9 then 'unknown-subscriber' end,
             i.released_at, i.released_at, 'x', 'x', '1', case when s.channel = 'letter' then 1 end
        from invitation i join (values ('letter', 'invitation', 'letter'), ('digital', 'invitation', 'email'), ('digital', 'reminder', 'sms')) s(route, step, channel) on s.route = i.route
       where i.campaign_id = 1 and i.state <> 'suppressed' returning channel)
    update batch set state = 'sealed', letters = (select count(*) from m where channel = 'letter'), pages = (select count(*) from m where channel = 'letter'), pdf_sha256 = repeat('ab', 32), batch_sha256 = repeat('0123456789abcdef', 4), sealed_at = '2021-03-08'`,
  )
  await run(pool, `update batch set state = 'handing-over'`)
  await run(pool, `update batch set state = 'handed-over', handed_over_at = '2021-03-08 09:30+01'`)
  await book(
    pool,
    `select id, person_id, released_at + (1 + id % 4 + id % 2) * interval '21 hours' as at, case when id % 20 = 1 then 'clinic' else 'person' end as made_by, id as place from invitation where campaign_id = 1 and state = 'answered'`,
  )
  await run(
    pool,
    `insert into failed_search (invitation_id, at) select id, released_at + (1 + id % 3) * interval '1 day' from invitation where campaign_id = 1 and state = 'released' and person_id % 10 = 7`,
  )
}

async function reissue(pool: pg.Pool): Promise<void> {
  await run(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, reissue_of, spec, created_by, created_at)
    values ('covid-19-dose-1-reissue', 'covid-19/dose-1', 'timed', 1, 1, '{"what": {"sv": "vaccination mot covid-19, <dos 1>"}}', 'anna', '2021-03-15')`,
  )
  await run(
    pool,
    `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at) select 2, a, '2021-03-16', 0, 'remaining', '{}', '2021-03-16 07:00+01' from unnest($1::text[]) a`,
    [areas],
  )
  await run(
    pool,
    `update invitation set state = 'superseded' where campaign_id = 1 and id in (select invitation_id from failed_search)`,
  )
  await planned(pool, 2, (tx) =>
    run(
      tx,
      `insert into invitation (campaign_id, person_id, purpose, generation, replaces_id, state, reason, area, route, language, wave_id, released_at, state_since)
    select 2, i.person_id, i.purpose, case when i.state = 'superseded' then 2 else 1 end, case when i.state = 'superseded' then i.id end, case when i.state = 'superseded' then 'released' else 'suppressed' end,
           case i.state when 'superseded' then null when 'suppressed' then i.reason when 'answered' then 'already-booked' else 'not-concerned' end,
           i.area, 'letter', i.language, case when i.state = 'superseded' then w.id end, case when i.state = 'superseded' then w.released_at end, w.released_at
      from invitation i join wave w on w.campaign_id = 2 and w.area = i.area where i.campaign_id = 1`,
    ),
  )
  await run(
    pool,
    `update wave w set number = (select count(*) from invitation i where i.wave_id = w.id), reckoning = jsonb_build_object('free', 0, 'live', 0, 'remaining', (select count(*) from invitation i where i.wave_id = w.id)) where campaign_id = 2`,
  )
  await book(
    pool,
    `select id, person_id, '2021-03-15 12:00+01'::timestamptz as at, 'assigned' as made_by, id as place from invitation where campaign_id = 2 and state = 'released'`,
  )
}

/** Gives each invitation the next free place there is. @param who SQL: id, person_id, at, made_by, place */
async function book(pool: pg.Pool, who: string): Promise<void> {
  await rows(
    pool,
    `with place as (select s.id, row_number() over (order by s.clinic_id % 3, n, s.starts_at, s.id) as turn from slot s, generate_series(s.booked + 1, s.capacity) n),
          next as (select *, row_number() over (order by place) as turn from (${who}) w),
          made as (insert into appointment (person_id, purpose, slot_id, made_by, made_at) select n.person_id, 'covid-19/dose-1', p.id, n.made_by, n.at from next n join place p using (turn) returning id, person_id)
     update invitation i set appointment_id = m.id from made m, next n where n.person_id = m.person_id and i.id = n.id`,
  )
}
