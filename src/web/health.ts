import { readFileSync } from 'node:fs'
import type { RequestHandler } from 'express'
import type { App } from '../app.ts'
import { row } from '../db/pool.ts'
import { messageOf } from '../errors.ts'

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

/**
 * GET /health: 200 while the database answers, else 503. `oldestDueSeconds`: how long the message that waits longest
 * has been due.
 */
export const health =
  (app: App): RequestHandler =>
  async (_request, response) => {
    response.set('Cache-Control', 'no-store')
    try {
      const queue = await row<{ oldest: number; doubt: number }>(
        app.pool,
        `select coalesce(extract(epoch from $1::timestamptz - (select min(due_at) from message where state = 'queued' and due_at <= $1)), 0)::float8 as oldest,
              (select count(*)::int from message where state = 'in-doubt') as doubt`,
        [app.clock.now()],
      )
      response.json({
        status: 'ok',
        database: 'ok',
        queue: { oldestDueSeconds: Math.round(queue?.oldest ?? 0), inDoubt: queue?.doubt ?? 0 },
        version,
      })
    } catch (error) {
      app.log.error({ reason: messageOf(error) }, 'the database does not answer')
      response.status(503).json({ status: 'failing', database: 'no answer', version })
    }
  }
