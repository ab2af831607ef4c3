import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readBackup } from '../../src/db/backup.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, row, run } from '../../src/db/pool.ts'
import { verifyLogs } from '../../src/evidence/log-chain.ts'
import { asAttacker } from '../support/attacker.ts'
import { testSealingKey } from '../support/database.ts'

let folder: string
let data: string
let backup: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kallelse-backup-'))
  data = join(folder, 'data')
  backup = join(folder, 'backup.sealed')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const kallelse = async (...args: string[]) =>
  (
    await promisify(execFile)(process.execPath, [main, '--json', ...args], {
      env: {
        PATH: process.env['PATH'],
        KALLELSE_DATA: data,
        KALLELSE_OUT: folder,
        SEALING_KEYS: testSealingKey,
        LOG_LEVEL: 'silent',
      },
    })
  ).stdout

it('a back-up made while the database is written to gives it back as it was, with its campaigns paused', async () => {
  const server = await startEmbedded(data)
  const pool = openPool(server.url, 4)
  await migrate(pool)
  await asAttacker(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at, state, cohort_size)
     values ('open-campaign', 'other', 'open', 1, '{}', 'anna', now(), 'running', 0)`,
  )
  await run(
    pool,
    `insert into access_log (at, actor, action)
     select now(), 'before', 'evidence' from generate_series(1, 20000)`,
  )
  let writing = true
  const writes = (async () => {
    for (let n = 1; writing; n++)
      await run(
        pool,
        `insert into access_log (at, actor, action, unit)
         select now(), 'during', 'evidence', $1 from generate_series(1, 50)`,
        [String(n)],
      )
  })()
  await kallelse('backup', 'create', '--out', backup)
  writing = false
  await writes
  await run(pool, `insert into access_log (at, actor, action) values (now(), 'after', 'evidence')`)
  await pool.end()
  await server.close()
  await rename(data, `${data}.lost`)

  expect((await stat(backup)).mode & 0o777).toBe(0o600)
  await expect(
    readBackup(backup, data, () => Promise.reject(new Error('killed before it was ready'))),
  ).rejects.toThrow('killed before it was ready')
  expect(existsSync(join(data, 'postgres'))).toBe(false)
  expect(JSON.parse(await kallelse('backup', 'restore', backup, '--by', 'karin'))).toEqual({
    paused: ['open-campaign'],
  })

  const back = await startEmbedded(data)
  const again = openPool(back.url, 2)
  const found = await row(
    again,
    `select count(*) filter (where actor = 'before') as before,
            count(*) filter (where actor = 'during') % 50 as "halfWrites",
            count(*) filter (where actor = 'after') as after,
            -- every write up to the last that is there, and none left out between
            count(distinct unit) filter (where actor = 'during')
              - coalesce(max(unit::int) filter (where actor = 'during'), 0) as gaps
       from access_log`,
  )
  expect(found).toEqual({ before: 20000, halfWrites: 0, after: 0, gaps: 0 })
  expect((await verifyLogs(again)).faults).toEqual([])
  expect(await row(again, 'select state, paused_why as why from campaign')).toEqual({
    state: 'paused',
    why: expect.stringContaining('Databasen är återläst'),
  })
  await again.end()
  await back.close()
}, 120_000)

it('refuses to go over a database that is there', async () => {
  await expect(readBackup(backup, data, () => Promise.resolve())).rejects.toThrow(
    'move it away first',
  )
})

const never = () => Promise.reject(new Error('it was made ready'))

it('shows nothing without the key, and is refused when it was changed or cut off anywhere', async () => {
  const bytes = await readFile(backup)
  expect(bytes.includes('PG_VERSION')).toBe(false)
  const spoilt = join(folder, 'spoilt')
  const changed = Buffer.from(bytes)
  changed[bytes.length >> 1]! ^= 1
  for (const spoiltBytes of [changed, bytes.subarray(0, bytes.length >> 1)]) {
    await writeFile(spoilt, spoiltBytes)
    await expect(readBackup(spoilt, join(folder, 'other'), never)).rejects.toThrow(
      /do not open|not the whole of one/,
    )
  }
  // the last piece alone is missing: all that is packed is there, but not its end
  const last = 4 + 35 + 1
  await writeFile(spoilt, bytes.subarray(0, bytes.length - last))
  await expect(readBackup(spoilt, join(folder, 'other'), never)).rejects.toThrow(
    'not the whole of one',
  )
})
