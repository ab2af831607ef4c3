import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { bookByCode } from '../../src/bookings/book.ts'
import { openApp } from '../../src/app.ts'
import { grantAccess } from '../../src/db/roles.ts'
import { openPool, row, rows, run } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { testSealingKey } from '../support/database.ts'
import { openSpec } from '../support/region.ts'
import { sending, until, type Sending } from '../support/sending.ts'

// The whole program works as a role that owns nothing: each new connection of the pool takes it.
const [app, reader] = ['app', 'reader'].map((name) => `${name}_${randomUUID().slice(0, 8)}`) as [
  string,
  string,
]
let s: Sending
let owner: pg.Pool
const as = (role: string): pg.Pool => {
  const url = new URL(s.db.url)
  url.searchParams.set('options', `-c role=${role}`)
  return openPool(url.href, 2)
}
beforeAll(async () => {
  s = await sending({ people: 30, places: 20 })
  owner = openPool(s.db.url, 2)
  for (const role of [app, reader]) await run(owner, `create role ${role} nologin`)
  await grantAccess(owner, app, reader)
  const name = new URL(s.db.url).pathname.slice(1)
  await run(owner, `alter role current_user in database ${name} set role = ${app}`)
  await run(
    owner,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await until(() => run(s.db.pool, 'select 1').then(Boolean, () => false)) // each of the old connections ends once
}, 60_000)
afterAll(async () => {
  await run(owner, 'reset role')
  await run(owner, `drop owned by ${app}, ${reader}`)
  await owner.end()
  await s.close()
})

describe('the role that the program works as', () => {
  it('carries a campaign from its making to bookings, and the queue', async () => {
    expect((await row(s.db.pool, 'select current_user as name'))!).toEqual({ name: app })
    s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
    await run(
      s.db.pool,
      `update person
          set email = case when id % 2 = 0 then 'p' || id || '@post.example' end, phone = null`,
    )
    const jobs = await openJobs(s.db.pool, openLog('silent'))
    const step = (channel: string) => ({ step: 'invitation', channel, template: 'invitation-open' })
    const id = await s.started(
      openSpec({
        channels: [
          { route: 'email', needs: ['email'], steps: [step('email')] },
          { route: 'post', needs: ['address'], steps: [step('letter')] },
        ],
      }),
    )
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs }, id)
    expect(await s.send('email')).toBe(15)
    expect(await printLetters(s.printDeps(), id)).toBe(15)
    const { code } = (await row<{ code: string }>(
      s.db.pool,
      `select code from invitation where state = 'released' limit 1`,
    ))!
    await bookByCode(s.db.pool, s.clock, code, 1, 'person')
    await jobs.close()
  })

  it.each([
    'alter table person add column x int',
    'alter table access_log disable trigger access_log_only_added_to',
    'drop trigger access_log_only_added_to on access_log',
    'drop table chained_line',
    'truncate access_log',
    "update access_log set actor = 'nobody'",
    'delete from campaign_event',
    "update chained_line set hash = ''",
    'create table x ()',
    'create function x() returns int language sql return 1',
    "update migration set sha256 = ''",
    'set session_replication_role = replica',
  ])('may not: %s', async (sql) => {
    const pool = as(app)
    await expect(run(pool, sql)).rejects.toThrow(/permission denied|must be owner/)
    await pool.end()
  })
})

describe('the role that reports read with', () => {
  it('reads, and neither writes nor sees secrets', async () => {
    const pool = as(reader)
    expect((await rows(pool, 'select id from message')).length).toBeGreaterThan(0)
    for (const sql of [
      "update person set given_name = 'x'",
      'delete from message',
      'select secret from code_key',
      'select key_sha256 from api_key',
    ])
      await expect(run(pool, sql)).rejects.toThrow('permission denied')
    await pool.end()
  })
})

it('an empty database is made by its owner, and the program works in it without owning anything', async () => {
  const id = randomUUID().slice(0, 8)
  const [owns, works, database] = [`owns_${id}`, `works_${id}`, `roles_${id}`]
  const admin = openPool(process.env['KALLELSE_TEST_SERVER']!, 1)
  for (const role of [owns, works]) await run(admin, `create role ${role} login password 'x'`)
  await run(admin, `create database ${database} owner ${owns}`)
  const url = (role: string) => {
    const at = new URL(process.env['KALLELSE_TEST_SERVER']!)
    Object.assign(at, { username: role, password: 'x', pathname: `/${database}` })
    return at.href
  }
  const config = {
    ...s.config,
    LOG_LEVEL: 'silent' as const,
    SEALING_KEYS: testSealingKey,
    DATABASE_URL: url(works),
  }
  const made = await openApp({
    ...config,
    DATABASE_OWNER_URL: url(owns),
    DATABASE_READ_ROLE: reader,
  })
  await made.close()
  const program = await openApp(config)
  await (await program.jobs()).wake(program.pool, 'email')
  expect(
    await row(
      program.pool,
      `select count(*)::int as n from pg_class where relowner = current_user::regrole`,
    ),
  ).toEqual({ n: 0 })
  await program.close()
  await run(admin, `drop database ${database} with (force)`)
  for (const role of [owns, works]) await run(admin, `drop role ${role}`)
  await admin.end()
}, 60_000)
