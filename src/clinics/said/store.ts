import { rows, run, type Db } from '../../db/pool.ts'
import { confirmedBy } from '../supply-store.ts'

/** What a clinic usually has: its last known week of places, and the doses of its last week of deliveries. */
export interface UsualWeek {
  clinicId: number
  hsaId: string
  clinic: string
  area: string
  /** days with places, up to the last that is known, YYYY-MM-DD */
  week: { day: string; places: number }[]
  /** null when doses don't limit the clinic */
  doses: number | null
}

/** That supply at a clinic continues as usual, as somebody has said. */
export interface SaidSupply extends UsualWeek {
  /** the last day of which it is said, YYYY-MM-DD */
  until: string
  by: string
  at: Date
}

const localDay = (time: string): string => `(${time} at time zone 'Europe/Stockholm')::date`

/** Columns of the clinic `c`, as of the day $1. A planned delivery that is overdue counts for nothing here either. */
const usual = `
  c.id as "clinicId", c.hsa_id as "hsaId", c.name as clinic, c.area,
  coalesce((
    select jsonb_agg(jsonb_build_object('day', w.day, 'places', w.places) order by w.day)
      from (
        select ${localDay('s.starts_at')} as day, sum(s.capacity)::int as places
          from slot s
         where s.clinic_id = c.id
           and s.capacity > 0
           and s.starts_at >= (
             select (${localDay('max(l.starts_at)')} - 6)::timestamp at time zone 'Europe/Stockholm'
               from slot l
              where l.clinic_id = c.id
                and l.capacity > 0)
         group by 1) w), '[]') as week,
  case when exists (select from supply p where p.clinic_id = c.id)
            or exists (select from dose_event e where e.clinic_id = c.id) then coalesce((
    select sum(floor(n.vials * n.dose_min))
      from (
        select *, max(day) over () as last
          from supply_now
         where clinic_id = c.id
           and not (state = 'planned' and ${confirmedBy('supply_now')} < $1::date)) n
     where n.day > n.last - 7), 0)::int end as doses`

const said = `k.until::text, k.said_by as by, k.said_at as at`

/** Where somebody has said that supply continues after today, by area and clinic. */
export const saidNow = (db: Db, today: string): Promise<SaidSupply[]> =>
  rows<SaidSupply>(
    db,
    `select ${usual}, ${said}
       from supply_said k
       join clinic c on c.id = k.clinic_id
      where k.ended_at is null
        and k.until > $1::date
      order by c.area, c.name`,
    [today],
  )

/** A clinic, held, with what is said of it now if anything is. */
export const clinicHeld = async (
  tx: Db,
  hsaId: string,
  today: string,
): Promise<(UsualWeek & Partial<Pick<SaidSupply, 'until' | 'by' | 'at'>>) | undefined> => {
  await run(tx, 'select from clinic where hsa_id = $1 for no key update', [hsaId])
  const [clinic] = await rows<UsualWeek & { until: string | null; by: string; at: Date }>(
    tx,
    `select ${usual}, ${said}
       from clinic c
       left join supply_said k on k.clinic_id = c.id and k.ended_at is null and k.until > $1::date
      where c.hsa_id = $2`,
    [today, hsaId],
  )
  if (!clinic) return undefined
  const { until, by, at, ...week } = clinic
  return until === null ? week : { ...week, until, by, at }
}

/** Ends what is said of a clinic, and keeps that it was said. */
export const endSaid = (tx: Db, clinicId: number, by: string, now: Date): Promise<number> =>
  run(
    tx,
    'update supply_said set ended_by = $2, ended_at = $3 where clinic_id = $1 and ended_at is null',
    [clinicId, by, now],
  )

export const addSaid = (
  tx: Db,
  clinicId: number,
  until: string,
  by: string,
  now: Date,
): Promise<number> =>
  run(tx, 'insert into supply_said (clinic_id, until, said_by, said_at) values ($1, $2, $3, $4)', [
    clinicId,
    until,
    by,
    now,
  ])
