import type pg from 'pg'
import { row } from '../../src/db/pool.ts'

const count = async (pool: pg.Pool, sql: string, values: unknown[] = []): Promise<number> =>
  (await row<{ n: number }>(pool, sql, values))!.n

/**
 * People who had booked themselves and lost the time in a slot in which somebody assigned, who could have been moved,
 * keeps it.
 */
export const brokenMoves = (pool: pg.Pool): Promise<number> =>
  count(
    pool,
    `select count(*)::int as n from reissue_move m join appointment a on a.id = m.appointment_id
      where m.outcome <> 'by-hand' and a.made_by <> 'assigned'
        and exists (select from appointment k where k.slot_id = m.from_slot_id and k.state = 'booked' and k.made_by = 'assigned' and k.id not in (select appointment_id from reissue_move))`,
  )

/** Slots above what they hold, and people with neither a time nor a place in the queue, or with two. */
export const seatsLost = (pool: pg.Pool, people: number): Promise<number> =>
  count(
    pool,
    `select (select count(*) from slot where booked > capacity + overbooking)::int
          + abs($1 - (select count(distinct person_id) from (
              select person_id from appointment where state = 'booked' union all select person_id from invitation where state = 'waiting') x))::int
          + (select count(*) from (select person_id from appointment where state = 'booked' intersect select person_id from invitation where state = 'waiting') x)::int as n`,
    [people],
  )
