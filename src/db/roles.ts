import type pg from 'pg'
import { row, run, transaction } from './pool.ts'

/** Tables whose lines are only added to: the program may neither change nor remove what it has written there. */
const onlyAddedTo = ['access_log', 'campaign_event', 'chained_line']

/** Tables that the planner must know at once when they have grown (analyse.ts). */
const analysed = ['person', 'message', 'outgoing']

const lock = 5_251_104 // of two programs that start at once, the second waits

/**
 * Gives the program's role what it needs and no more, after each migration: it owns nothing, so it can change no table,
 * trigger or function, and remove no line of a log.
 * @param owner connected as the tables' owner, past a pooler
 * @param app the role that the program works as; the owner itself: nothing is done
 * @param reader a role that reports read with, which sees everything but secrets; undefined: none
 */
export async function grantAccess(
  owner: pg.Pool,
  app: string,
  reader: string | undefined,
): Promise<void> {
  const who = (await row<{ name: string }>(owner, 'select current_user as name'))!.name
  if (who === app) return
  await transaction(owner, async (tx) => {
    await run(tx, 'select pg_advisory_xact_lock($1)', [lock])
    const to = await quoted(tx, app)
    const grant = async (sql: string) => void (await run(tx, sql))
    for (const schema of ['public', 'pgboss']) {
      await grant(`grant usage on schema ${schema} to ${to}`)
      await grant(`grant select, insert, update, delete on all tables in schema ${schema} to ${to}`)
      await grant(`grant usage, select on all sequences in schema ${schema} to ${to}`)
      await grant(`grant execute on all functions in schema ${schema} to ${to}`)
    }
    await grant(`revoke update, delete on ${onlyAddedTo.join(', ')} from ${to}`)
    await grant(`revoke insert, update, delete on migration from ${to}`)
    if (await knowsMaintain(tx)) await grant(`grant maintain on ${analysed.join(', ')} to ${to}`)
    if (reader === undefined) return
    const reading = await quoted(tx, reader)
    await grant(`grant usage on schema public to ${reading}`)
    await grant(`grant select on all tables in schema public to ${reading}`)
    await grant(`revoke select on code_key, api_key from ${reading}`)
  })
}

const quoted = async (tx: pg.PoolClient, role: string): Promise<string> =>
  (await row<{ name: string }>(tx, 'select quote_ident($1) as name', [role]))!.name

/** PostgreSQL 17 and later; before, only a table's owner can have it looked over, and autovacuum does within a minute. */
const knowsMaintain = async (tx: pg.PoolClient): Promise<boolean> =>
  (await row<{ since17: boolean }>(
    tx,
    `select current_setting('server_version_num')::int >= 170000 as "since17"`,
  ))!.since17
