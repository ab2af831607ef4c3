import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type pg from 'pg'
import { Refused } from '../errors.ts'
import { seal, unseal } from './sealed.ts'

// A back-up of the embedded database: the server's files as PostgreSQL's own low-level back-up wants them (its binaries
// from npm hold no pg_dump and no pg_basebackup), packed and sealed. A file is a list of sealed pieces, the last of
// which says that it is the last: a piece that was changed, moved or cut off does not open.

const pieceSize = 1 << 20
/** Written anew by a server that starts: only the folders are kept. */
const emptied =
  /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\//
const leftOut =
  /(^|\/)(postmaster\.pid|postmaster\.opts|backup_label|backup_manifest|pgsql_tmp[^/]*)$/

interface Entry {
  path: string
  /** of a folder: nothing */
  content?: AsyncIterable<Buffer>
}

/** Writes a back-up of the server in `home`, while it works. The file is there whole or not. */
export async function writeBackup(home: string, pool: pg.Pool, file: string): Promise<void> {
  const part = `${file}.part`
  const client = await pool.connect()
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await pipeline(
      Readable.from(packed(entriesOf(client, home)), { objectMode: false }),
      createGzip({ level: 1 }),
      sealedPieces,
      createWriteStream(part, { flags: 'w', mode: 0o600, flush: true }),
    )
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  } finally {
    client.release(true) // its session ends, and with it a back-up that was broken off
  }
}

/** @param client its session holds the back-up open, and the write-ahead log that belongs to it */
async function* entriesOf(client: pg.PoolClient, home: string): AsyncGenerator<Entry> {
  const data = join(home, 'postgres')
  await client.query(
    `select pg_create_physical_replication_slot('kallelse_' || pg_backend_pid(), true, true)`,
  )
  await client.query(`select pg_backup_start('kallelse', true)`)
  yield { path: 'postgres.password', content: fileAt(join(home, 'postgres.password')) }
  for await (const entry of within(data, '')) if (!leftOut.test(entry.path)) yield inPostgres(entry)
  const { labelfile } = (
    await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
  ).rows[0]!
  yield { path: 'postgres/backup_label', content: Readable.from([Buffer.from(labelfile)]) }
  for (const name of (await readdir(join(data, 'pg_wal'))).filter((n) => /^[0-9A-F]{24}$/.test(n)))
    yield { path: `postgres/pg_wal/${name}`, content: fileAt(join(data, 'pg_wal', name)) }
}

const inPostgres = ({ path, ...entry }: Entry): Entry => ({ path: `postgres/${path}`, ...entry })

async function* within(data: string, folder: string): AsyncGenerator<Entry> {
  for (const item of await readdir(join(data, folder), { withFileTypes: true })) {
    const path = folder + item.name
    if (emptied.test(path)) continue
    if (item.isDirectory()) {
      yield { path }
      yield* within(data, `${path}/`)
    } else if (item.isFile()) {
      yield { path, content: fileAt(join(data, path)) }
    }
  }
}

/** A file that goes while it is read (a table that was dropped) ends there: the log knows of it. */
async function* fileAt(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: pieceSize }) as AsyncIterable<Buffer>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

const sized = (bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}
const nothing = Buffer.alloc(0)

/** Path, `f` or `d`, then of a file its pieces, each with its size before it, and a piece of no size. */
async function* packed(entries: AsyncIterable<Entry>): AsyncGenerator<Buffer> {
  for await (const { path, content } of entries) {
    yield sized(Buffer.from(`${content ? 'f' : 'd'}${path}`))
    if (!content) continue
    for await (const piece of content) if (piece.length) yield sized(piece)
    yield sized(nothing)
  }
}

async function* sealedPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const id = randomUUID()
  yield sized(Buffer.from(id))
  let n = 0
  for await (const piece of bytes)
    yield sized(seal(Buffer.concat([Buffer.from('+'), piece]), `backup ${id} ${n++}`))
  yield sized(seal(Buffer.from('.'), `backup ${id} ${n}`))
}

/**
 * Puts a back-up in place of an embedded database that is not there. Read to its end, found whole and made ready before
 * anything has its name: a kill leaves no database, or one that is ready.
 * @param ready what must be done before anybody can use it; given the folder that has it meanwhile, as KALLELSE_DATA
 * @throws Refused `database-is-there`, `not-a-backup`, and as `unseal`
 */
export async function readBackup(
  file: string,
  home: string,
  ready: (folder: string) => Promise<void>,
): Promise<void> {
  if (existsSync(join(home, 'postgres')))
    throw new Refused(
      'database-is-there',
      `There is a database in ${join(home, 'postgres')}. Stop every program and move it away first.`,
    )
  const making = join(home, 'restoring')
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true, mode: 0o700 })
  await pipeline(createReadStream(file), opened, createGunzip(), (bytes: AsyncIterable<Buffer>) =>
    unpack(bytes, making),
  )
  await ready(making)
  await rename(join(making, 'postgres.password'), join(home, 'postgres.password'))
  await rename(join(making, 'postgres'), join(home, 'postgres'))
  await rm(making, { recursive: true })
}

const broken = () =>
  new Refused('not-a-backup', 'The file is not a back-up, or not the whole of one. Take another.')

async function* opened(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = reader(file)
  const id = (await source.next())?.toString()
  let ended = false
  for (let n = 0; ; n++) {
    const piece = await source.next()
    if (!piece) break
    if (ended) throw broken()
    const bytes = unseal(piece, `backup ${id} ${n}`)
    ended = bytes[0] === '.'.charCodeAt(0)
    if (!ended) yield bytes.subarray(1)
  }
  if (!ended) throw broken()
}

async function unpack(bytes: AsyncIterable<Buffer>, folder: string): Promise<void> {
  const source = reader(bytes)
  for (let head = await source.next(); head; head = await source.next()) {
    const path = head.subarray(1).toString()
    if (path.split('/').includes('..')) throw broken()
    const at = join(folder, path)
    await mkdir(head[0] === 'd'.charCodeAt(0) ? at : dirname(at), { recursive: true, mode: 0o700 })
    if (head[0] === 'f'.charCodeAt(0)) await writeOne(source, await open(at, 'wx', 0o600))
  }
}

async function writeOne(source: Source, file: FileHandle): Promise<void> {
  try {
    for (;;) {
      const piece = await source.next()
      if (!piece) throw broken()
      if (!piece.length) return await file.sync()
      await file.writeFile(piece)
    }
  } finally {
    await file.close()
  }
}

interface Source {
  /** the next piece; undefined at the end */
  next(): Promise<Buffer | undefined>
}

/** Reads pieces that have their size before them. */
function reader(bytes: AsyncIterable<Buffer>): Source {
  const chunks = bytes[Symbol.asyncIterator]()
  let held: Buffer = nothing
  const take = async (size: number): Promise<Buffer | undefined> => {
    const parts = [held]
    let length = held.length
    while (length < size) {
      const chunk = await chunks.next()
      if (chunk.done) break
      parts.push(chunk.value)
      length += chunk.value.length
    }
    held = Buffer.concat(parts)
    if (held.length === 0) return undefined
    if (held.length < size) throw broken()
    const taken = held.subarray(0, size)
    held = held.subarray(size)
    return taken
  }
  return {
    async next() {
      const size = (await take(4))?.readUInt32BE()
      if (size === undefined || size === 0) return size === 0 ? nothing : undefined
      if (size > 1 << 26) throw broken()
      const piece = await take(size)
      if (!piece) throw broken()
      return piece
    },
  }
}
