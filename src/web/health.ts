import { readFileSync } from 'node:fs'
import type { RequestHandler } from 'express'
import type { App } from '../app.ts'
import { row } from '../db/pool.ts'
import { messageOf } from '../errors.ts'
import { mailboxName } from '../channels/bounce-mailbox.ts'
import { countKept } from '../messages/bounces/kept.ts'
import { mailboxState } from '../messages/bounces/mailbox-state.ts'
import { laneAges } from '../messages/queue-age.ts'
import { backupIsLate, databaseState } from '../messages/restored.ts'
import { troubles } from '../messages/dispatch/trouble.ts'
import { isQuiet, quietHours } from '../messages/dispatch/quiet-hours.ts'

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

/**
 * GET /health: 200 while the database answers, else 503. `oldestDueSeconds`: how long the message that waits longest
 * has been due. `lanes`: the same for each way in which SMS and e-mail leave and something is due. `providers`: those that
 * take nothing just now; the status is `degraded` when campaigns wait for one, or when the mailbox for undeliverable mail
 * can't be read. `bounces.kept`: reports that wait for a person. `backup`: when the last was made, whether that is too
 * long ago while a campaign runs, and to which moment a database that was put back is restored.
 */
export const health =
  (app: App): RequestHandler =>
  async (_request, response) => {
    response.set('Cache-Control', 'no-store')
    try {
      const queue = await row<{ oldest: number; doubt: number }>(
        app.pool,
        `select coalesce(extract(epoch from $1::timestamptz - (select min(due_at) from outgoing where state = 'queued' and due_at <= $1)), 0)::float8 as oldest,
              (select count(*)::int from outgoing where state = 'in-doubt') as doubt`,
        [app.clock.now()],
      )
      const now = app.clock.now()
      const lanes = await laneAges(app.pool, now, isQuiet(now, quietHours(app.config)))
      const database = await databaseState(app.pool)
      const providers = await troubles(app.pool)
      const bounces = await bouncesOf(app)
      const degraded = providers.some(({ paused }) => paused) || bounces.mailbox?.code
      response.json({
        status: degraded ? 'degraded' : 'ok',
        database: 'ok',
        queue: {
          oldestDueSeconds: Math.round(queue?.oldest ?? 0),
          inDoubt: queue?.doubt ?? 0,
          lanes: Object.fromEntries(lanes.map(({ lane, seconds }) => [lane, Math.round(seconds)])),
        },
        providers: Object.fromEntries(
          providers.map(({ provider, code, since, probeAt, paused }) => [
            provider,
            { code, since, triedAgainAt: probeAt, campaignsWait: paused },
          ]),
        ),
        bounces,
        backup: {
          lastAt: database.last,
          late: backupIsLate(database, app.config.BACKUP_WITHIN, now),
          restoredTo: database.restored?.point ?? null,
        },
        version,
      })
    } catch (error) {
      app.log.error({ reason: messageOf(error) }, 'the database does not answer')
      response.status(503).json({ status: 'failing', database: 'no answer', version })
    }
  }

/** The mailbox is not named: who asks may be anybody. */
async function bouncesOf({ pool, config }: App) {
  const url = config.BOUNCE_MAILBOX
  const state = url ? await mailboxState(pool, mailboxName(url)) : undefined
  return {
    kept: await countKept(pool),
    ...(state
      ? {
          mailbox: {
            readAt: state.readAt,
            ...(state.code
              ? { code: state.code, since: state.since, triedAgainAt: state.nextAt }
              : {}),
          },
        }
      : {}),
  }
}
