import type pg from 'pg'
import { addSupply } from '../../src/clinics/supply-store.ts'
import type { Clock } from '../../src/clock.ts'
import { rows, transaction } from '../../src/db/pool.ts'

export interface Delivered {
  day: string
  doses: number
  state?: 'planned' | 'confirmed' | 'received'
  hsaId?: string
  useBy?: string
}

/** Deliveries in vials of one dose, to Provkliniken when no other clinic is given. */
export const deliver = (pool: pg.Pool, clock: Clock, ...given: Delivered[]) =>
  transaction(pool, (tx) =>
    addSupply(
      tx,
      given.map(({ day, doses, state = 'confirmed', hsaId = 'SE2321000180-PROV', useBy }) => ({
        hsaId,
        day,
        vials: doses,
        doses: { min: 1, expected: 1, max: 1 },
        state,
        publishedOn: null,
        useBy: useBy ?? null,
        note: '',
      })),
      clock.now(),
    ),
  )

/**
 * Looked at from outside, delivery by delivery: how many people with a time get no dose, when each day's people are given
 * what has come by then and isn't used. For deliveries without a last day, of clinics that doses limit.
 */
export async function doseless(pool: pg.Pool): Promise<number> {
  const days = await rows<{ clinic: number; day: string; people: number; come: number }>(
    pool,
    `select clinic_id as clinic, day::text, sum(people)::int as people, sum(come)::int as come
       from (
         select s.clinic_id, (s.starts_at at time zone 'Europe/Stockholm')::date as day, 1 as people, 0 as come
           from appointment a
           join slot s on s.id = a.slot_id
          where a.state in ('booked', 'attended', 'no-show')
            and s.clinic_id in (select clinic_id from supply)
         union all
         select clinic_id, day, 0, vials from supply_now where state <> 'planned') x
      group by 1, 2
      order by 1, 2`,
  )
  let none = 0
  for (const [, own] of Map.groupBy(days, (day) => day.clinic)) {
    let left = 0
    for (const { people, come } of own) {
      left += come - people
      none += Math.max(0, -left)
      left = Math.max(0, left)
    }
  }
  return none
}

/** Spans whose number of people is another than the appointments say: none, ever. */
export const miscounted = (pool: pg.Pool) =>
  rows(
    pool,
    `select d.id
       from dose_span d
      where d.taken <> (
        select count(*)
          from appointment a
          join slot s on s.id = a.slot_id
         where s.clinic_id = d.clinic_id
           and s.starts_at >= d.starts_at
           and s.starts_at < d.ends_at
           and a.state in ('booked', 'attended', 'no-show'))`,
  )
