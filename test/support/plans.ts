import type pg from 'pg'
import { openPool } from '../../src/db/pool.ts'

interface Node {
  'Node Type': string
  'Relation Name'?: string
  Plans?: Node[]
}

/** A pool that remembers the plan of each statement that PostgreSQL ran for it, also of those inside triggers. */
export function explainedPool(url: string): { pool: pg.Pool; plans: () => Plan[] } {
  const pool = openPool(url, 4, {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
  })
  let seen: Plan[] = []
  pool.on('connect', (client) =>
    client.on('notice', ({ message = '' }) => {
      if (!/^duration: .* plan:/.test(message)) return
      const { 'Query Text': sql, Plan: plan } = JSON.parse(message.slice(message.indexOf('{'))) as {
        'Query Text': string
        Plan: Node
      }
      seen.push({ sql: sql.replaceAll(/\s+/g, ' ').trim(), scanned: scannedIn(plan) })
    }),
  )
  return {
    pool,
    plans: () => {
      const plans = seen
      seen = []
      return plans
    },
  }
}

/** A statement, and the tables that it reads from the first row to the last. */
export interface Plan {
  sql: string
  scanned: string[]
}

const scannedIn = (node: Node): string[] => [
  ...(node['Node Type'] === 'Seq Scan' ? [node['Relation Name']!] : []),
  ...(node.Plans ?? []).flatMap(scannedIn),
]
