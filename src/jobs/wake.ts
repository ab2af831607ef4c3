import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { run, type Db } from '../db/pool.ts'
import { isShared } from '../db/pooler.ts'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** NOTIFY's channel; what is told is the name of a queue or lane. */
const channel = 'kallelse_work'

/**
 * Tells every worker that a queue or lane has work, when the transaction commits: before that its rows can't be seen,
 * and a wake-up would be lost. It writes no row, so transactions that wake the same lane don't wait for each other.
 */
export const wake = (db: Db, name: string): Promise<number> =>
  run(db, 'select pg_notify($1, $2)', [channel, name])

/** What is told when places or doses may have come: those who wait for a time are next (queue `assign`). */
export const placesOpened = 'places-opened'

export interface Listener {
  /** whether wake-ups come in now; while they don't, a worker looks for work more often */
  hears(): boolean
  close(): Promise<void>
}

const looksItself = 'no wake-ups come from the database: work is looked for each second'

/** Long enough for a busy server; a wake-up that hasn't come then never does. */
const firstWord = 2000
const longestPause = 30_000

/**
 * Hears the wake-ups, on a connection of its own. When that breaks it is made again, and everything counts as woken:
 * what was said meanwhile is lost. Where none come it
 * gives up, and the worker looks for work by itself; behind a pooler it doesn't try, because LISTEN would stay with
 * whoever has the connection next.
 * @param heard with a name, or null for all
 */
export async function listen(
  pool: pg.Pool,
  log: Log,
  heard: (name: string | null) => void,
): Promise<Listener> {
  if (isShared(pool)) {
    log.info({}, looksItself)
    return { hears: () => false, close: () => Promise.resolve() }
  }
  let client: pg.Client | undefined
  let closed = false
  let again: NodeJS.Timeout | undefined
  let pause = 500

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ ...pool.options, keepAlive: true })
    let lost = false
    const onLost = () => {
      if (lost) return
      lost = true
      if (client === next) client = undefined
      void next.end().catch(() => {})
      if (!closed) retry()
    }
    next.on('error', onLost)
    next.on('end', onLost)
    try {
      await next.connect()
      const test = randomUUID()
      const answer = new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), firstWord)
        next.on('notification', ({ payload = '' }) => {
          if (payload !== test) return heard(payload)
          clearTimeout(timer)
          resolve(true)
        })
      })
      await next.query(`listen ${channel}`)
      await wake(pool, test)
      if (!(await answer)) {
        lost = true
        await next.end()
        return log.warn({}, looksItself)
      }
      client = next
      pause = 500
      if (closed) await next.end()
      heard(null)
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'no wake-ups from the database just now')
      onLost()
    }
  }
  const retry = () => {
    pause = Math.min(longestPause, pause * 2)
    again = setTimeout(() => void connect(), pause)
    again.unref()
  }
  await connect()
  return {
    hears: () => client !== undefined,
    async close() {
      closed = true
      clearTimeout(again)
      await client?.end()
    },
  }
}
