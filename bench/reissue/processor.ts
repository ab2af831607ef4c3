import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { rows } from '../../src/db/pool.ts'

/**
 * Processor seconds that this program and its database connections have used; where there is no /proc, the program's
 * alone.
 */
export async function processorSeconds(pool: pg.Pool): Promise<number> {
  const { user, system } = process.cpuUsage()
  const backends = await rows<{ pid: number }>(
    pool,
    `select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`,
  )
  const ticks = await Promise.all(
    backends.map(({ pid }) => readFile(`/proc/${pid}/stat`, 'utf8').then(ticksIn, () => 0)),
  )
  return (user + system) / 1e6 + ticks.reduce((sum, n) => sum + n, 0) / 100
}

/** Fields 14 and 15 (user and system), counted from after the name, which may hold blanks. */
function ticksIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}
