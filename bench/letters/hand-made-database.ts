import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { run, transaction } from '../../src/db/pool.ts'

/**
 * The limit of the database's part: rows as wide as a letter's message with nothing but a key, by COPY, and
 * one update of each, a thousand at a time. No promise is kept by it: no foreign key, code, trigger, index or
 * look at who may have died.
 */
export async function handMadeRows(pool: pg.Pool, rows: number): Promise<void> {
  await run(
    pool,
    'create table by_hand (id integer primary key, state text, about text, sha256 text)',
  )
  const about = 'x'.repeat(200)
  await transaction(pool, async (tx) => {
    const lines = (function* () {
      for (let at = 0; at < rows; at += 1000) {
        let text = ''
        for (let i = at; i < Math.min(rows, at + 1000); i++) text += `${i}\tqueued\t${about}\t\\N\n`
        yield text
      }
    })()
    await pipeline(Readable.from(lines), tx.query(copyFrom('copy by_hand from stdin')))
  })
  const hash = 'f'.repeat(64)
  for (let at = 0; at < rows; at += 1000) {
    const ids = Array.from({ length: Math.min(1000, rows - at) }, (_, i) => at + i)
    await run(
      pool,
      `update by_hand b
          set state = 'sent', sha256 = x.sha256
         from unnest($1::int[], $2::text[]) as x(id, sha256)
        where b.id = x.id`,
      [ids, ids.map(() => hash)],
    )
  }
}
