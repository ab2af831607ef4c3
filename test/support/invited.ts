import type pg from 'pg'
import { rows, run } from '../../src/db/pool.ts'

/**
 * Two clinics with a slot a time of the given capacity, and `people` persons with a released open invitation each;
 * code i is `C<i>`.
 */
export async function invite(
  pool: pg.Pool,
  people: number,
  capacities: number[],
  state = 'released',
): Promise<{ slots: number[] }> {
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, central) values
    ('SE2321000180-1', 'Älvmottagningen', '2080', 'falun', 'Gatan 1', '79131', 'Falun', '+46231234567', false),
    ('SE2321000180-2', 'Centralmottagningen', '2080', 'falun', 'Gatan 2', '79131', 'Falun', '+46231234567', true)`,
  )
  const slots = await rows<{ id: number }>(
    pool,
    `insert into slot (clinic_id, starts_at, capacity)
    select 1, '2021-03-15 08:00+01'::timestamptz + n * interval '5 minutes', c from unnest($1::int[]) with ordinality x (c, n) returning id`,
    [capacities],
  )
  await run(
    pool,
    `insert into person (identity_number, identity_kind, given_name, family_name)
    select '1944' || lpad(n::text, 8, '0'), 'personnummer', 'A', 'B' from generate_series(1, $1) n`,
    [people],
  )
  await run(
    pool,
    `insert into cohort (name, version, rule, created_at) values ('c', 1, '{}', now())`,
  )
  await run(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at) values ('c', 'covid-19/dose-1', 'open', 1, '{}', 'x', now())`,
  )
  await run(
    pool,
    `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at) values (1, 'falun', '2021-03-10', $1, 'x', '{}', now())`,
    [people],
  )
  await run(
    pool,
    `insert into invitation (campaign_id, person_id, purpose, state, area, route, language, code, wave_id, state_since)
    select 1, id, 'covid-19/dose-1', $1, 'falun', 'letter', 'sv', 'C' || id, case when $1 <> 'planned' then 1 end, now() from person order by id`,
    [state],
  )
  return { slots: slots.map((s) => s.id) }
}
