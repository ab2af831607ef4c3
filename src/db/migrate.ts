import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { Refused } from '../errors.ts'
import { rows } from './pool.ts'

const folder = new URL('../../migrations/', import.meta.url)
const lock = 5_251_103 // any number that is only ours: two processes that migrate at once wait for each other

/**
 * Applies the migrations that are missing, in order, each in its own transaction.
 * @returns the names of those applied now
 * @throws Refused when a migration that was applied has been edited since
 */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lock])
    await client.query(
      `create table if not exists migration (
         name text primary key,
         sha256 text not null,
         applied_at timestamptz not null default now()
       )`,
    )
    const done = new Map(
      (
        await rows<{ name: string; sha256: string }>(client, 'select name, sha256 from migration')
      ).map((m) => [m.name, m.sha256]),
    )
    const applied: string[] = []
    for (const name of (await readdir(folder)).filter((n) => /^\d{4}_\w+\.sql$/.test(n)).sort()) {
      const sql = await readFile(new URL(name, folder), 'utf8')
      const sha256 = createHash('sha256').update(sql).digest('hex')
      const before = done.get(name)
      if (before === sha256) continue
      if (before !== undefined) {
        throw new Refused(
          'migration-edited',
          `${name} was edited after it was applied to this database. ` +
            'Undo the edit and write a new migration, or (in development) start from an empty database.',
        )
      }
      try {
        await client.query('begin')
        await client.query(sql)
        await client.query('insert into migration (name, sha256) values ($1, $2)', [name, sha256])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw new Error(`migration ${name} failed`, { cause: error })
      }
      applied.push(name)
    }
    return applied
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lock]).catch(() => {})
    client.release()
  }
}
