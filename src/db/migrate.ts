import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { Refused } from '../errors.ts'
import { row, rows, run, transaction, type Db } from './pool.ts'

const folder = new URL('../../migrations/', import.meta.url)
const lock = 5_251_103 // any number that is only ours: two processes that migrate at once wait for each other

interface Migration {
  name: string
  sql: string
  sha256: string
}

/**
 * Applies the migrations that are missing, in order, each in its own transaction with a lock: of two programs that
 * start at once, the second sees what the first has done.
 * @param direct a pool without a pooler before it, asked for only when something is missing
 * @returns the names of those applied now
 * @throws Refused when a migration that was applied has been edited since
 */
export async function migrate(
  pool: pg.Pool,
  direct: () => pg.Pool | Promise<pg.Pool> = () => pool,
): Promise<string[]> {
  const missing = await missingOf(pool, await readMigrations())
  if (!missing.length) return []
  const applying = await direct()
  const applied: string[] = []
  for (const migration of missing)
    if (await transaction(applying, (tx) => apply(tx, migration))) applied.push(migration.name)
  return applied
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8')
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function missingOf(db: Db, migrations: Migration[]): Promise<Migration[]> {
  const there = await row(db, `select where to_regclass('migration') is not null`)
  const done = there
    ? await rows<{ name: string; sha256: string }>(db, 'select name, sha256 from migration')
    : []
  const known = new Map(done.map(({ name, sha256 }) => [name, sha256]))
  for (const { name, sha256 } of migrations)
    if (known.has(name) && known.get(name) !== sha256)
      throw new Refused(
        'migration-edited',
        `${name} was edited after it was applied to this database. ` +
          'Undo the edit and write a new migration, or (in development) start from an empty database.',
      )
  return migrations.filter(({ name }) => !known.has(name))
}

/** @returns false when another program has done it meanwhile */
async function apply(tx: pg.PoolClient, migration: Migration): Promise<boolean> {
  await run(tx, 'select pg_advisory_xact_lock($1)', [lock])
  await run(
    tx,
    `create table if not exists migration (
       name text primary key,
       sha256 text not null,
       applied_at timestamptz not null default now()
     )`,
  )
  if (!(await missingOf(tx, [migration])).length) return false
  try {
    await tx.query(migration.sql)
  } catch (error) {
    throw new Error(`migration ${migration.name} failed`, { cause: error })
  }
  await run(tx, 'insert into migration (name, sha256) values ($1, $2)', [
    migration.name,
    migration.sha256,
  ])
  return true
}
