import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { assignTimes } from '../../src/allocation/assign.ts'
import { campaignNamed } from '../../src/campaigns/store.ts'
import { parseSpec } from '../../src/campaigns/spec.ts'
import { addSupply } from '../../src/clinics/supply-store.ts'
import { MovableClock } from '../../src/clock.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, row, run, transaction } from '../../src/db/pool.ts'
import { todaysLine } from '../../src/release/wave.ts'
import { registered } from '../purpose.ts'
import { postgresSeconds } from '../support/postgres-time.ts'
import { report, type Figure } from '../support/report.ts'

const help = `What doses cost where many times are given at once: fixed times for everybody, and the day's reckoning of a wave over
300 areas, at clinics that doses limit beside the same clinics limited by places alone. In turns, the best of each.

  node bench/doses/main.ts [--people 200000] [--clinics 200] [--rounds 2] [--json]
`
const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '200000' },
    clinics: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const now = new Date('2021-03-08T07:00:00+01:00')
const clock = new MovableClock(now)
const days = 35 // of which 25 are working days
const aim = 1.2

/** Clinics with 42 places a working day; people wait for a fixed time in each area as there are places. */
async function makeRegion(pool: pg.Pool, clinics: number, areas: number, people: number) {
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, latitude, longitude)
     select 'SE2321000180-' || n, 'Mottagning ' || n, '2080', 'area-' || n % $2::int, 'Gatan 1', '79131', 'Falun',
            '+46846500401', 60 + n % 97 * .01, 14 + n % 89 * .02
       from generate_series(1, $1::int) n`,
    [clinics, areas],
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity)
     select c.id, timestamptz '2021-03-15 08:00+01' + d * interval '1 day' + t * interval '10 minutes', 3
       from clinic c, generate_series(0, $1::int - 1) d, generate_series(0, 13) t
      where extract(isodow from date '2021-03-15' + d) < 6`,
    [days],
  )
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, municipality,
            listed_clinic, household, registered_address)
     select '1944' || lpad(n::text, 8, '0'), 'personnummer', date '1944-01-01', 'A', 'B', '2080',
            'SE2321000180-' || 1 + n % $2::int, case when n % 3 = 0 then 'h' || n / 6 end,
            '{"street": "Gatan 1", "postcode": "79131", "town": "Falun"}'
       from generate_series(1, $1::int) n`,
    [people, clinics],
  )
  await run(
    pool,
    `insert into cohort (name, version, rule, created_at) values ('all', 1, '{}', $1)`,
    [now],
  )
}

async function makeCampaign(pool: pg.Pool, way: 'open' | 'timed', areas: number): Promise<number> {
  const spec = await registered(
    pool,
    parseSpec({
      name: way,
      purpose: `covid-19/${way}`,
      way,
      cohort: { name: 'all', rule: {} },
      what: { sv: 'vaccination' },
      leastNotice: 0,
      channels: [
        {
          route: 'post',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template: `invitation-${way}` }],
        },
      ],
      signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
    }),
  )
  const { id } = (await row<{ id: number }>(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at)
     values ($1, $2, $1, 1, $3, 'bench', $4)
     returning id`,
    [way, spec.purpose, spec, now],
  ))!
  await run(
    pool,
    `insert into campaign_approval select $1, a, $2 from unnest(array['anna', 'bertil']) a`,
    [id, now],
  )
  for (const state of ['approved', 'planning'])
    await run(pool, 'update campaign set state = $2 where id = $1', [id, state])
  const members = await run(
    pool,
    `insert into invitation (campaign_id, person_id, purpose, state, reason, area, priority, route, language, state_since)
     select $1, p.id, $2, case $3 when 'open' then 'planned' else 'waiting' end,
            case $3 when 'timed' then 'no-free-time' end, 'area-' || (1 + p.id % $5::int) % $6::int, p.id % 7, 'post', 'sv', $4
       from person p`,
    [id, spec.purpose, way, now, Number(values.clinics), areas],
  )
  await run(
    pool,
    `update campaign set state = 'running', cohort_size = $2, planned_at = $3 where id = $1`,
    [id, members, now],
  )
  return id
}

/** A delivery a week to each clinic, half as many again as there are places. */
const deliver = (pool: pg.Pool, clinics: number) =>
  transaction(pool, (tx) =>
    addSupply(
      tx,
      Array.from({ length: clinics }, (_, c) =>
        Array.from({ length: days / 7 }, (_, week) => ({
          hsaId: `SE2321000180-${c + 1}`,
          day: new Date(Date.UTC(2021, 2, 15 + week * 7)).toISOString().slice(0, 10),
          vials: 63,
          doses: { min: 5, expected: 6, max: 6 },
          state: 'confirmed' as const,
          publishedOn: null,
          useBy: null,
          note: '',
        })),
      ).flat(),
      now,
    ),
  )
const noDoses = (pool: pg.Pool) => run(pool, 'truncate dose_span, clinic_doses, supply, dose_event')

async function giveBack(pool: pg.Pool, campaign: number) {
  await run(
    pool,
    `update invitation set state = 'waiting', reason = 'no-free-time', appointment_id = null where campaign_id = $1 and state = 'planned'`,
    [campaign],
  )
  await run(pool, 'delete from appointment')
  await run(pool, 'vacuum analyze invitation, slot, appointment')
}

interface Time {
  wall: number
  cpu: number
}

async function compare(
  folder: string,
  pool: pg.Pool,
  clinics: number,
  work: () => Promise<unknown>,
  after: () => Promise<unknown>,
): Promise<{ places: Time; doses: Time }> {
  const best: { places?: Time; doses?: Time } = {}
  for (let round = 0; round < Number(values.rounds); round++)
    for (const kind of ['places', 'doses'] as const) {
      if (kind === 'doses') await deliver(pool, clinics)
      const cpu = async () => (await postgresSeconds(folder)) + process.cpuUsage().user / 1e6
      const [before, start] = [await cpu(), performance.now()]
      await work()
      const time = { wall: (performance.now() - start) / 1000, cpu: (await cpu()) - before }
      if (!best[kind] || time.cpu < best[kind].cpu) best[kind] = time
      await after()
      await noDoses(pool)
    }
  return best as { places: Time; doses: Time }
}

async function measured<T>(work: (pool: pg.Pool, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const pool = openPool(server.url)
  try {
    await migrate(pool)
    return await work(pool, folder)
  } finally {
    await pool.end()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const figure = (work: string, { places, doses }: { places: Time; doses: Time }): Figure => {
  const shown = ({ wall, cpu }: Time) => `${wall.toFixed(2)} s (processor ${cpu.toFixed(2)})`
  const times = doses.cpu / places.cpu
  return {
    work,
    yardstick: `limited by places alone ${shown(places)}`,
    now: `${shown(doses)}: processor ${times.toFixed(2)} ×`,
    aim: `≤ ${aim} ×`,
    met: times <= aim,
    ratio: 1 / times,
  }
}

const fixedTimes = (people: number, clinics: number) =>
  measured(async (pool, folder) => {
    await makeRegion(pool, clinics, 40, people)
    const campaign = await makeCampaign(pool, 'timed', 40)
    await run(pool, 'vacuum analyze')
    const found = await compare(
      folder,
      pool,
      clinics,
      () => assignTimes({ pool, clock }, campaign),
      () => giveBack(pool, campaign),
    )
    return figure(`fixed times for ${people} people at ${clinics} clinics`, found)
  })

const wave = () =>
  measured(async (pool, folder) => {
    const areas = 300
    await makeRegion(pool, areas, areas, areas * 100)
    await makeCampaign(pool, 'open', areas)
    await run(pool, 'vacuum analyze')
    const campaign = await campaignNamed(pool, 'open')
    const found = await compare(
      folder,
      pool,
      areas,
      async () => {
        for (let i = 0; i < 10; i++)
          await todaysLine(pool, campaign, '2021-03-08', now, undefined, undefined)
      },
      () => Promise.resolve(),
    )
    return figure(`what a wave over ${areas} areas is told, ten times`, found)
  })

if (values.help) process.stdout.write(help)
else
  await report('doses', values.json, async () => [
    await fixedTimes(Number(values.people), Number(values.clinics)),
    await wave(),
  ])
