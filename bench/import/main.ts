import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type pg from 'pg'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, rows, run } from '../../src/db/pool.ts'
import { slotsCsv, slotsForWeek } from '../../src/demo/region.ts'
import { runCommand } from '../support/command.ts'
import { writePeople } from '../support/people-file.ts'
import { postgresSeconds } from '../support/postgres-time.ts'
import { report, type Figure } from '../support/report.ts'

const help = `Imports a people file and slots with the real commands, beside COPY of the very same rows: into a table without
indexes, and into one with all indexes and checks. A file of 20 000 people comes first: memory must not grow with it.

  node bench/import/main.ts [--people 1000000] [--slots 64800] [--json]
`
const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '1000000' },
    slots: { type: 'string', default: '64800' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const few = 20_000
const clinics = fileURLToPath(new URL('../../samples/dalarna/clinics.csv', import.meta.url))

/** A client of its own: COPY takes the whole connection. */
async function copied<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await work(client)
  } finally {
    client.release()
  }
}

/** Seconds that COPY takes to put a table's rows into an empty one without and one with its indexes and checks. */
async function copyTimes(pool: pg.Pool, table: string, folder: string) {
  const columns = (
    await rows<{ name: string }>(
      pool,
      `select column_name as name
         from information_schema.columns
        where table_schema = 'public'
          and table_name = $1
          and is_generated = 'NEVER'`,
      [table],
    )
  )
    .map(({ name }) => name)
    .join(', ')
  const file = join(folder, `${table}.copy`)
  await copied(pool, (client) =>
    pipeline(client.query(copyTo(`copy ${table} (${columns}) to stdout`)), createWriteStream(file)),
  )
  const timed = async (including: string): Promise<number> => {
    await run(pool, `create table copied (like ${table} including ${including})`)
    const start = performance.now()
    await copied(pool, (client) =>
      pipeline(
        createReadStream(file, { highWaterMark: 1 << 20 }),
        client.query(copyFrom(`copy copied (${columns}) from stdin`)),
      ),
    )
    const seconds = (performance.now() - start) / 1000
    await run(pool, 'drop table copied')
    return seconds
  }
  return { bare: await timed('generated'), indexed: await timed('all') }
}

async function measure(): Promise<Figure[]> {
  const [people, slots] = [Number(values.people), Number(values.slots)]
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const pool = openPool(server.url)
  const env = { KALLELSE_DATA: folder }
  const importing = (what: string, file: string, ...more: string[]) =>
    runCommand<{ new: number; changeset?: { new: number } }>(['import', what, file, ...more], env)
  const file = (name: string) => join(folder, name)
  try {
    await migrate(pool)
    await writePeople(file('few.csv'), few)
    await writePeople(file('people.csv'), people)
    await writeFile(file('slots.csv'), slotsCsv(await manySlots(slots)))
    await importing('clinics', clinics)

    const small = await importing('people', file('few.csv'), '--dry-run')
    const before = await postgresSeconds(folder)
    const all = await importing('people', file('people.csv'))
    const postgres = (await postgresSeconds(folder)) - before
    if (all.result.changeset?.new !== people) throw new Error(JSON.stringify(all.result))
    const copy = await copyTimes(pool, 'person', folder)

    const times = await importing('slots', file('slots.csv'))
    if (times.result.new !== slots) throw new Error(JSON.stringify(times.result))
    const slotCopy = await copyTimes(pool, 'slot', folder)

    const aim = (45 * people) / 1_000_000
    return [
      {
        work: `import ${people} people`,
        yardstick: `COPY ${copy.bare.toFixed(1)} s, with checks and indexes ${copy.indexed.toFixed(1)} s`,
        now:
          `${all.seconds.toFixed(1)} s (${(all.seconds / copy.indexed).toFixed(1)} × COPY with indexes); ` +
          `processor: node ${all.cpu.toFixed(1)} s, PostgreSQL ${postgres.toFixed(1)} s`,
        aim: `≤ ${aim.toFixed(1)} s`,
        met: all.seconds <= aim,
        ratio: copy.indexed / all.seconds,
      },
      {
        work: `memory of the import of ${people}`,
        yardstick: `${few} people ${small.peak.toFixed(0)} MB`,
        now: `${all.peak.toFixed(0)} MB`,
        aim: '≤ 2 × that of 20 000',
        met: all.peak <= 2 * small.peak,
        ratio: small.peak / all.peak,
      },
      {
        work: `import ${slots} slots`,
        yardstick: `COPY ${slotCopy.bare.toFixed(1)} s, with checks and indexes ${slotCopy.indexed.toFixed(1)} s`,
        now: `${times.seconds.toFixed(1)} s; processor: node ${times.cpu.toFixed(1)} s`,
        aim: '≤ 5 s',
        met: times.seconds <= 5,
        ratio: slotCopy.indexed / times.seconds,
      },
    ]
  } finally {
    await pool.end()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Weeks of the demo's clinics when they are open all day, until there are as many as are wanted. */
async function manySlots(count: number) {
  const slots = []
  for (let week = 0; slots.length < count; week++) {
    const monday = new Date(Date.UTC(2031, 2, 17 + week * 7)).toISOString().slice(0, 10)
    slots.push(...(await slotsForWeek(1, monday, 100_000)))
  }
  return slots.slice(0, count)
}

if (values.help) process.stdout.write(help)
else await report('import', values.json, measure)
