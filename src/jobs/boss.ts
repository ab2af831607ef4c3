import { PgBoss } from 'pg-boss'
import type pg from 'pg'
import type { Db } from '../db/pool.ts'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { queues, type Lane, type Payload, type QueueName } from './queues.ts'
import { wake } from './wake.ts'

/**
 * The job queue (pg-boss): its tables live beside ours, so a job can be put in the transaction that makes its rows. And
 * the wake-ups of the lanes, which need no jobs.
 */
export interface Jobs {
  /** Puts jobs on a queue, in the caller's transaction, and wakes its workers when that commits. */
  enqueue<N extends QueueName>(
    db: Db,
    name: N,
    payloads: readonly Payload<N>[],
    options?: { startAfter?: Date },
  ): Promise<void>
  /** Has a lane look at once for messages that are due, when the caller's transaction commits. */
  wake(db: Db, lane: Lane): Promise<void>
  boss: PgBoss
  close(): Promise<void>
}

export async function openJobs(pool: pg.Pool, log: Log): Promise<Jobs> {
  const on = (db: Db) => ({
    executeSql: (text: string, values?: unknown[]) => db.query(text, values),
  })
  const boss = new PgBoss({ db: on(pool), schema: 'pgboss', supervise: true, schedule: true })
  boss.on('error', (error) => log.error({ reason: messageOf(error) }, 'queue'))
  await boss.start()
  for (const [name, q] of Object.entries(queues)) {
    await boss.createQueue(name, {
      policy: q.policy,
      retryLimit: q.retryLimit,
      retryDelay: q.retryDelay,
      retryBackoff: true,
      expireInSeconds: q.expireInSeconds,
    })
    // Makes it look the queue up now. It would at the first job, with a connection of its own: of many requests
    // that put their first job in a transaction at once, each would hold a connection and wait for one more,
    // forever.
    await boss.insert(name, [])
  }
  return {
    boss,
    async enqueue(db, name, payloads, options = {}) {
      const jobs = payloads.map((data) => ({
        data: queues[name].payload.parse(data),
        singletonKey: JSON.stringify(data),
        ...(options.startAfter ? { startAfter: options.startAfter } : {}),
      }))
      await boss.insert(name, jobs, { db: on(db) }) // null when every one of them waits already: as wanted
      if (jobs.length) await wake(db, name)
    },
    async wake(db, lane) {
      await wake(db, lane)
    },
    close: () => boss.stop({ graceful: true, timeout: 30_000 }),
  }
}
