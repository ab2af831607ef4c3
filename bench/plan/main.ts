import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { systemClock } from '../../src/clock.ts'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, run } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { postgresSeconds } from '../support/postgres-time.ts'
import { report, type Figure } from '../support/report.ts'
import { registered } from '../purpose.ts'

const help = `Plans a campaign for everybody, beside INSERT … SELECT of the very same invitations into an empty table: with the
indexes and checks of invitation, and with its foreign keys too. In turns, the best of each.

  node bench/plan/main.ts [--people 100000,800000] [--rounds 3] [--json]
`
const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '100000,800000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** Invented people: 7 in 10 have a mobile, 4 in 10 an e-mail, all but one in fifty an address. */
const makePeople = (pool: pg.Pool, count: number): Promise<number> =>
  run(
    pool,
    `insert into person (
            identity_number, identity_kind, birth_date, given_name, family_name, municipality,
            listed_clinic, phone, email, registered_address)
     select to_char(born, 'YYYYMMDD') || lpad((n % 10000)::text, 4, '0'), 'personnummer', born,
            'Namn' || n % 997, 'Efternamn' || n % 4999, '2080', 'SE2321000180-PROV',
            case when n % 10 < 7 then '+4670174' || lpad((605 + n % 95)::text, 4, '0') end,
            case when n % 5 < 2 then 'person' || n || '@post.example' end,
            case when n % 50 > 0 then jsonb_build_object(
              'street', 'Provgatan ' || n % 97, 'postcode', '79131', 'town', 'Falun') end
       from generate_series(1, $1::int) n, lateral (select date '1930-01-01' + n / 100 as born) d`,
    [count],
  )

async function makeCampaign(pool: pg.Pool, name: string): Promise<number> {
  const jobs = await openJobs(pool, openLog('error'))
  const by = { pool, clock: systemClock, jobs, textGate: () => Promise.resolve({}) } // nobody reads these messages
  await createCampaign(
    by,
    await registered(pool, {
      name,
      purpose: `covid-19/${name}`,
      way: 'open',
      cohort: { name: 'all', rule: { born: { from: 1900 } } },
      what: { sv: 'vaccination mot covid-19' },
      languages: ['sv'],
      release: { policy: 'eager' },
      channels: [
        {
          route: 'mail',
          needs: ['email'],
          steps: [{ step: 'invitation', channel: 'email', template: 'invitation-open' }],
        },
        {
          route: 'letter',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
        },
      ],
      signer: { name: 'Karin Exempel', role: 'säkerhetschef' },
    }),
    'anna',
  )
  for (const person of ['anna', 'bertil']) await approveCampaign(by, name, person)
  const { id } = await startCampaign(by, name, 'anna')
  await jobs.close()
  return id
}

/** Seconds, and seconds of PostgreSQL's processor time: what else the machine does lengthens only the former. */
interface Time {
  wall: number
  cpu: number
}
type Timed = (work: () => Promise<unknown>) => Promise<Time>

const least = (times: Time[]): Time => ({
  wall: Math.min(...times.map((t) => t.wall)),
  cpu: Math.min(...times.map((t) => t.cpu)),
})

const columns = `campaign_id, purpose, person_id, generation, replaces_id, state, reason, area, priority, route,
  language, code, appointment_id, state_since`

/** Puts the campaign's invitations into a table like invitation. */
async function insertSelect(
  pool: pg.Pool,
  campaign: number,
  keys: boolean,
  timed: Timed,
): Promise<Time> {
  await run(pool, `create table given as select * from invitation where campaign_id = ${campaign}`)
  await run(pool, 'create table made (like invitation including all)')
  if (keys)
    for (const [column, table] of [
      ['campaign_id', 'campaign'],
      ['person_id', 'person'],
      ['replaces_id', 'made'],
      ['appointment_id', 'appointment'],
      ['wave_id', 'wave'],
    ])
      await run(pool, `alter table made add foreign key (${column}) references ${table}`)
  const time = await timed(() =>
    run(pool, `insert into made (${columns}) select ${columns} from given`),
  )
  await run(pool, 'drop table given, made')
  return time
}

async function measureSize(people: number, rounds: number): Promise<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const pool = openPool(server.url)
  const times: Record<'plan' | 'indexed' | 'keyed', Time[]> = { plan: [], indexed: [], keyed: [] }
  const timed: Timed = async (work) => {
    const [cpu, start] = [await postgresSeconds(folder), performance.now()]
    await work()
    const wall = (performance.now() - start) / 1000
    return { wall, cpu: (await postgresSeconds(folder)) - cpu }
  }
  try {
    await migrate(pool)
    await run(
      pool,
      `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
       values ('SE2321000180-PROV', 'Provkliniken', '2080', 'falun', 'Provgatan 2', '79131', 'Falun', '+46701740606')`,
    )
    await makePeople(pool, people)
    await run(pool, 'vacuum analyze person')
    for (let round = 1; round <= rounds; round++) {
      const campaign = await makeCampaign(pool, `round-${round}`)
      times.plan.push(await timed(() => planCampaign({ pool, clock: systemClock }, campaign, true)))
      times.indexed.push(await insertSelect(pool, campaign, false, timed))
      times.keyed.push(await insertSelect(pool, campaign, true, timed))
    }
  } finally {
    await pool.end()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
  const [plan, indexed, keyed] = [least(times.plan), least(times.indexed), least(times.keyed)]
  const shown = ({ wall, cpu }: Time) => `${wall.toFixed(1)} s (processor ${cpu.toFixed(1)})`
  const ofIndexed = plan.wall / indexed.wall
  return {
    work: `plan for ${people} people`,
    yardstick: `INSERT … SELECT with indexes ${shown(indexed)}, with foreign keys too ${shown(keyed)}`,
    now:
      `${shown(plan)}: ${ofIndexed.toFixed(1)} × with indexes (processor ${(plan.cpu / indexed.cpu).toFixed(1)} ×), ` +
      `${(plan.wall / keyed.wall).toFixed(1)} × with keys; ${((plan.wall / people) * 1e6).toFixed(0)} µs a person`,
    aim: '≤ 2 × with indexes',
    met: ofIndexed <= 2,
    ratio: indexed.wall / plan.wall,
  }
}

if (values.help) process.stdout.write(help)
else
  await report('plan', values.json, async () => {
    const figures: Figure[] = []
    for (const people of values.people.split(',').map(Number))
      figures.push(await measureSize(people, people > 300_000 ? 1 : Number(values.rounds)))
    return figures
  })
