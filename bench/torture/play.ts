import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { resumeCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { openPool, row, rows } from '../../src/db/pool.ts'
import { readJournal } from '../../src/demo/stand-ins/journal.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { settleAs } from '../../src/ledger/messages-sending.ts'
import { newPrivateKey } from '../../src/letters/signing-key.ts'
import { openLog } from '../../src/log.ts'
import { check, type Found, type World } from './checker.ts'
import { benchSealingKey } from '../sealing.ts'
import { begins, campaign, limitFiles, type Ground } from './ground.ts'
import { keep, type Kept } from './programs.ts'
import { openProviders, type Providers } from './providers.ts'
import { worldOf } from './read.ts'
import type { Schedule, Strike } from './schedule.ts'

export interface Played {
  found: Found
  /** what it was found in */
  world: World
  /** seconds until all had been said that was to be said */
  took: number
  /** what did not come to rest; undefined: all did */
  stuck: string | undefined
  /** forged receipts that were taken */
  forged: number
  /** programs that ended by themselves, as they may when their database is gone */
  fell: number
}

/** Seconds after which a message that a dead worker held is asked about: short, since runs are. */
const inDoubtAfter = 4
/** After the last strike all must have come to rest so soon, seconds of real time. */
const patience = (messages: number): number => 60 + messages / 50

interface Run {
  ground: Ground
  schedule: Schedule
  pool: pg.Pool
  providers: Providers
  hosts: Kept[]
  serve: Kept
  /** milliseconds that each host's clock is off the real time */
  off: number[]
  over: boolean
  /** forged receipts that were taken */
  forged: number
}

/** Plays one seed on a database of its own, and looks at what came of it. */
export async function play(ground: Ground, schedule: Schedule): Promise<Played> {
  const name = `torture_${schedule.seed}`
  const folder = join(ground.folder, name)
  mkdirSync(folder, { recursive: true })
  const url = await ground.fresh(name)
  const pool = openPool(url, 4)
  let started = performance.now()
  const since = () => performance.now() - started
  const providers = await openProviders(folder, schedule, ground.people, since)
  const run = startPrograms({ ground, schedule, pool, providers, folder, url })
  try {
    await Promise.all([...run.hosts, run.serve].map(({ ready }) => ready))
    await begin(run)
    started = performance.now()
    const sweeping = sweepOften(run)
    await strikeAll(run, since)
    await sleep(Math.max(0, ...schedule.illnesses.map(({ to }) => to - since())))
    const stuck = await comesToRest(run)
    run.over = true
    await sweeping
    await Promise.all([...run.hosts, run.serve].map((program) => program.stop()))
    const world = await stubborn(() => worldOf(run))
    return {
      found: check(world),
      world,
      took: since() / 1000,
      stuck,
      forged: run.forged,
      fell: [...run.hosts, run.serve].reduce((sum, program) => sum + program.fell(), 0),
    }
  } finally {
    run.over = true
    await Promise.all([...run.hosts, run.serve].map((program) => program.stop()))
    await providers.close()
    await pool.end()
    await ground.drop(name)
    rmSync(folder, { recursive: true, force: true })
  }
}

const signingKey = newPrivateKey()

function startPrograms(given: {
  ground: Ground
  schedule: Schedule
  pool: pg.Pool
  providers: Providers
  folder: string
  url: string
}): Run {
  const { schedule, providers, folder, url } = given
  const perSecond = String(Math.max(20, Math.ceil((schedule.messages / schedule.lasts) * 500)))
  const env = {
    ...providers.env,
    DATABASE_URL: url,
    CODE_SIGNING_KEY: signingKey,
    SEALING_KEYS: benchSealingKey,
    ALLOW_DRAFT_TEXTS: 'true',
    IN_DOUBT_AFTER: String(inDoubtAfter),
    SMS_PER_SECOND: perSecond,
    SMTP_PER_SECOND: perSecond,
    SMS_QUIET_FROM: '0',
    SMS_QUIET_TO: '0',
    PRINT_BATCH: '100',
    PORT: '0',
  }
  const home = (name: string) => ({
    KALLELSE_DATA: join(folder, name),
    KALLELSE_OUT: join(folder, name),
  })
  const off = [0, 1].map(() => begins.getTime() - Date.now())
  const hosts = off.map((_, n) =>
    keep({
      file: 'host.ts',
      args: () => [String(off[n])],
      env: { ...env, ...home(`host-${n}`) },
    }),
  )
  const serve = keep({
    file: '../../src/main.ts',
    args: () => ['serve', '--no-work', '--json'],
    env: { ...env, ...home('serve') },
    said: (text) => {
      const port = /"url":\s*"http:\/\/[^:]+:(\d+)/.exec(text)?.[1]
      if (port) providers.lines.receipts.to(Number(port))
    },
  })
  return { ...given, hosts, serve, off, over: false, forged: 0 }
}

/** The torturer's own questions wait until the database answers again. */
async function stubborn<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (tries === 100) throw error
      await sleep(200)
    }
  }
}

async function begin(run: Run): Promise<void> {
  const jobs = await openJobs(run.pool, openLog('silent'))
  await startCampaign({ ...operator(run), jobs }, campaign, 'anna')
  await jobs.close()
}

const operator = (run: Run) => ({
  pool: run.pool,
  clock: { now: () => new Date(Date.now() + run.off[0]!) },
  textGate: () => Promise.resolve({}),
})

/** The minute after which a worker sweeps is a second here. */
async function sweepOften(run: Run): Promise<void> {
  for (let turn = 0; !run.over; turn++) {
    tell(run.hosts[turn % 2]!, { sweep: true })
    await sleep(500)
  }
}

function tell(host: Kept, what: object): void {
  const child = host.child()
  if (child.connected) child.send(what, () => {}) // it may end just now
}

async function strikeAll(run: Run, since: () => number): Promise<void> {
  for (const strike of run.schedule.strikes) {
    await sleep(Math.max(0, strike.at - since()))
    await strikeOnce(run, strike)
  }
}

async function strikeOnce(run: Run, strike: Strike): Promise<void> {
  const { ground, hosts, providers } = run
  switch (strike.what) {
    case 'kill-host':
      return hosts[strike.host]!.kill()
    case 'kill-serve':
      return run.serve.kill()
    case 'kill-postgres':
      return ground.kill(strike.whole)
    case 'cut':
      return (strike.line === 'database' ? ground.proxy : providers.lines[strike.line]).cut()
    case 'fill-disk':
      return fillDisk(run, strike)
    case 'step-clock':
      return stepClock(run, strike.host, strike.by)
    case 'hours':
      return passHours(run, strike.hours)
    case 'forge':
      run.forged += await providers.forge(strike.receipts)
  }
}

async function fillDisk(
  { ground, hosts }: Run,
  strike: Strike & { what: 'fill-disk' },
): Promise<void> {
  const limit = (bytes: number | undefined) =>
    strike.whose === 'postgres'
      ? ground.limitFiles(bytes)
      : limitFiles(hosts[strike.host]!.child().pid!, bytes)
  limit(20_000)
  await sleep(strike.for)
  limit(undefined)
}

function stepClock(run: Run, host: number, by: number): void {
  run.off[host]! += by
  tell(run.hosts[host]!, { clock: run.off[host] })
}

/** Hours pass in three seconds, a quarter of an hour or so at a time. */
async function passHours(run: Run, hours: number): Promise<void> {
  for (let step = 0; step < 12; step++) {
    for (const host of [0, 1]) stepClock(run, host, (hours * 3_600_000) / 12)
    await sleep(250)
  }
}

interface Open {
  campaign: string
  queued: number
  /** messages and batches that somebody holds, and doubts */
  held: number
  unreleased: number
  /** when the first queued message may be tried again */
  due: Date | null
}

const openSql = `
  select (select state from campaign where name = '${campaign}') as campaign,
         (select count(*)::int from outgoing where state = 'queued') as queued,
         (select count(*)::int from outgoing where state in ('sending', 'in-doubt'))
         + (select count(*)::int from batch where state in ('open', 'sealed', 'handing-over')) as held,
         (select count(*)::int from invitation where state in ('planned', 'waiting')) as unreleased,
         (select min(due_at) from outgoing where state = 'queued') as due`

/**
 * Nothing goes wrong any more. The operator settles what the program can't know, resumes what has paused, and hours pass
 * by the clock, until the campaign is finished and all receipts are in.
 * @returns what is still open after the patience; undefined: all has come to rest
 */
async function comesToRest(run: Run): Promise<string | undefined> {
  const until = performance.now() + patience(run.schedule.messages) * 1000
  let calm = 0
  let open: Open | undefined
  for (let turn = 1; performance.now() < until; turn++) {
    await settleByHand(run)
    open = (await stubborn(() => row<Open>(run.pool, openSql)))!
    if (open.campaign === 'paused') await stubborn(() => resume(run))
    timePasses(run, open, turn)
    if (open.campaign !== 'finished' || open.queued + open.held > 0) calm = 0
    else if (calm++ === 3) return undefined
    if (calm === 1) await run.providers.receiptsPosted()
    await sleep(500)
  }
  return JSON.stringify(open)
}

async function resume(run: Run): Promise<void> {
  const jobs = await openJobs(run.pool, openLog('silent'))
  await resumeCampaign({ ...operator(run), jobs }, campaign, 'anna').finally(() => jobs.close())
}

/** When all that is queued waits for its next try, the clocks go there; every few seconds some minutes pass anyway. */
function timePasses(run: Run, { held, due }: Open, turn: number): void {
  const now = Date.now() + Math.min(...run.off)
  const wait = held === 0 && due ? due.getTime() - now : 0
  const by = wait > 0 ? wait + 1000 : turn % 10 === 0 ? 5 * 60_000 : 0
  if (by > 0) for (const host of [0, 1]) stepClock(run, host, by)
}

/** Without a mail trace a person looks in the relay's own log for each e-mail that is in doubt. */
async function settleByHand(run: Run): Promise<void> {
  if (run.schedule.trace) return
  const doubts = await stubborn(() =>
    rows<{ id: string }>(
      run.pool,
      `select id from message
        where state = 'in-doubt' and channel = 'email'
          and sending_since < clock_timestamp() - make_interval(secs => $1)`,
      [2 * inDoubtAfter],
    ),
  )
  if (doubts.length === 0) return
  const taken = new Set(
    readJournal<{ reference: string }>(run.providers.journals.mail).map((m) => m.reference),
  )
  for (const { id } of doubts)
    await stubborn(() => settleAs(run.pool, id, taken.has(id) ? 'sent' : 'queued', null))
}
