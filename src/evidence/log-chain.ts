import { createHash } from 'node:crypto'
import type pg from 'pg'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'

/** Logs whose lines are chained, and what of a line is: each column as text that looks the same everywhere. */
const logs = {
  access_log: `jsonb_build_array(
    r.id, to_char(r.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), r.actor, r.unit, r.action, r.person_id)::text`,
  campaign_event: `jsonb_build_array(
    r.id, to_char(r.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), r.actor, r.event, r.campaign_id,
    r.details)::text`,
} as const
export type ChainedLog = keyof typeof logs
export const chainedLogs = Object.keys(logs) as ChainedLog[]

/** How far a chain has come. Noted elsewhere it shows that nothing up to there was made again. */
export interface Head {
  log: ChainedLog
  n: number
  /** hexadecimal */
  hash: string
}

/** What is wrong with a line. `n`: its number in the chain; of an inserted one the number it comes after. */
export interface LogFault {
  log: ChainedLog
  kind: 'changed' | 'removed' | 'inserted'
  n: number
  rowId: number | null
}

const hashOf = (before: Buffer, line: string): Buffer =>
  createHash('sha256').update(before).update(line).digest()

/**
 * Chains the lines that have come: those of transactions that are over, in the order of transactions. Two programs that
 * do it at once take turns; nobody who writes a line waits.
 * @returns the heads of the logs that have new lines
 */
export async function chainLogs(pool: pg.Pool, chunk = 5000): Promise<Head[]> {
  const heads: Head[] = []
  for (const log of chainedLogs) {
    let head: Head | undefined
    for (;;) {
      const next = await transaction(pool, (tx) => chainNext(tx, log, chunk))
      if (!next) break
      head = next
    }
    if (head) heads.push(head)
  }
  return heads
}

async function chainNext(tx: Db, log: ChainedLog, limit: number): Promise<Head | undefined> {
  const head = (await row<{ n: number; hash: Buffer }>(
    tx,
    'select n, hash from chain_head where log = $1 for update',
    [log],
  ))!
  const lines = await rows<{ id: number; line: string }>(
    tx,
    `select r.id, ${logs[log]} as line
       from ${log} r, chain_head h
      where h.log = $1
        and (r.xact, r.id) > (h.xact, h.id)
        and r.xact < pg_snapshot_xmin(pg_current_snapshot())
      order by r.xact, r.id
      limit $2`,
    [log, limit],
  )
  if (!lines.length) return undefined
  const hashes: Buffer[] = []
  for (const { line } of lines) hashes.push(hashOf(hashes.at(-1) ?? head.hash, line))
  const ids = lines.map(({ id }) => id)
  await run(
    tx,
    `insert into chained_line (log, n, row_id, hash)
     select $1, $2 + x.n, x.id, decode(x.hash, 'hex')
       from unnest($3::bigint[], $4::text[]) with ordinality as x(id, hash, n)`,
    [log, head.n, ids, hashes.map((hash) => hash.toString('hex'))],
  )
  await run(
    tx,
    `update chain_head h
        set n = $2, hash = $3, xact = r.xact, id = r.id
       from ${log} r
      where h.log = $1
        and r.id = $4`,
    [log, head.n + lines.length, hashes.at(-1), ids.at(-1)],
  )
  return { log, n: head.n + lines.length, hash: hashes.at(-1)!.toString('hex') }
}

export interface Verified {
  heads: Head[]
  faults: LogFault[]
}

/**
 * Reads the logs against their chains and finds each line that was changed, taken away or put in among the others.
 * @param noted a head that was written down earlier: the chain must still pass through it
 */
export function verifyLogs(pool: pg.Pool, noted: readonly Head[] = []): Promise<Verified> {
  return transaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only')
    const verified: Verified = { heads: [], faults: [] }
    for (const log of chainedLogs) {
      const { n, hash } = (await row<{ n: number; hash: Buffer }>(
        tx,
        'select n, hash from chain_head where log = $1',
        [log],
      ))!
      const head = { log, n, hash: hash.toString('hex') }
      verified.heads.push(head)
      verified.faults.push(
        ...(await faultsIn(tx, head, [head, ...noted.filter((one) => one.log === log)])),
        ...(await insertedIn(tx, log)),
      )
    }
    return verified
  })
}

interface Link {
  n: number
  rowId: number
  hash: Buffer
  line: string | null
}

async function faultsIn(tx: Db, head: Head, heads: readonly Head[]): Promise<LogFault[]> {
  const { log } = head
  const faults: LogFault[] = []
  const known = new Map(heads.filter(({ n }) => n > 0).map(({ n, hash }) => [n, hash]))
  let n = 0
  let before: Buffer = Buffer.alloc(0)
  const gap = (until: number) => {
    for (n++; n < until; n++) faults.push({ log, kind: 'removed', n, rowId: null })
  }
  for (let links = await linksAfter(tx, log, 0); links.length; links = await linksAfter(tx, log, n))
    for (const link of links) {
      const whole = link.n === n + 1
      gap(link.n)
      const fault = { log, n: link.n, rowId: link.rowId }
      if (link.line === null) faults.push({ ...fault, kind: 'removed' })
      // after a gap nobody knows the hash before it: the next line shows whether this one's holds
      else if (whole && !hashOf(before, link.line).equals(link.hash))
        faults.push({ ...fault, kind: 'changed' })
      else if ((known.get(n) ?? link.hash.toString('hex')) !== link.hash.toString('hex'))
        faults.push({ ...fault, kind: 'changed' })
      before = link.hash
    }
  gap(Math.max(0, ...known.keys()) + 1)
  return faults
}

const linksAfter = (tx: Db, log: ChainedLog, n: number): Promise<Link[]> =>
  rows<Link>(
    tx,
    `select l.n, l.row_id as "rowId", l.hash, case when r.id is not null then ${logs[log]} end as line
       from chained_line l
       left join ${log} r on r.id = l.row_id
      where l.log = $1
        and l.n > $2
      order by l.n
      limit 5000`,
    [log, n],
  )

/** Lines among those that have been chained, of which the chain knows nothing. */
const insertedIn = async (tx: Db, log: ChainedLog): Promise<LogFault[]> =>
  (
    await rows<{ rowId: number; n: number }>(
      tx,
      `select r.id as "rowId",
              coalesce((select max(l.n) from chained_line l where l.log = $1 and l.row_id < r.id), 0) as n
         from ${log} r, chain_head h
        where h.log = $1
          and (r.xact, r.id) <= (h.xact, h.id)
          and not exists (select from chained_line l where l.log = $1 and l.row_id = r.id)
        order by r.xact, r.id`,
      [log],
    )
  ).map((found) => ({ log, kind: 'inserted', ...found }))
