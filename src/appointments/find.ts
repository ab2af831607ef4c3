import type { Db } from '../db/pool.ts'
import { rows } from '../db/pool.ts'

export interface FreeTime {
  slotId: number
  clinicId: number
  clinicName: string
  startsAt: Date
  /** places left */
  free: number
}

/** The first times after `from` with places left at the clinics of a release area, soonest first, `limit` at most. */
export function freeTimes(db: Db, search: { area: string; from: Date; limit: number }): Promise<FreeTime[]> {
  return rows<FreeTime>(
    db,
    `select s.id as "slotId", c.id as "clinicId", c.name as "clinicName", s.starts_at as "startsAt", s.capacity + s.overbooking - s.booked as free
       from slot s join clinic c on c.id = s.clinic_id
      where c.area = $1 and s.starts_at > $2 and s.booked < s.capacity + s.overbooking
      order by s.starts_at, c.id limit $3`,
    [search.area, search.from, search.limit],
  )
}
