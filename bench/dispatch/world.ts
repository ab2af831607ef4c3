import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { openChannels } from '../../src/channels/open.ts'
import { MovableClock } from '../../src/clock.ts'
import { readConfig, type Config } from '../../src/config.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { sealInBench } from '../sealing.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, run } from '../../src/db/pool.ts'
import { localCredentials } from '../../src/demo/stand-ins/credentials.ts'
import { openJobs, type Jobs } from '../../src/jobs/boss.ts'
import { openLog, type Log } from '../../src/log.ts'
import { composer } from '../../src/messages/compose.ts'
import type { DispatchDeps } from '../../src/messages/dispatch/dispatch-deps.ts'
import { quietHours } from '../../src/messages/dispatch/quiet-hours.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { startSink, type Sink } from './sink.ts'
import { registered } from '../purpose.ts'

export type ChannelName = 'sms' | 'email'

/** A database with people who can be reached by SMS and e-mail, and providers that take everything. */
export interface World {
  pool: pg.Pool
  url: string
  clock: MovableClock
  jobs: Jobs
  log: Log
  config: Config
  sinks: Record<ChannelName, Sink>
  /** Queues a message to everybody, by a campaign that runs. @returns its id */
  queue(channel: ChannelName): Promise<number>
  deps(channel: ChannelName, over?: Partial<Config>): Promise<DispatchDeps>
  close(): Promise<void>
}

export async function openWorld(people: number): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const pool = openPool(server.url, 20)
  sealInBench()
  await migrate(pool)
  await makePeople(pool, people)
  const log = openLog('error')
  const clock = new MovableClock(new Date('2021-03-08T09:00:00+01:00'))
  const jobs = await openJobs(pool, log)
  const sinks = { email: await startSink('smtp'), sms: await startSink('sms') }
  const { publicKey: _, ...keys } = localCredentials(folder)
  const config: Config = {
    ...readConfig({ ALLOW_DRAFT_TEXTS: 'true', KALLELSE_DATA: folder, KALLELSE_OUT: folder }),
    ...keys,
    SMS_HOST: sinks.sms.url,
    SMTP_URL: sinks.email.url,
    SMS_PER_SECOND: 100_000,
    SMTP_PER_SECOND: 100_000,
  }
  let campaigns = 0
  return {
    pool,
    url: server.url,
    clock,
    jobs,
    log,
    config,
    sinks,
    async queue(channel) {
      const by = { pool, clock, jobs, textGate: () => Promise.resolve({}) } // nobody reads these messages
      const { id, name } = await createCampaign(
        by,
        await registered(pool, specOf(channel, ++campaigns)),
        'anna',
      )
      for (const person of ['anna', 'bertil']) await approveCampaign(by, name, person)
      await startCampaign(by, name, 'anna')
      await planCampaign(by, id)
      await releaseWave(by, id)
      await run(pool, 'analyze')
      return id
    },
    deps: (channel, over = {}) => depsOf(pool, clock, jobs, channel, { ...config, ...over }),
    async close() {
      for (const sink of Object.values(sinks)) sink.close()
      await jobs.close()
      await pool.end()
      await server.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** What sends on a channel. */
export async function depsOf(
  pool: pg.Pool,
  clock: MovableClock,
  jobs: Jobs,
  channel: ChannelName,
  config: Config,
): Promise<DispatchDeps> {
  const channels = openChannels(config)
  const texts = await loadTexts()
  return {
    pool,
    clock,
    log: openLog('error'),
    jobs,
    channel: channels[channel],
    compose: composer(texts, channels, config),
    texts,
    refresh: () => Promise.resolve(),
    inDoubtAfter: config.IN_DOUBT_AFTER,
    quiet: quietHours(config),
    stop: new AbortController().signal,
  }
}

async function makePeople(pool: pg.Pool, people: number): Promise<void> {
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, municipality, email, phone)
     select to_char(born, 'YYYYMMDD') || lpad((n % 10000)::text, 4, '0'), 'personnummer', born,
            'Namn' || n % 997, 'Efternamn' || n % 4999, '2080', 'person' || n || '@post.example', '+46701740605'
       from generate_series(1, $1::int) n,
            lateral (select date '1930-01-01' + n / 1000 as born) d`,
    [people],
  )
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
                   values ('SE2321000180-PROV', 'Provkliniken', '2080', 'falun', 'Provgatan 2', '79131', 'Falun', '+46701740606', 'kl. 8–16')`,
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity)
     select 1, timestamptz '2021-03-15 09:00+01' + d * interval '1 day', $1
       from generate_series(0, 9) d`,
    [people],
  )
}

export const specOf = (channel: ChannelName, number: number) => ({
  name: `bench-${number}`,
  purpose: `bench-${number}/dose-1`,
  way: 'open',
  cohort: { name: 'all', rule: { born: { from: 1900 } } },
  what: { sv: 'vaccination mot covid-19' },
  languages: ['sv'],
  release: { policy: 'eager' },
  channels: [
    {
      route: channel,
      needs: [channel === 'sms' ? 'mobile' : 'email'],
      steps: [{ step: 'invitation', channel, template: 'invitation-open' }],
    },
  ],
  signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
})
