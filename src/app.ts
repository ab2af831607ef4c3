import type pg from 'pg'
import type { TextGate } from './campaigns/actions.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Config } from './config.ts'
import { demoClock } from './demo/clock.ts'
import { startEmbedded } from './db/embedded.ts'
import { migrate } from './db/migrate.ts'
import { openPool, row } from './db/pool.ts'
import { grantAccess } from './db/roles.ts'
import { useSealingKeys } from './db/sealed.ts'
import { sealingKeys } from './db/sealing-keys.ts'
import { checkDirect, isShared, limitLockWaits, meetConnections, needsDirect } from './db/pooler.ts'
import { Refused, messageOf } from './errors.ts'
import type { Jobs } from './jobs/boss.ts'
import { openLog, type Log } from './log.ts'

/** What the running program is made of. Actions take what they need of it as arguments. */
export interface App {
  config: Config
  log: Log
  clock: Clock
  pool: pg.Pool
  /** Opened at first use: most commands need no queue. */
  jobs(): Promise<Jobs>
  /** What a campaign's channels and texts must pass before it is approved, started or resumed. */
  textGate: TextGate
  close(): Promise<void>
}

/** What the operator can correct (server down, wrong password), as an error that says so without the password. */
function unreachable(error: unknown, url: string, name = 'DATABASE_URL'): unknown {
  const code = (error as { code?: string } | null)?.code ?? ''
  if (!/^(ECONN|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|28|3D|53|57P)/.test(code)) return error
  const { host, pathname } = new URL(url)
  return new Refused(
    'database-unreachable',
    `The database at ${host}${pathname} can't be used: ${messageOf(error) || code}. ` +
      `Check that it runs, and ${name}.`,
  )
}

/** Migrates, past the pooler if there is one, and learns how the pool's connections behave. */
async function prepareDatabase(config: Config, pool: pg.Pool, log: Log): Promise<void> {
  const straight = config.DATABASE_DIRECT_URL
  const direct = straight ? openPool(straight, 2) : undefined
  const owner = config.DATABASE_OWNER_URL ? openPool(config.DATABASE_OWNER_URL, 4) : undefined
  try {
    if (owner) {
      await checkDirect(owner, pool, 'DATABASE_OWNER_URL').catch((error: unknown) => {
        throw unreachable(error, config.DATABASE_OWNER_URL!, 'DATABASE_OWNER_URL')
      })
    }
    if (straight) {
      await checkDirect(direct!, pool).catch((error: unknown) => {
        throw unreachable(error, straight, 'DATABASE_DIRECT_URL')
      })
    }
    await limitLockWaits(pool)
    await meetConnections(pool, direct !== undefined)
    const applied = await migrate(pool, () => {
      if (isShared(pool) && !direct && !owner) throw needsDirect('DATABASE_URL')
      return owner ?? direct ?? pool
    })
    if (applied.length) log.info({ applied }, 'migrated')
    if (owner) await letProgramWork(owner, config, pool, log)
  } finally {
    await direct?.end()
    await owner?.end()
  }
}

/** Makes the queue's tables as the owner, and gives the program's role what it needs of all tables. */
async function letProgramWork(
  owner: pg.Pool,
  config: Config,
  pool: pg.Pool,
  log: Log,
): Promise<void> {
  const { openJobs } = await import('./jobs/boss.ts')
  await (await openJobs(owner, log)).close()
  const { name } = (await row<{ name: string }>(pool, 'select current_user as name'))!
  await grantAccess(owner, name, config.DATABASE_READ_ROLE)
}

/**
 * Puts the program together: database (given or embedded), migrations, queue.
 * @param clock the time is real, or after the demo the demo's
 * @param databaseSettings of PostgreSQL, for this program's connections
 */
export async function openApp(
  config: Config,
  clock: Clock = demoClock(config) ?? systemClock,
  databaseSettings: Readonly<Record<string, string>> = {},
): Promise<App> {
  const log = openLog(config.LOG_LEVEL)
  useSealingKeys(sealingKeys(config))
  const server = config.DATABASE_URL
    ? undefined
    : await startEmbedded(config.KALLELSE_DATA, {
        onBack: () => log.warn({}, 'the embedded database was lost and is back'),
      })
  const pool = openPool(config.DATABASE_URL ?? server!.url, 20, databaseSettings)
  const closeDatabase = async () => {
    await pool.end()
    await server?.close()
  }
  try {
    await prepareDatabase(config, pool, log)
  } catch (error) {
    await closeDatabase()
    throw config.DATABASE_URL ? unreachable(error, config.DATABASE_URL) : error
  }
  let jobs: Promise<Jobs> | undefined
  return {
    config,
    log,
    clock,
    pool,
    jobs: () =>
      (jobs ??= import('./jobs/boss.ts')
        .then(({ openJobs }) => openJobs(pool, log))
        .catch((error: unknown) => {
          jobs = undefined // the next to ask tries again: too many connections pass
          throw error
        })),
    textGate: async (db, spec) =>
      (await import('./messages/send-gate.ts')).sendGate(config)(db, spec),
    close: async () => {
      await jobs
        ?.then((opened) => opened.close())
        .catch((error: unknown) =>
          log.warn({ reason: messageOf(error) }, 'the queue did not close in order'),
        )
      await closeDatabase()
    },
  }
}
