import type pg from 'pg'
import { run } from '../../src/db/pool.ts'

/** One of so many people is linked to the one before. */
const linked = 1000

/**
 * A region as it is in the middle of a campaign: each person has an invitation; most are released and have been
 * written to, a part has booked, and a part of the messages waits. Written past the triggers, a statement a table.
 * Run it twice for rows that the planner's statistics know and rows that they don't.
 * @param from,to numbers of the people
 */
export async function addPeople(pool: pg.Pool, from: number, to: number): Promise<void> {
  const client = await pool.connect()
  try {
    await run(client, `set session_replication_role = 'replica'`)
    for (const sql of statements) await run(client, sql, [from, to])
    await run(client, `set session_replication_role = 'origin'`)
  } finally {
    client.release()
  }
}

/** Clinics, times and the campaigns: `open` (id 1) and `timed` (2) run, `done` (3) is finished. */
export async function addCampaigns(pool: pg.Pool): Promise<void> {
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
     select 'SE2321000180-' || n, 'Mottagning ' || n, '2080', 'område ' || n % 5, 'Gatan 1', '79131', 'Falun',
            '+46231234567'
       from generate_series(1, 20) n`,
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity)
     select c, '2021-03-15 08:00+01'::timestamptz + d * interval '1 day' + t * interval '15 minutes', 20
       from generate_series(1, 20) c, generate_series(0, 29) d, generate_series(0, 35) t`,
  )
  await run(
    pool,
    `insert into cohort (name, version, rule, created_at) values ('all', 1, '{}', '2021-03-01')`,
  )
  await run(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at, state, cohort_size)
     select name, purpose, way, 1,
            jsonb_build_object(
              'expiresAfter', 21,
              'reminders', '[{"before": "P2D", "channel": "sms", "template": "x"}]'::jsonb,
              'channels', '[
                {"route": "digital", "needs": ["email"], "steps": [{"step": "invitation", "channel": "email"}]},
                {"route": "post", "needs": ["address"], "steps": [{"step": "invitation", "channel": "letter"}]}
              ]'::jsonb),
            'anna', '2021-03-01', state, 0
       from (values ('open', 'covid-19/dose-1', 'open', 'running'),
                    ('timed', 'covid-19/dose-2', 'timed', 'running'),
                    ('done', 'influenza', 'open', 'finished')) c (name, purpose, way, state)`,
  )
  await run(
    pool,
    `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at)
     select 1, 'område ' || n % 5, date '2021-03-08' + n / 5, 1000, 'places', '{}',
            '2021-03-08 07:00+01'::timestamptz + n / 5 * interval '1 day'
       from generate_series(0, 24) n`,
  )
}

// $1 and $2: numbers of the first and the last person
const statements = [
  `insert into person (identity_number, identity_kind, same_as, birth_date, given_name, family_name,
          registered_address, municipality, phone, email, household)
   select to_char(n, 'FM00000000') || '2380', 'personnummer',
          case when n % ${linked} = 0 then n - 1 end,
          date '1920-01-01' + n % 25000, 'Namn', 'Exempel',
          '{"street": "Gatan 1", "postcode": "79131", "town": "Falun"}', '2080',
          '+46701' || to_char(n, 'FM000000'), case when n % 3 > 0 then 'p' || n || '@example.se' end, 'h' || n / 2
     from generate_series($1::int, $2) n`,
  // a tenth has booked, half is out, the others wait for a wave
  `insert into appointment (person_id, purpose, slot_id, made_by, made_at)
   select id, 'covid-19/dose-1', 1 + id % 21600, 'person', '2021-03-09'
     from person
    where id between $1 and $2
      and id % 10 = 0
      and same_as is null`,
  `insert into invitation (campaign_id, person_id, purpose, state, area, route, language, priority, code, wave_id,
          released_at, state_since, appointment_id)
   select 1, p.id, 'covid-19/dose-1',
          case when a.id is not null then 'answered' when p.id % 10 < 6 then 'released' else 'planned' end,
          'område ' || p.id % 5, case when p.email is null then 'post' else 'digital' end, 'sv', p.id, 'A' || p.id,
          case when p.id % 10 < 6 then 1 + p.id % 25 end,
          case when p.id % 10 < 6 then '2021-03-08 07:00+01'::timestamptz + p.id % 5 * interval '1 day' end,
          '2021-03-08', a.id
     from person p
     left join appointment a on a.person_id = p.id
    where p.id between $1 and $2
      and p.same_as is null`,
  // of each channel a twentieth waits, some are being sent, some are in doubt
  `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template,
          state, due_at, created_at, content, content_sha256, template_version, recipient, check_code,
          sending_since, worker, sent_at, answer_code)
   select i.id, 1, i.person_id, i.purpose, 1, s.step, s.channel, 'sv', 'invitation-open',
          w.state, i.released_at, i.released_at,
          case when w.state <> 'queued' then 'x'::bytea end,
          case when w.state <> 'queued' then 'x' end,
          case when w.state <> 'queued' then '1' end,
          case when s.channel = 'letter' then null when s.channel = 'sms' then p.phone else p.email end,
          substr(s.channel, 1, 1) || i.id,
          case when w.state <> 'queued' then i.released_at end,
          case when w.state <> 'queued' then 'w' end,
          case when w.state = 'sent' then i.released_at + interval '1 hour' end,
          null
     from invitation i
     join person p on p.id = i.person_id
     join (values ('post', 'invitation', 'letter'), ('digital', 'invitation', 'email'),
                  ('digital', 'reminder', 'sms')) s (route, step, channel) on s.route = i.route
    cross join lateral (
          select case when i.id % 20 = 1 then 'queued'
                      when i.id % 5000 = 2 and s.channel <> 'letter' then 'sending'
                      when i.id % 5000 = 3 and s.channel <> 'letter' then 'in-doubt'
                      else 'sent' end as state) w
    where i.person_id between $1 and $2
      and i.released_at is not null`,
  `insert into outgoing (message_id, state, channel, campaign_id, priority, due_at, leave_by)
   select id, state, channel, campaign_id, priority, due_at, coalesce(leave_by, due_at)
     from message
    where person_id between $1 and $2
      and (state = 'queued' or (channel <> 'letter' and state in ('sending', 'in-doubt')))`,
  `insert into failed_search (invitation_id, at)
   select id, '2021-03-10'
     from invitation
    where person_id between $1 and $2
      and person_id % 100 = 1
      and state = 'released'`,
]
