import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planCost, type PlanCost } from '../../src/allocation/plan-cost.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { openPool, rows, run } from '../../src/db/pool.ts'
import { makeRegion, type Size } from './region.ts'

/**
 * The yardstick: the nth person in an area's queue gets its nth place, by one statement on a real PostgreSQL. It
 * knows no clinic, no household and no need. Reading the tables and writing the pairs is in the time, as a set-based
 * answer would be.
 */
export async function rankJoins(
  sizes: readonly Size[],
): Promise<{ seconds: number; cost: PlanCost }[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const pool = openPool(server.url, 1)
  try {
    const done: { seconds: number; cost: PlanCost }[] = []
    for (const size of sizes) {
      const { people, slots } = makeRegion(size)
      await run(pool, 'drop table if exists given, waiting, place')
      await run(
        pool,
        'create table waiting (id int primary key, area text, priority int); create table place (id int primary key, area text, starts_at timestamptz, free int)',
      )
      await run(
        pool,
        'insert into waiting select * from unnest($1::int[], $2::text[], $3::int[])',
        [people.map((p) => p.id), people.map((p) => p.area), people.map((p) => p.priority)],
      )
      await run(
        pool,
        'insert into place select * from unnest($1::int[], $2::text[], $3::timestamptz[], $4::int[])',
        [
          slots.map((s) => s.id),
          slots.map((s) => s.area),
          slots.map((s) => s.startsAt),
          slots.map((s) => s.free),
        ],
      )
      await pool.query('analyze waiting; analyze place')
      const started = performance.now()
      await run(
        pool,
        `create table given as
         with person as (select id, area, row_number() over (partition by area order by priority, id) as rank from waiting),
              seat as (select id, area, row_number() over (partition by area order by starts_at, id) as rank from place, generate_series(1, free))
         select person.id, seat.id as slot from person join seat using (area, rank)`,
      )
      const seconds = (performance.now() - started) / 1000
      const given = new Map(
        (await rows<{ id: number; slot: number }>(pool, 'select id, slot from given')).map((g) => [
          g.id,
          g.slot,
        ]),
      )
      const slotOf = new Map(slots.map((slot) => [slot.id, slot]))
      // A clinic that somebody may not be sent to costs no number of kilometres: such pairs are left out of the cost.
      done.push({ seconds, cost: planCost(people, slotOf, given) })
    }
    return done
  } finally {
    await pool.end()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}
