import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { openPool, row, run, transaction } from '../../src/db/pool.ts'
import { listen, wake, type Listener } from '../../src/jobs/wake.ts'
import { openLog } from '../../src/log.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/sending.ts'

const log = openLog('silent')
let db: TestDatabase
let listener: Listener
let heard: (string | null)[]
beforeEach(async () => {
  db = await testDatabase()
  heard = []
})
afterEach(async () => {
  await listener.close()
  await db.drop()
})
const listening = async (pool: pg.Pool = db.pool) => {
  listener = await listen(pool, log, (name) => heard.push(name))
}

describe('a wake-up', () => {
  it('comes when the transaction commits, not before, and not when it is undone', async () => {
    await listening()
    await transaction(db.pool, async (tx) => {
      await wake(tx, 'email')
      await wake(db.pool, 'sms')
      await until(() => heard.includes('sms'))
      expect(heard).toEqual([null, 'sms'])
    })
    await until(() => heard.includes('email'))
    await transaction(db.pool, async (tx) => {
      await wake(tx, 'plan')
      throw new Error('undone')
    }).catch(() => {})
    await wake(db.pool, 'print')
    await until(() => heard.includes('print'))
    expect(heard).toEqual([null, 'sms', 'email', 'print'])
  })

  it('writes no row: transactions that wake the same lane do not wait for each other', async () => {
    await listening()
    await transaction(db.pool, async (first) => {
      await wake(first, 'email')
      await transaction(db.pool, (second) => wake(second, 'email'))
      await until(() => heard.includes('email'))
    })
  })
})

describe('a listener', () => {
  it('connects again when its connection is lost, and counts all as woken', async () => {
    await listening()
    await run(
      db.pool,
      `select pg_terminate_backend(pid)
         from pg_stat_activity
        where datname = current_database()
          and query = 'listen kallelse_work'`,
    )
    await until(() => !listener.hears())
    await until(() => listener.hears())
    expect(heard).toEqual([null, null])
    await wake(db.pool, 'sms')
    await until(() => heard.at(-1) === 'sms')
  })

  it('gives up where notifications do not arrive, as behind a pooler, and keeps no connection', async () => {
    const elsewhere = openPool(process.env['KALLELSE_TEST_SERVER']!, 1)
    const query = (sql: string, values: unknown[]) => elsewhere.query(sql, values)
    const pooled = { options: db.pool.options, query } as unknown as pg.Pool
    await listening(pooled)
    expect([listener.hears(), heard]).toEqual([false, []])
    await elsewhere.end()
    expect(
      await row(
        db.pool,
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and query like 'listen%'`,
      ),
    ).toEqual({ n: 0 })
  })
})
