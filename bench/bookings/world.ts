import type pg from 'pg'
import { MovableClock } from '../../src/clock.ts'
import { parseSpec } from '../../src/campaigns/spec.ts'
import { rows, run, transaction } from '../../src/db/pool.ts'
import { registered } from '../purpose.ts'

export interface World {
  clock: MovableClock
  people: number
  slots: number[]
  clinics: { id: number; hsaId: string }[]
}

const purpose = 'covid-19/dose-1'
export const firstDay = '2021-06-01'
export const daysOfSlots = 20
/** More than anybody sends in a play: a step is never refused because its day has passed. */
const start = new Date('2021-03-08T07:00:00+01:00')

/**
 * Four clinics with four slots a day for twenty days, ten places each, and people who have all been invited: half of
 * them openly, half to a fixed time. Everything else happens through the product's own actions.
 */
export async function makeWorld(pool: pg.Pool, people: number): Promise<World> {
  const spec = parseSpec({
    name: 'open',
    purpose,
    way: 'open',
    cohort: { name: 'all', rule: {} },
    what: { sv: 'vaccination' },
    postDays: 3,
    channels: [
      {
        route: 'post',
        needs: ['address'],
        steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
      },
    ],
    signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
  })
  await registered(pool, spec)
  await transaction(pool, async (tx) => {
    await run(
      tx,
      `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, central)
      select 'SE2321000180-' || n, 'Mottagning ' || n, '2080', 'falun', 'Gatan 1', '79131', 'Falun',
             '+46846500401', n = 4
        from generate_series(1, 4) n`,
    )
    await run(
      tx,
      `create table short_when_said as
         select id as clinic_id, 0 as people, 0 as worst -- by how many more than were said
           from clinic`,
    )
    await run(
      tx,
      `insert into slot (clinic_id, starts_at, capacity, overbooking)
      select c.id, $1::timestamptz + d * interval '1 day' + t * interval '10 minutes', 10, t % 2
        from clinic c, generate_series(0, $2 - 1) d, generate_series(0, 3) t`,
      [`${firstDay}T08:00:00+02:00`, daysOfSlots],
    )
    await run(
      tx,
      `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, registered_address, household, needs)
      select '1944' || lpad(n::text, 8, '0'), 'personnummer', date '1944-01-01', 'A', 'B',
             '{"street": "Gatan 1", "postcode": "79131", "town": "Falun"}',
             case when n % 3 > 0 then 'h' || n / 3 end, case when n % 11 = 0 then array['anaphylaxis'] else '{}' end from generate_series(1, $1) n`,
      [people],
    )
    await run(
      tx,
      `insert into cohort (name, version, rule, created_at) values ('all', 1, '{}', $1)`,
      [start],
    )
    for (const [id, name, way, remainder] of [
      [1, 'open', 'open', 0],
      [2, 'fixed', 'timed', 1],
    ] as const) {
      const template = way === 'open' ? 'invitation-open' : 'invitation-timed'
      const own = {
        ...spec,
        name,
        way,
        channels: spec.channels.map((line) => ({
          ...line,
          steps: line.steps.map((step) => ({ ...step, template })),
        })),
      }
      await run(
        tx,
        `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at)
         values ($1, $2, $3, 1, $4, 'bench', $5)`,
        [name, purpose, way, own, start],
      )
      await run(
        tx,
        `insert into campaign_approval select $1, a, $2 from unnest(array['anna', 'bertil']) a`,
        [id, start],
      )
      for (const state of ['approved', 'planning'])
        await run(tx, 'update campaign set state = $2 where id = $1', [id, state])
      await run(
        tx,
        `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at)
         values ($1, 'falun', '2021-03-08', 0, 'remaining', '{}', $2)`,
        [id, start],
      )
      const members = await run(
        tx,
        `insert into invitation (campaign_id, person_id, purpose, state, reason, area, priority, route, language, wave_id, released_at, state_since)
        select $1, id, $2, case when $3 = 'open' then 'released' else 'waiting' end,
               case when $3 = 'timed' then 'no-free-time' end, 'falun', id % 7, 'post', 'sv',
               case when $3 = 'open' then $1::bigint end, $4, $4
          from person where id % 2 = $5`,
        [id, purpose, way, start, remainder],
      )
      await run(
        tx,
        `update campaign set state = 'running', cohort_size = $2, planned_at = $3 where id = $1`,
        [id, members, start],
      )
    }
  })
  return {
    clock: new MovableClock(start),
    people,
    slots: (await rows<{ id: number }>(pool, 'select id from slot order by id')).map((s) => s.id),
    clinics: await rows(pool, 'select id, hsa_id as "hsaId" from clinic order by id'),
  }
}

/**
 * Each broken promise with how often it is broken; empty when all hold. `invited`: how many people there are to lose.
 */
export async function violations(pool: pg.Pool, invited: number): Promise<Record<string, number>> {
  const found = await rows<{ broken: string; n: number }>(
    pool,
    `with live as (select * from invitation where state in ('planned', 'released', 'answered', 'declined')),
          current as (select person_id, count(*) as n from invitation where state <> 'superseded' group by 1),
          booked as (select * from appointment where state = 'booked')
     select 'person with two times' as broken, count(*)::int as n
       from (select from booked group by person_id, purpose having count(*) > 1) x
     union all
     select 'slot whose count is wrong', count(*)::int
       from slot s
       left join (select slot_id, count(*) as n from appointment where state in ('booked', 'attended', 'no-show') group by 1) a on a.slot_id = s.id
      where s.booked <> coalesce(a.n, 0)
     union all
     select 'slot above what it holds and what a cut has left', count(*)::int
       from slot
      where booked > capacity + overbooking + overbooked
     union all
     select 'span of days with more people than doses and what a cut has left', count(*)::int
       from dose_span
      where taken > doses + short
     union all
     select 'clinic with more people without a dose than the deliveries took from', count(*)::int
       from (select clinic_id, max(taken - doses) as people from dose_span group by clinic_id) d
       left join short_when_said w using (clinic_id)
      where greatest(greatest(0, d.people) - w.people, w.worst) > 0
     union all
     select 'span of days whose count is wrong', count(*)::int
       from dose_span d
      where taken <> (select coalesce(sum(s.booked), 0)
                        from slot s
                       where s.clinic_id = d.clinic_id
                         and s.starts_at >= d.starts_at
                         and s.starts_at < d.ends_at)
     union all
     select 'span of days that says more are short than are', count(*)::int
       from dose_span
      where short > greatest(0, taken - doses)
     union all
     select 'slot that says more are too many than are', count(*)::int
       from slot
      where overbooked <> greatest(0, booked - capacity - overbooking)
     union all
     select 'person in no state or in two', count(*)::int
       from person p
       left join current c on c.person_id = p.id
      where coalesce(c.n, 0) <> 1
     union all select 'person lost', abs($1 - (select count(distinct person_id)::int from invitation))
     union all
     select 'invitation that follows none', count(*)::int
       from invitation i
       left join invitation o on o.id = i.replaces_id
      where i.generation > 1
        and (o.state <> 'superseded' or o.person_id <> i.person_id or o.generation <> i.generation - 1)
     union all
     select 'superseded invitation that nothing replaced', count(*)::int
       from invitation i
      where state = 'superseded'
        and not exists (select from invitation n where n.replaces_id = i.id)
     union all
     select 'time that no invitation holds', count(*)::int
       from booked b
       left join live i on i.appointment_id = b.id
      where i.id is null
     union all
     select 'invitation that holds a time that has ended, or another''s', count(*)::int
       from live i
       join appointment a on a.id = i.appointment_id
      where a.state <> 'booked' or a.person_id <> i.person_id or a.purpose <> i.purpose
     union all
     select 'answered or planned without a time', count(*)::int
       from live i
       join campaign k on k.id = i.campaign_id
      where appointment_id is null
        and (i.state = 'answered' or (i.state = 'planned' and k.way = 'timed'))
     union all
     select 'anaphylaxis at a central reception', count(*)::int
       from booked b
       join person p on p.id = b.person_id
       join slot s on s.id = b.slot_id
       join clinic c on c.id = s.clinic_id
      where c.central
        and 'anaphylaxis' = any(p.needs)
     union all
     select 'campaign whose funnel does not add up', count(*)::int
       from campaign c
      where cohort_size <> (select count(*) from invitation i where i.campaign_id = c.id)`,
    [invited],
  )
  return Object.fromEntries(found.filter((f) => f.n > 0).map((f) => [f.broken, f.n]))
}
