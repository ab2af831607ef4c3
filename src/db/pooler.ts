import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { Refused, messageOf } from '../errors.ts'
import { leavePrepared, row, run, type Db } from './pool.ts'

/**
 * A pooler (PgBouncer in transaction mode) lends a server's connection to a program for one transaction. What belongs to
 * a session is then nobody's: LISTEN, prepared statements of older poolers, advisory locks that outlive a transaction.
 * Of those only the first two are used here, and not behind a pooler. These are the pools that are behind one.
 */
const behindPooler = new WeakSet<Db>()

export const isShared = (pool: pg.Pool): boolean => behindPooler.has(pool)

const whichServer = 'select pg_backend_pid() as pid, current_database() as database'

/**
 * Finds out how the pool's connections reach the server: one client asks, another begins a transaction, which takes the
 * connection that the first had, and the first asks again. Where a prepared statement is then lost, the pool prepares
 * none from now on.
 * @param known that there is a pooler: a busy one may happen to give the same connection twice
 */
export async function meetConnections(pool: pg.Pool, known = false): Promise<void> {
  const [one, other] = await Promise.all([pool.connect(), pool.connect()])
  const lost = () => {}
  for (const client of [one, other]) client.on('error', lost)
  const name = `kallelse-${randomUUID()}`
  const ask = async () =>
    (await one.query<{ pid: number }>({ name, text: whichServer })).rows[0]!.pid
  let survives = false
  let moved = false
  let whole = false
  try {
    const before = await ask()
    await other.query('begin')
    const taken = (await row<{ pid: number }>(other, whichServer))!.pid
    moved = taken === before
    const after = await ask().catch((error: unknown) => {
      if (!noStatement.has((error as { code?: string }).code ?? '')) throw error
      return undefined
    })
    moved ||= after !== before
    survives = after !== undefined
    await other.query('commit')
    whole = true
  } finally {
    for (const client of [one, other]) {
      client.off('error', lost)
      client.release(known || moved || !whole)
    }
  }
  if (!known && !moved) return
  behindPooler.add(pool)
  if (!moved || !survives) leavePrepared(pool)
}

/** invalid_sql_statement_name, duplicate_prepared_statement */
const noStatement: ReadonlySet<string> = new Set(['26000', '42P05'])

/** How long anything waits for a lock before it says so. */
const patience = '30s'

/**
 * Has every connection of this role to this database give up waiting for a lock after a while, unless the operator has
 * set another time. It is the role's setting, because a pooler takes no settings from its clients.
 */
export async function limitLockWaits(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  let altered = false
  try {
    const found = await row<{ alter: string }>(
      client,
      `select format('alter role %I in database %I set lock_timeout = %L',
                     current_user, current_database(), $1::text) as alter
        where current_setting('lock_timeout') = '0'`,
      [patience],
    )
    if (!found) return
    altered = true
    await run(client, found.alter).catch((error: unknown) => {
      // two programs that start at once, for the first time: one has done it
      if (!/tuple concurrently updated/.test(messageOf(error))) throw error
    })
  } finally {
    client.release(altered) // this connection began without it
  }
}

/**
 * Checks that DATABASE_DIRECT_URL leads where it should: to the same database, and past the pooler.
 * @param name of the variable, when it is another
 * @throws Refused that says what is wrong
 */
export async function checkDirect(
  direct: pg.Pool,
  pool: Db,
  name: 'DATABASE_DIRECT_URL' | 'DATABASE_OWNER_URL' = 'DATABASE_DIRECT_URL',
): Promise<void> {
  const where = `select current_database() || ' of cluster ' || system_identifier as name from pg_control_system()`
  const [through, straight] = await Promise.all([
    row<{ name: string }>(pool, where),
    row<{ name: string }>(direct, where),
  ])
  if (through!.name !== straight!.name)
    throw new Refused(
      'direct-elsewhere',
      `${name} leads to another database (${straight!.name}) than DATABASE_URL ` +
        `(${through!.name}). Give the address of the server behind the pooler.`,
    )
  await meetConnections(direct)
  if (isShared(direct)) throw needsDirect(name)
}

/** @param name of the variable whose address is a pooler's */
export const needsDirect = (name: string): Refused =>
  new Refused(
    'direct-connection-needed',
    `${name} leads to a pooler that shares connections, and migrations need one of their own. Set ` +
      'DATABASE_DIRECT_URL to the address of the PostgreSQL server itself (docs/operator/pooler.md).',
  )
