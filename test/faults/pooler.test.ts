import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { openApp, type App } from '../../src/app.ts'
import { subjectByCode } from '../../src/bookings/booking-subject.ts'
import type { Config } from '../../src/config.ts'
import { rows, run } from '../../src/db/pool.ts'
import { campaignStatus } from '../../src/reports/status.ts'
import { startWorker, type Worker } from '../../src/worker.ts'
import { startPooler, type Pooler } from '../support/pgbouncer.ts'
import { openSpec } from '../support/region.ts'
import { testDatabase, testSealingKey, type TestDatabase } from '../support/database.ts'
import { sending, until, type Sending } from '../support/sending.ts'

// Debian's PgBouncer in transaction mode, between the program and its database.
let s: Sending
let empty: TestDatabase
let pooler: Pooler
const apps: App[] = []
beforeAll(async () => {
  s = await sending({ people: 90, places: 100 })
  empty = await testDatabase()
  await run(empty.pool, 'drop schema public cascade; create schema public')
  pooler = await startPooler({ full: s.db.url, empty: empty.url })
}, 60_000)
afterAll(async () => {
  for (const app of apps) await app.close()
  await pooler.stop()
  await empty.drop()
  await s.close()
})

const open = async (over: Partial<Config> = {}): Promise<App> => {
  const config = {
    ...s.config,
    LOG_LEVEL: 'silent' as const,
    SEALING_KEYS: testSealingKey,
    DATABASE_URL: pooler.url('full'),
    DATABASE_DIRECT_URL: s.db.url,
    PRINT_FOLDER: `${s.folder}/print`,
    ...over,
  }
  const app = await openApp(config, s.clock)
  apps.push(app)
  return app
}
const refused = async (over: Partial<Config>): Promise<string> =>
  open(over).then(
    () => 'opened',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

describe('behind a pooler that shares connections', () => {
  it('migrates over a direct connection, and says what is wrong with one at the start', async () => {
    const DATABASE_URL = pooler.url('empty')
    const direct = (DATABASE_DIRECT_URL?: string) => refused({ DATABASE_URL, DATABASE_DIRECT_URL })
    expect(await direct()).toBe('direct-connection-needed')
    expect(await direct(pooler.url('empty'))).toBe('direct-connection-needed')
    expect(await direct(s.db.url)).toBe('direct-elsewhere')
    expect(await direct('postgres://kallelse@127.0.0.1:1/empty')).toBe('database-unreachable')
    expect(await direct(empty.url)).toBe('opened')
    expect((await rows(empty.pool, 'select from migration')).length).toBeGreaterThan(30)
    expect(await direct()).toBe('opened') // nothing is missing
  })

  it('two workers send each message once, and residents and staff are served meanwhile', async () => {
    const campaign = await s.started(openSpec())
    const [one, two] = [await open(), await open({ DATABASE_DIRECT_URL: undefined })]
    const workers: Worker[] = [await startWorker(one), await startWorker(two)]
    try {
      await (await one.jobs()).enqueue(one.pool, 'release', [{ campaign }])
      const messages = () =>
        rows<{ id: string; channel: string; sent: boolean; code: string }>(
          s.db.pool,
          `select m.id, m.channel, m.sent_at is not null as sent, i.code
             from message m join invitation i on i.id = m.invitation_id
            where m.step = 'invitation'`,
        )
      await until(async () => (await messages()).length === 90)
      const codes = (await messages()).map(({ code }) => code)
      const found = await Promise.all(
        codes.map((code, n) => subjectByCode([one, two][n % 2]!.pool, code, null)),
      )
      expect(found.filter(Boolean)).toHaveLength(90)
      expect(await campaignStatus(two.pool, 'open-campaign')).toMatchObject({ state: 'running' })
      await until(async () => (await messages()).every(({ sent }) => sent))
      expect(
        s
          .mails()
          .map(({ reference }) => reference)
          .sort(),
      ).toEqual(
        (await messages())
          .filter(({ channel }) => channel === 'email')
          .map(({ id }) => id)
          .sort(),
      )
      expect(
        await rows(
          s.db.pool,
          `select sum(letters)::int as letters from batch where state = 'handed-over'`,
        ),
      ).toEqual([{ letters: 60 }])
    } finally {
      for (const worker of workers) await worker.stop()
    }
    const left = `select count(*)::int as n from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`
    expect(await rows(s.db.pool, left)).toEqual([{ n: 0 }])
  })

  it('a lock that somebody keeps is told, not waited for without a word', async () => {
    const holder = new pg.Client({ connectionString: s.db.url })
    await holder.connect()
    try {
      await run(
        s.db.pool,
        `do $$ begin execute format('alter role kallelse in database %I set lock_timeout = ''200ms''', current_database()); end $$`,
      )
      await holder.query('begin; lock table campaign in access exclusive mode')
      const app = await open({ DATABASE_URL: s.db.url, DATABASE_DIRECT_URL: undefined })
      await expect(campaignStatus(app.pool, 'open-campaign')).rejects.toMatchObject({
        code: 'database-busy',
      })
    } finally {
      await holder.end()
    }
  })
})

describe('locks', () => {
  it('are never waited for without an end, whoever set nothing else', async () => {
    expect(await rows(empty.pool, 'show lock_timeout')).toEqual([{ lock_timeout: '0' }]) // before
    const after = new pg.Client({ connectionString: empty.url })
    await after.connect()
    expect((await after.query('show lock_timeout')).rows).toEqual([{ lock_timeout: '30s' }])
    await after.end()
  })

  it('belong to transactions, not to sessions', async () => {
    const { readFile, readdir } = await import('node:fs/promises')
    const src = new URL('../../src/', import.meta.url)
    const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.ts'))
    const session = await Promise.all(
      files.map(async (name) =>
        /pg_(try_)?advisory_(lock|unlock)/.test(await readFile(new URL(name, src), 'utf8'))
          ? name
          : '',
      ),
    )
    expect(session.filter(Boolean)).toEqual([])
  })
})
