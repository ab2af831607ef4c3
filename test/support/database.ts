import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { openPool, run } from '../../src/db/pool.ts'
import { sealingKey, useSealingKeys } from '../../src/db/sealed.ts'
import { openJobs, type Jobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'

/** What tests seal kept bytes with; `SEALING_KEYS` for programs that they start. */
export const testSealingKey = Buffer.alloc(32, 7).toString('base64')
useSealingKeys([sealingKey(Buffer.from(testSealingKey, 'base64'))])

export interface TestDatabase {
  pool: pg.Pool
  url: string
  drop(): Promise<void>
}

/** A database of this test file's own: a clone of the migrated template, on the real server. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env['KALLELSE_TEST_SERVER']
  if (!server)
    throw new Error(
      'the test server is not running: name the file *.db.test.ts or put it in journeys/ or faults/',
    )
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = openPool(server, 1)
  await run(admin, `create database ${name} template kallelse_template`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const pool = openPool(url.href, 20)
  return {
    pool,
    url: url.href,
    drop: async () => {
      await pool.end()
      await run(admin, `drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

/** The same with a job queue that puts jobs and runs none; dropping it closes the queue first. */
export async function databaseWithJobs(): Promise<TestDatabase & { jobs: Jobs }> {
  const db = await testDatabase()
  const jobs = await openJobs(db.pool, openLog('silent'))
  return {
    ...db,
    jobs,
    drop: async () => {
      await jobs.close()
      await db.drop()
    },
  }
}
