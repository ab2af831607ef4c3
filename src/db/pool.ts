import pg from 'pg'

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
    types,
    application_name: 'kallelse',
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  })
  // A connection that dies while idle (the server restarts) is replaced by the pool; without a listener it ends
  // the process.
  pool.on('error', () => {})
  return pool
}

/** The rows of one statement. */
export async function rows<T extends object>(
  db: Db,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  return (await db.query<T>(sql, values as unknown[])).rows
}

const names = new Map<string, string>()

/**
 * The rows of a statement that somebody waits for and that is the same each time: planned once a connection, because
 * planning takes longer than running it (the booking pages: 2.3 ms of planning for .8 ms). Its text must not be made
 * from values: each text is kept for as long as its connection lives.
 */
export async function prepared<T extends object>(
  db: Db,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  let name = names.get(sql)
  if (name === undefined) names.set(sql, (name = `kallelse-${names.size}`))
  return (await db.query<T>({ name, text: sql, values: values as unknown[] })).rows
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
  return (await db.query(sql, values as unknown[])).rowCount ?? 0
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
