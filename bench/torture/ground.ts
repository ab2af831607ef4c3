import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { approveCampaign, createCampaign } from '../../src/campaigns/actions.ts'
import type { Clock } from '../../src/clock.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, rows, run } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { registered } from '../purpose.ts'
import { openProxy, type Proxy } from './proxy.ts'
import type { Way } from './checker.ts'

// What stays from seed to seed: a PostgreSQL that can be killed, and a database with people and a campaign to copy.

export const campaign = 'torture'
/** A Monday morning; the hosts' clocks go on from here. */
export const begins = new Date('2021-03-08T09:00:00+01:00')

export interface Ground {
  folder: string
  proxy: Proxy
  people: readonly Person[]
  /** Makes a database for one seed. @returns its URL, through the proxy */
  fresh(name: string): Promise<string>
  drop(name: string): Promise<void>
  /** Kills the server, or one of its processes; the program starts it again at the same address. */
  kill(whole: boolean): void
  /** How large a file its processes may write. @param bytes undefined: as large as they like */
  limitFiles(bytes: number | undefined): void
  log(): string
  /** Ends the server and takes its folder away. */
  close(): Promise<void>
}

export interface Person {
  id: string
  /** counted from 1 */
  number: number
  identityNumber: string
  name: string
  email: string | null
  phone: string | null
  ways: Way[]
}

/**
 * A killed process has written what it has written: only the disk need not be waited for, so fsync is off. (A power cut
 * is another thing, and PostgreSQL's own.)
 */
const settings = { fsync: 'off', max_connections: '100', autovacuum_naptime: '5s' }

export async function prepareGround(messages: number): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-torture-'))
  const server = await startEmbedded(folder, { settings })
  const proxy = await openProxy()
  proxy.to(portOf(server.url))
  const atProxy = (name: string): string => {
    const url = new URL(server.url)
    url.port = String(proxy.port)
    url.pathname = `/${name}`
    return url.href
  }
  const admin = async (sql: string) => {
    const pool = openPool(server.url, 1)
    await untilDone(() => run(pool, sql)).finally(() => pool.end())
  }
  await admin('create database torture_template')
  const people = await fill(atProxy('torture_template'), messages)
  const pid = () =>
    Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  return {
    folder,
    proxy,
    people,
    async fresh(name) {
      await admin(`create database ${name} template torture_template`)
      return atProxy(name)
    },
    drop: (name) => admin(`drop database ${name} with (force)`),
    kill(whole) {
      const victim = whole ? pid() : childrenOf(pid()).at(-1)
      if (victim) signal(victim)
    },
    limitFiles(bytes) {
      for (const process of [pid(), ...childrenOf(pid())]) limitFiles(process, bytes)
    },
    log: () => readFileSync(join(folder, 'postgres.log'), 'utf8'),
    async close() {
      await proxy.close()
      await server.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    },
  }
}

/** A server that has been struck recovers for some seconds and answers nobody meanwhile. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === 150) throw error
      await sleep(200)
    }
  }
}

const portOf = (url: string): number => Number(new URL(url).port)

const childrenOf = (pid: number): number[] => {
  const tasks = `/proc/${pid}/task/${pid}/children`
  return existsSync(tasks) ? readFileSync(tasks, 'utf8').split(' ').filter(Boolean).map(Number) : []
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}

/** Whether files can be limited here: `prlimit` of util-linux. */
export const canLimitFiles = ['/usr/bin/prlimit', '/bin/prlimit'].some((path) => existsSync(path))

/** A disk that is full for one process: each write beyond so many bytes of a file fails. Needs no rights. */
export function limitFiles(pid: number, bytes: number | undefined): void {
  if (!canLimitFiles) return
  try {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`], {
      stdio: 'ignore',
    })
  } catch {
    // it has ended
  }
}

/** People, times enough for all, and a campaign that two have approved. */
async function fill(url: string, messages: number): Promise<Person[]> {
  const pool = openPool(url, 5)
  try {
    await migrate(pool)
    await makePeople(pool, messages)
    const jobs = await openJobs(pool, openLog('silent'))
    const clock: Clock = { now: () => begins }
    const by = { pool, clock, jobs, textGate: () => Promise.resolve({}) }
    const { name } = await createCampaign(by, await registered(pool, spec), 'anna')
    for (const person of ['anna', 'bertil']) await approveCampaign(by, name, person)
    await jobs.close()
    await run(pool, 'analyze')
    return (await rows<Omit<Person, 'ways'> & { address: boolean }>(pool, everybody)).map(
      ({ address, ...person }) => ({ ...person, ways: waysOf(person, address) }),
    )
  } finally {
    await pool.end()
    await untilAlone(url)
  }
}

const everybody = `
  select id::text, substring(given_name from '\\d+')::int as number, identity_number as "identityNumber",
         given_name as name, email, phone, registered_address is not null as address
    from person
   order by 2`

function waysOf(
  { email, phone }: { email: string | null; phone: string | null },
  address: boolean,
) {
  const ways: [Way, boolean][] = [
    ['email', email !== null],
    ['sms', phone !== null],
    ['letter', address],
  ]
  return ways.filter(([, has]) => has).map(([way]) => way)
}

/** A template can't be copied while somebody is in it. */
async function untilAlone(url: string): Promise<void> {
  const other = new URL(url)
  other.pathname = '/postgres'
  const pool = openPool(other.href, 1)
  const seats = `select from pg_stat_activity where datname = 'torture_template'`
  while ((await rows(pool, seats)).length > 0) await sleep(50)
  await pool.end()
}

/** A third each with e-mail first, SMS first and letters only; every thirtieth has no address. */
async function makePeople(pool: pg.Pool, people: number): Promise<void> {
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name,
                         municipality, email, phone, registered_address)
     select to_char(born, 'YYYYMMDD') || '98' || lpad((n % 100)::text, 2, '0'), 'personnummer', born,
            'Plågad' || n, 'Prövosson' || n, '2080',
            case when n % 3 = 0 then 'person' || n || '@post.example' end,
            case when n % 3 < 2 then '+4670174' || lpad((605 + n % 95)::text, 4, '0') end,
            case when n % 30 <> 0 then
              jsonb_build_object('street', 'Provgatan ' || n, 'postcode', '79131', 'town', 'Falun') end
       from generate_series(1, $1::int) n,
            lateral (select date '1930-01-01' + n / 100 as born) d`,
    [people],
  )
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
     values ('SE2321000180-PROV', 'Provkliniken', '2080', 'falun', 'Provgatan 2', '79131', 'Falun', '+46846500401', 'kl. 8–16')`,
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity)
     select 1, timestamptz '2021-03-15 09:00+01' + d * interval '1 day', $1
       from generate_series(0, 9) d`,
    [people],
  )
}

const first = (channel: Way) => [{ step: 'invitation', channel, template: 'invitation-open' }]
const spec = {
  name: campaign,
  purpose: 'covid-19/dose-1',
  way: 'open',
  cohort: { name: 'all', rule: { born: { from: 1900 } } },
  what: { sv: 'vaccination mot covid-19' },
  languages: ['sv'],
  release: { policy: 'eager' },
  leastNotice: 0,
  channels: [
    { route: 'mail', needs: ['email'], steps: first('email') },
    { route: 'phone', needs: ['mobile'], steps: first('sms') },
    { route: 'post', needs: ['address'], steps: first('letter') },
  ],
  signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
}

/** The print supplier's files, to be read without the program. */
export const filesIn = (folder: string, ending: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith(ending) && !name.startsWith('.'))
    : []
