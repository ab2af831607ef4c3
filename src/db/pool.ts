import pg from 'pg'
import { Refused } from '../errors.ts'

/** Something SQL can be sent to: the pool, or the client of a running transaction. */
export type Db = pg.Pool | pg.PoolClient

// A date has no zone and stays YYYY-MM-DD; ids and counts are far below 2^53 and become numbers.
const parsers: Record<number, (text: string) => unknown> = {
  [pg.types.builtins.DATE]: String,
  [pg.types.builtins.INT8]: Number,
}
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (parsers[oid] ?? pg.types.getTypeParser(oid, format)) as (value: string) => unknown,
}

/**
 * @param max connections at most
 * @param settings of PostgreSQL, for each of these connections
 */
export function openPool(
  url: string,
  max = 10,
  settings: Readonly<Record<string, string>> = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    // A connection is dear to open (a password to prove, every statement to plan again): one that a burst of visitors
    // opened is kept for the next.
    idleTimeoutMillis: 600_000,
    connectionTimeoutMillis: 30_000, // a server or pooler that takes connections and says nothing is an error
    types,
    application_name: 'kallelse',
    // Not sent when empty: a pooler refuses it.
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  })
  // A connection that dies while idle (the server restarts) is replaced by the pool; without a listener it ends
  // the process.
  pool.on('error', () => {})
  return pool
}

/** lock_not_available: what waited for a lock longer than lock_timeout says that, instead of waiting on. */
function sayBusy(error: unknown): never {
  if ((error as { code?: string } | null)?.code !== '55P03') throw error
  throw new Refused(
    'database-busy',
    'Something else has held what this needs for too long: another command, a worker at a large step, or a ' +
      'session that somebody left open. Nothing was done. Try again in a minute; pg_locks and pg_stat_activity show who.',
  )
}

/** The rows of one statement. */
export async function rows<T extends object>(
  db: Db,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  return (await db.query<T>(sql, values as unknown[]).catch(sayBusy)).rows
}

const names = new Map<string, string>()
const unprepared = new WeakSet<Db>()

/** From now on nothing is prepared on this pool's connections. */
export function leavePrepared(pool: pg.Pool): void {
  unprepared.add(pool)
  pool.on('connect', (client) => unprepared.add(client))
}

/**
 * The rows of a statement that somebody waits for and that is the same each time: planned once a connection, because
 * planning takes longer than running it (the booking pages: 2.3 ms of planning for .8 ms). Its text must not be made
 * from values: each text is kept for as long as its connection lives. Behind a pooler that loses them (leavePrepared) it
 * is planned each time.
 */
export async function prepared<T extends object>(
  db: Db,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  if (unprepared.has(db)) return rows<T>(db, sql, values)
  let name = names.get(sql)
  if (name === undefined) names.set(sql, (name = `kallelse-${names.size}`))
  const statement = { name, text: sql, values: values as unknown[] }
  return (await db.query<T>(statement).catch(sayBusy)).rows
}

/** The first row, or undefined. */
export async function row<T extends object>(
  db: Db,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T | undefined> {
  return (await rows<T>(db, sql, values))[0]
}

/** How many rows a statement touched. */
export async function run(db: Db, sql: string, values: readonly unknown[] = []): Promise<number> {
  return (await db.query(sql, values as unknown[]).catch(sayBusy)).rowCount ?? 0
}

/** Runs `work` in one transaction: all of it is committed, or nothing. */
export async function transaction<T>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  // A connection that is lost rejects the query that runs and emits an error too; without a listener that ends
  // the process.
  const lost = () => {}
  client.on('error', lost)
  let broken = false
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => (broken = true))
    throw error
  } finally {
    client.off('error', lost)
    client.release(broken)
  }
}
