import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { inOrder } from './reserve-store.ts'

export interface Joining {
  personId: number
  purpose: string
  /** release area; not given: that of the person's invitation */
  area?: string | undefined
  saidBy: 'person' | 'clinic'
}

/**
 * Puts somebody who can come at short notice on the reserve list. Again it does nothing, but for another area, which counts
 * from now on.
 * @throws Refused not-invited (the purpose doesn't concern them), protected, no-mobile, already-booked, unknown-area
 */
export async function joinReserveList({ pool, clock }: { pool: pg.Pool; clock: Clock }, { personId, purpose, area, saidBy }: Joining): Promise<{ reserveId: number; area: string }> {
  const person = await row<{ id: number; protection: string; mobile: boolean; area: string | null; booked: boolean; known: boolean }>(
    pool,
    `select p.id, p.protection, coalesce(p.phone ~ '^\\+467[02369][0-9]{7}$', false) as mobile, i.area, ($3::text is null or exists (select from clinic where area = $3)) as known,
            exists (select from appointment a join person r on r.id = a.person_id where coalesce(r.same_as, r.id) = p.id and a.purpose = $2 and a.state in ('booked', 'attended')) as booked
       from person q join person p on p.id = coalesce(q.same_as, q.id)
       left join lateral (select area from invitation where person_id = p.id and purpose = $2 and state not in ('suppressed', 'withdrawn') order by generation desc limit 1) i on true
      where q.id = $1`,
    [personId, purpose, area ?? null],
  )
  if (person?.protection !== undefined && person.protection !== 'none') throw new Refused('protected', 'The person has protected identity: offers by SMS are not for them. Call instead.')
  if (!person?.area) throw new Refused('not-invited', `The person is not among those invited for ${purpose}: the list follows the priority order of the invitations.`)
  if (!person.known) throw new Refused('unknown-area', `No clinic lies in an area named ${area}.`)
  if (!person.mobile) throw new Refused('no-mobile', 'Offers are made by SMS, and there is no Swedish mobile number for the person. Put it in the register first.')
  if (person.booked) throw new Refused('already-booked', 'The person has a time already and keeps it.')
  const joined = await row<{ reserveId: number; area: string }>(
    pool,
    `insert into reserve_list (person_id, purpose, area, said_by, since) values ($1, $2, $3, $4, $5)
     on conflict (person_id, purpose) where left_at is null do update set area = coalesce($6, reserve_list.area)
     returning id as "reserveId", area`,
    [person.id, purpose, area ?? person.area, saidBy, clock.now(), area ?? null],
  )
  return joined!
}

/** Takes somebody off the list. @throws Refused not-on-reserve-list */
export async function leaveReserveList({ pool, clock }: { pool: pg.Pool; clock: Clock }, personId: number, purpose: string, why: string): Promise<void> {
  const left = await run(
    pool,
    `update reserve_list r set left_at = $3, left_why = $4 from person p
      where p.id = r.person_id and $1 in (p.id, p.same_as) and r.purpose = $2 and r.left_at is null`,
    [personId, purpose, clock.now(), why],
  )
  if (!left) throw new Refused('not-on-reserve-list', `The person is not on the reserve list for ${purpose}.`)
}

export interface OnList {
  rank: number
  personId: number
}

/** The first on a list, in current priority order, without names. */
export const reserveOrder = (db: Db, purpose: string, area: string, limit: number): Promise<OnList[]> =>
  rows<OnList>(db, `select rank::int as rank, person_id as "personId" from (${inOrder}) o order by rank limit $3`, [purpose, area, limit])

export interface RoundStatus {
  id: number
  clinic: string
  purpose: string
  startsAt: Date
  places: number
  closedWhy: string | null
  offers: { state: string; number: number }[]
  passedOver: { rank: number; why: string }[]
}

/** @throws Refused unknown-round */
export async function roundStatus(db: Db, id: number): Promise<RoundStatus> {
  const found = await row<RoundStatus>(
    db,
    `select r.id, c.name as clinic, r.purpose, s.starts_at as "startsAt", r.places, r.closed_why as "closedWhy",
            (select coalesce(jsonb_agg(jsonb_build_object('state', state, 'number', n) order by state), '[]') from (select state, count(*)::int as n from offer where round_id = r.id group by state) x) as offers,
            (select coalesce(jsonb_agg(jsonb_build_object('rank', rank, 'why', passed_over_why) order by rank), '[]') from offer where round_id = r.id and state = 'passed-over') as "passedOver"
       from reserve_round r join clinic c on c.id = r.clinic_id join slot s on s.id = r.slot_id where r.id = $1`,
    [id],
  )
  if (!found) throw new Refused('unknown-round', `There is no round ${id}.`)
  return found
}
