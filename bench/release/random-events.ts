/**
 * Random days against the real store: people book, cancel and search in vain, clinics cut and publish, several
 * workers release at once. After each release the database is asked, by SQL of its own, whether more letters are out
 * than the hard bound lets.
 *
 *   node bench/release/random-events.ts --events 1000000 --seed 1
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import {
  approveCampaign,
  createCampaign,
  resumeCampaign,
  startCampaign,
} from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { MovableClock } from '../../src/clock.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { sealInBench } from '../sealing.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, row, rows, run } from '../../src/db/pool.ts'
import { openJobs, type Jobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { policies } from '../../src/release/model/policy.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { random as randomFrom } from './random.ts'
import { registered } from '../purpose.ts'

const areas = ['norr', 'soder', 'vast']
const policy = policies.steady

export interface Played {
  events: number
  releases: number
  released: number
  /** each a sentence; empty when all held */
  violations: string[]
}

/** @param pool an empty, migrated database */
export async function playRandom(
  pool: pg.Pool,
  jobs: Jobs,
  { events, seed }: { events: number; seed: number },
): Promise<Played> {
  const next = randomFrom(seed)
  const below = (n: number) => Math.floor(next() * n)
  const clock = new MovableClock(new Date('2021-03-08T07:00:00+01:00'))
  const played: Played = { events: 0, releases: 0, released: 0, violations: [] }
  await makeRegion(pool, 5000)
  const deps = { pool, clock, jobs }
  let campaign = 0
  for (let round = 0; played.events < events; round++) {
    if (round % 15 === 0) campaign = await begin(deps, round / 15)
    await release(deps, campaign, played)
    clock.moveTo(new Date(clock.now().getTime() + 9 * 3_600_000))
    for (let turn = below(6); turn >= 0; turn--) played.events += await happen(pool, clock, below)
    clock.moveTo(new Date(clock.now().getTime() + 15 * 3_600_000))
  }
  return played
}

async function makeRegion(pool: pg.Pool, people: number): Promise<void> {
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, registered_address, municipality)
    select lpad(n::text, 12, '0'), 'personnummer', '1944-01-01', 'A', 'B',
           '{"street": "Gatan 1", "postcode": "79131", "town": "Falun"}', '208' || n % 3
      from generate_series(1, $1::int) n`,
    [people],
  )
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
    select 'SE2321000180-' || n, 'K', '208' || n % 3, ($1::text[])[n % 3 + 1], 'G', '79131', 'F', '+46846500400'
      from generate_series(0, 5) n`,
    [areas],
  )
}

const textGate = () => Promise.resolve({}) // nobody reads these letters

async function begin(
  given: { pool: pg.Pool; clock: MovableClock; jobs: Jobs },
  n: number,
): Promise<number> {
  const deps = { ...given, textGate }
  const { id, name } = await createCampaign(
    deps,
    await registered(given.pool, {
      name: `random-${n}`,
      purpose: `random/${n}`,
      way: 'open',
      cohort: { name: 'all', rule: { born: { from: 1944, to: 1944 } } },
      what: { sv: 'vaccination' },
      channels: [
        {
          route: 'letter',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
        },
      ],
      signer: { name: 'Namn', role: 'roll' },
    }),
    'anna',
  )
  await approveCampaign(deps, name, 'anna')
  await approveCampaign(deps, name, 'bertil')
  await startCampaign(deps, name, 'anna')
  await planCampaign(deps, id)
  return id
}

/** Three workers release at once; whatever they do is laid against the bound. */
async function release(
  deps: { pool: pg.Pool; clock: MovableClock; jobs: Jobs },
  campaign: number,
  played: Played,
): Promise<void> {
  const { pool, clock } = deps
  const state = await row<{ name: string; state: string }>(
    pool,
    'select name, state from campaign where id = $1',
    [campaign],
  )
  if (state?.state === 'paused') await resumeCampaign({ ...deps, textGate }, state.name, 'anna')
  const released = await Promise.all([1, 2, 3].map(() => releaseWave(deps, campaign)))
  played.releases++
  played.released += released.reduce((sum, n) => sum + n, 0)
  played.events += released.reduce((sum, n) => sum + n, 0)
  const bad = await rows<{
    area: string
    live: number
    places: number
    number: number
    invited: number
  }>(
    pool,
    `select w.area, w.number, (select count(*)::int from invitation i where i.wave_id = w.id) as invited,
            (select count(*)::int from invitation i where i.campaign_id = $1 and i.area = w.area and i.state = 'released' and i.released_at > $2::timestamptz - make_interval(days => $3)
                and not exists (select from appointment a where a.person_id = i.person_id and a.purpose = i.purpose)) as live, -- a letter answered once is no longer out,
            (select coalesce(sum(greatest(0, s.capacity - s.booked)), 0)::int from slot s join clinic c on c.id = s.clinic_id where c.area = w.area and s.starts_at > $2) as places
       from wave w where w.campaign_id = $1 and w.released_at = $2`,
    [campaign, clock.now(), policy.liveDays],
  )
  // They may share a wave, chunk by chunk; together they release it once.
  const [byWorkers, byWaves] = [released, bad.map(({ number }) => number)].map((numbers) =>
    numbers.reduce((sum, n) => sum + n, 0),
  )
  if (byWorkers !== byWaves)
    played.violations.push(
      `round ${played.releases}: the workers released ${byWorkers}, the waves are ${byWaves}`,
    )
  for (const { area, live, places, number, invited } of bad) {
    if (number !== invited)
      played.violations.push(
        `round ${played.releases}, ${area}: the wave says ${number} and ${invited} were released`,
      )
    if (number > 0 && live > policy.hardFactor * places)
      played.violations.push(
        `round ${played.releases}, ${area}: ${live} letters out against ${places} places`,
      )
  }
}

/** Something that happens to many at once. @returns to how many */
async function happen(
  pool: pg.Pool,
  clock: MovableClock,
  below: (n: number) => number,
): Promise<number> {
  const now = clock.now()
  const many = 1 + below(4000)
  switch (below(10)) {
    case 0: // a clinic publishes a day
      return run(
        pool,
        `insert into slot (clinic_id, starts_at, capacity)
         select $1, date_trunc('day', $2::timestamptz) + make_interval(days => $3, hours => h), $4
           from generate_series(8, 15) h
         on conflict do nothing`,
        [1 + below(6), now, 2 + below(14), 20 + below(300)],
      )
    case 1: // and cuts
      return run(
        pool,
        `update slot
            set capacity = greatest(booked - overbooked, 0) + (capacity - booked) / 2
          where clinic_id = $1
            and starts_at > $2
            and capacity > booked`,
        [1 + below(6), now],
      )
    case 2: // some search in vain
      return run(
        pool,
        `insert into failed_search (invitation_id, at)
         select id, $1
           from invitation
          where state = 'released'
          order by md5(id::text || $2)
          limit $3
         on conflict do nothing`,
        [now, String(many), Math.ceil(many / 20)],
      )
    case 3: // some cancel, and their letters count again
      return run(
        pool,
        `with gone as (update appointment set state = 'cancelled', ended_at = $1 where id in (select id from appointment where state = 'booked' order by md5(id::text || $2) limit $3) returning id)
        update invitation i
           set state = 'released', appointment_id = null, state_since = $1
          from gone
         where i.appointment_id = gone.id
           and i.state = 'answered'`,
        [now, String(many), Math.ceil(many / 10)],
      )
    case 4: // some say no
      return run(
        pool,
        `update invitation
            set state = 'declined', state_since = $1
          where id in (select id from invitation where state = 'released' order by md5(id::text || $2) limit $3)`,
        [now, String(many), Math.ceil(many / 10)],
      )
    default: // most book
      return run(
        pool,
        `with place as (select s.id, c.area, row_number() over (partition by c.area order by s.starts_at, s.id, k) as n
          from slot s join clinic c on c.id = s.clinic_id, generate_series(1, s.capacity - s.booked) k where s.starts_at > $1 and s.booked < s.capacity),
        who as (select id, person_id, purpose, area, row_number() over (partition by area order by md5(id::text || $2)) as n from invitation where state = 'released'),
        made as (insert into appointment (person_id, purpose, slot_id, made_by, made_at) select who.person_id, who.purpose, place.id, 'person', $1 from who join place using (area, n) where who.n <= $3 returning id, person_id, purpose)
        update invitation i
           set state = 'answered', appointment_id = made.id, state_since = $1
          from made
         where i.person_id = made.person_id
           and i.purpose = made.purpose
           and i.state = 'released'`,
        [now, String(many), many],
      )
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-random-'))
  const server = await startEmbedded(folder, {
    settings: { fsync: 'off', synchronous_commit: 'off' },
  })
  const pool = openPool(server.url)
  sealInBench()
  await migrate(pool)
  const jobs = await openJobs(pool, openLog('error'))
  const started = performance.now()
  const played = await playRandom(pool, jobs, {
    events: Number(values.events),
    seed: Number(values.seed),
  })
  const seconds = (performance.now() - started) / 1000
  console.log(
    `${played.events} events, ${played.releases} days, ${played.released} invitations released, ${played.violations.length} violations, ${Math.round(played.events / seconds)} events/s`,
  )
  for (const violation of played.violations) console.log(`  ${violation}`)
  await jobs.close()
  await pool.end()
  await server.close()
  await rm(folder, { recursive: true, force: true })
  process.exitCode = played.violations.length ? 1 : 0
}
