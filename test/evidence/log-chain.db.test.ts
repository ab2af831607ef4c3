import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { row, run } from '../../src/db/pool.ts'
import { logAccess } from '../../src/evidence/access-log.ts'
import { chainLogs, verifyLogs, type Head } from '../../src/evidence/log-chain.ts'
import { asAttacker } from '../support/attacker.ts'
import { until } from '../support/sending.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => (db = await testDatabase()))
afterAll(() => db.drop())

const looks = async (many: number) => {
  for (let i = 1; i <= many; i++)
    await logAccess(db.pool, {
      at: new Date('2021-03-08T09:00:00+01:00'),
      actor: `karin ${i}`,
      action: 'evidence',
      personId: null,
    })
}
/**
 * Chains all that is there. A line waits for every transaction of the server that is under way, those of other tests'
 * databases too.
 */
async function chainAll(chunk?: number): Promise<Head[]> {
  let heads: Head[] = []
  await until(async () => {
    const chained = await chainLogs(db.pool, chunk)
    if (chained.length) heads = chained
    const left = `select from access_log where id not in (select row_id from chained_line where log = 'access_log')`
    return !(await row(db.pool, left))
  })
  return heads
}
const faults = async (noted?: Head[]) =>
  (await verifyLogs(db.pool, noted)).faults.map(({ log, kind, n }) => `${log} ${n} ${kind}`)

beforeEach(async () => {
  await asAttacker(
    db.pool,
    `truncate access_log, chained_line restart identity;
     update chain_head set n = 0, hash = '', xact = '0', id = 0`,
  )
  await looks(7)
  expect(await chainAll(3)).toEqual([
    { log: 'access_log', n: 7, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ])
})

it('is only added to', async () => {
  await expect(run(db.pool, `update access_log set actor = 'x'`)).rejects.toThrow('only added to')
  await expect(run(db.pool, 'delete from access_log')).rejects.toThrow('only added to')
  await expect(run(db.pool, 'truncate access_log')).rejects.toThrow('only added to')
  await expect(run(db.pool, `update campaign_event set actor = 'x'`)).rejects.toThrow('only added')
})

it('holds when nothing was done to it, also as it grows', async () => {
  expect(await faults()).toEqual([])
  await looks(2)
  expect(await faults()).toEqual([])
  await chainAll()
  expect(await faults()).toEqual([])
})

it.each([
  [
    'a changed line',
    `update access_log set actor = 'nobody' where id = 4`,
    ['access_log 4 changed'],
  ],
  [
    'a changed time',
    `update access_log set at = at + interval '1 us' where id = 4`,
    ['access_log 4 changed'],
  ],
  ['a removed line', 'delete from access_log where id = 4', ['access_log 4 removed']],
  [
    'a line removed from log and chain',
    'delete from access_log where id = 4; delete from chained_line where n = 4',
    ['access_log 4 removed'],
  ],
  [
    'the last lines removed from both',
    'delete from access_log where id > 5; delete from chained_line where n > 5',
    ['access_log 6 removed', 'access_log 7 removed'],
  ],
  [
    'an inserted line',
    `insert into access_log (at, actor, action, xact) select at, 'x', 'evidence', xact from access_log where id = 4`,
    ['access_log 7 inserted'],
  ],
  [
    'a line that took the place of another',
    `delete from access_log where id = 4;
     insert into access_log (id, at, actor, action, xact) overriding system value
     select 4, at, 'x', 'evidence', xact from access_log where id = 5`,
    ['access_log 4 changed'],
  ],
])('finds %s, by its number', async (_, attack, found) => {
  await asAttacker(db.pool, attack)
  expect(await faults()).toEqual(found)
})

it('finds a chain that was made again from the beginning, by a head that was noted', async () => {
  const { heads } = await verifyLogs(db.pool)
  await asAttacker(
    db.pool,
    `update access_log set actor = 'nobody' where id = 2;
     truncate chained_line;
     update chain_head set n = 0, hash = '', xact = '0', id = 0`,
  )
  await chainAll()
  expect(await faults()).toEqual([])
  expect(await faults(heads)).toEqual(['access_log 7 changed'])
})

it('waits for a transaction under way, and loses no line that is committed late', async () => {
  const slow = await db.pool.connect()
  await slow.query('begin')
  await slow.query(`insert into access_log (at, actor, action) values (now(), 'slow', 'evidence')`)
  await looks(2)
  expect(await chainLogs(db.pool)).toEqual([])
  await slow.query('commit')
  slow.release()
  expect(await chainAll()).toMatchObject([{ n: 10 }])
  expect(await faults()).toEqual([])
})

it('is chained once when two do it at the same time', async () => {
  await looks(20)
  await Promise.all([chainLogs(db.pool, 4), chainLogs(db.pool, 4), chainLogs(db.pool, 4)])
  await chainAll()
  expect((await verifyLogs(db.pool)).heads[0]).toMatchObject({ n: 27 })
  expect(await faults()).toEqual([])
})
