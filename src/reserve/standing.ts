import { prepared, type Db } from '../db/pool.ts'
import { hasDied, hasOptedOut, isHidden } from '../people/all-records.ts'
import { hasMobile } from '../people/contact.ts'

/** Why nobody would ask a person, whatever the round. */
export type Unfit =
  | 'deceased'
  | 'protected'
  | 'opted-out'
  | 'gone-from-register'
  | 'already-vaccinated'
  | 'already-booked'
  | 'no-mobile'

// By index for one person of a million too: the appointments and doses of a person are on any of the linked records.
const records = '(select r.id from person r where r.lead_id = p.id)'

/** `Unfit` as the arms of a CASE about the leading record `p`. @param purpose SQL */
export const unfit = (purpose: string): string => `
  when ${hasDied('p')} then 'deceased'
  when ${isHidden('p')} then 'protected'
  when ${hasOptedOut('p')} then 'opted-out'
  when p.emigrated_on is not null or p.gone_since is not null then 'gone-from-register'
  when exists (
    select from dose d
     where d.purpose = ${purpose}
       and d.person_id in ${records}) then 'already-vaccinated'
  when exists (
    select from appointment a
     where a.purpose = ${purpose}
       and a.state in ('booked', 'attended')
       and a.person_id in ${records}) then 'already-booked'
  when not ${hasMobile} then 'no-mobile'`

/** What somebody is to the reserve list. */
export interface Standing {
  /** the leading record */
  personId: number
  listed: boolean
  /** release area of the invitation; null: not invited */
  area: string | null
  /** the last two digits of the phone that is asked, so that its holder knows it again */
  phoneEnds: string | null
  /** why they would not be asked; null: they can be */
  why: Unfit | 'not-invited' | null
}

/** @returns undefined when there is no such person */
export const standingOf = async (
  db: Db,
  personId: number,
  purpose: string,
): Promise<Standing | undefined> =>
  (
    await prepared<Standing>(
      db,
      `select p.id as "personId", i.area, right(p.phone, 2) as "phoneEnds",
            exists (
              select from reserve_list l
               where l.purpose = $2
                 and l.left_at is null
                 and l.person_id in ${records}) as listed,
            case when not ${isHidden('p')} and i.area is null then 'not-invited' ${unfit('$2')} end as why
       from person q
       join person p on p.id = q.lead_id
       left join lateral (
         select area
           from invitation
          where person_id = p.id
            and purpose = $2
            and state not in ('suppressed', 'withdrawn')
          order by generation desc
          limit 1) i on true
      where q.id = $1`,
      [personId, purpose],
    )
  )[0]
