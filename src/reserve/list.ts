import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { prepared, row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { standingOf, type Standing } from './standing.ts'
import { inOrder } from './store.ts'

export interface Joining {
  personId: number
  purpose: string
  /** release area; not given: that of the person's invitation */
  area?: string | undefined
  saidBy: 'person' | 'clinic'
}

const refusals: Record<NonNullable<Standing['why']>, string> = {
  'not-invited':
    'The person is not among those invited for this: the list follows the priority order of the invitations.',
  deceased: 'The person has died.',
  protected: 'The person has protected identity: offers by SMS are not for them. Call instead.',
  'opted-out':
    'The person has asked for no invitations, and would never be asked. Note in the register that they want ' +
    'them again first.',
  'gone-from-register':
    'The person has left the register, and would never be asked. If that is wrong, correct the register first.',
  'already-vaccinated':
    'The person has had this already. If that is wrong, the clinic that reported it must correct it.',
  'already-booked': 'The person has a time already and keeps it.',
  'no-mobile':
    'Offers are made by SMS, and there is no Swedish mobile number for the person. Put it in the register first.',
}

/**
 * Puts somebody who can come at short notice on the reserve list. Again it does nothing, but for another area, which
 * counts from now on.
 * @throws Refused not-invited (the purpose doesn't concern them), deceased, protected, opted-out, gone-from-register,
 *   already-vaccinated, already-booked, no-mobile, unknown-area
 */
export async function joinReserveList(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  { personId, purpose, area, saidBy }: Joining,
): Promise<{ reserveId: number; area: string }> {
  const standing = await standingOf(pool, personId, purpose)
  if (!standing || standing.why)
    throw new Refused(standing?.why ?? 'not-invited', refusals[standing?.why ?? 'not-invited'])
  if (
    area !== undefined &&
    !(await row(pool, 'select from clinic where area = $1 limit 1', [area]))
  )
    throw new Refused('unknown-area', `No clinic is in an area named ${area}.`)
  const joined = await row<{ reserveId: number; area: string }>(
    pool,
    `insert into reserve_list (person_id, purpose, area, said_by, since) values ($1, $2, $3, $4, $5)
     on conflict (person_id, purpose) where left_at is null do update set area = coalesce($6, reserve_list.area)
     returning id as "reserveId", area`,
    [standing.personId, purpose, area ?? standing.area, saidBy, clock.now(), area ?? null],
  )
  return joined!
}

/** People who have got a time are off the list. @param records the person's record and those linked to it */
export const offReserveList = (
  tx: Db,
  records: readonly number[],
  purpose: string,
  now: Date,
): Promise<unknown> =>
  prepared(
    tx,
    `update reserve_list
        set left_at = $3, left_why = 'got-a-time'
      where person_id = any($1)
        and purpose = $2
        and left_at is null`,
    [records, purpose, now],
  )

/** Takes somebody off the list. @throws Refused not-on-reserve-list */
export async function leaveReserveList(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  personId: number,
  purpose: string,
  why: string,
): Promise<void> {
  const left = await run(
    pool,
    `update reserve_list r
        set left_at = $3, left_why = $4
       from person p
      where p.id = r.person_id
        and $1 in (p.id, p.lead_id)
        and r.purpose = $2
        and r.left_at is null`,
    [personId, purpose, clock.now(), why],
  )
  if (!left)
    throw new Refused(
      'not-on-reserve-list',
      `The person is not on the reserve list for ${purpose}.`,
    )
}

export interface OnList {
  rank: number
  personId: number
}

/** The first on a list, in current priority order, without names. */
export const reserveOrder = (
  db: Db,
  purpose: string,
  area: string,
  limit: number,
): Promise<OnList[]> =>
  rows<OnList>(
    db,
    `select rank::int as rank, person_id as "personId"
       from (${inOrder}) o
      order by rank
      limit $3`,
    [purpose, area, limit],
  )

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
            (select coalesce(jsonb_agg(jsonb_build_object('state', state, 'number', n) order by state), '[]')
               from (select state, count(*)::int as n
                       from offer
                      where round_id = r.id
                      group by state) x) as offers,
            (select coalesce(jsonb_agg(jsonb_build_object('rank', rank, 'why', passed_over_why) order by rank), '[]')
               from offer
              where round_id = r.id
                and state = 'passed-over') as "passedOver"
       from reserve_round r
       join clinic c on c.id = r.clinic_id
       join slot s on s.id = r.slot_id
      where r.id = $1`,
    [id],
  )
  if (!found) throw new Refused('unknown-round', `There is no round ${id}.`)
  return found
}
