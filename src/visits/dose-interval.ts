import type pg from 'pg'
import { DateTime } from 'luxon'
import { zone, type Clock } from '../clock.ts'
import { rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { hasDied } from '../people/all-records.ts'
import { knownPurpose } from '../purposes/register.ts'
import { insertInterval, type Interval } from '../purposes/store.ts'

/**
 * A new version of the rule for a vaccine and dose. Earlier versions stay, and so does what is booked by them.
 * @returns the version
 * @throws Refused bad-interval, unknown-purpose
 */
export async function addInterval(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  rule: Omit<Interval, 'version'>,
  by: string,
): Promise<number> {
  const whole = Number.isInteger(rule.minDays) && Number.isInteger(rule.maxDays)
  if (
    !whole ||
    rule.minDays < 1 ||
    rule.maxDays < rule.minDays ||
    rule.purpose === rule.nextPurpose
  ) {
    throw new Refused(
      'bad-interval',
      'An interval has whole days, at least 1, the longest not shorter than the shortest, and leads to another dose.',
    )
  }
  return transaction(pool, async (tx) => {
    await knownPurpose(tx, rule.purpose)
    await knownPurpose(tx, rule.nextPurpose)
    return insertInterval(tx, rule, by, clock.now())
  })
}

/** Has neither had the dose nor a time for it, on any of the linked records. @param lead SQL: the leading record */
const needsNone = (lead: string, purpose: string): string => `
        not exists (
          select from dose d
            join person q on q.id = d.person_id
           where q.lead_id = ${lead}
             and d.purpose = ${purpose})
        and not exists (
          select from appointment a
            join person q on q.id = a.person_id
           where q.lead_id = ${lead}
             and a.purpose = ${purpose}
             and a.state in ('booked', 'attended'))`

/**
 * Plans the next dose of everybody who has had this one: from when to when it may be given, by the latest version of
 * the rule that is in force today. Planned again when the rule has changed, except for those who have a time booked: it
 * stays, and so does the plan it was booked by.
 * @returns how many plans are new or changed
 */
export const planNextDoses = (
  { pool, clock }: { pool: Db; clock: Clock },
  purpose: string,
): Promise<number> =>
  run(
    pool,
    `with rule as (
       select distinct on (vaccine) *
         from dose_interval
        where purpose = $1
          and valid_from <= $2::date
        order by vaccine, version desc
     ), given as (
       select distinct on (p.lead_id) p.lead_id as person_id, d.given_on, d.vaccine
         from dose d
         join person p on p.id = d.person_id
        where d.purpose = $1
        order by p.lead_id, d.given_on desc
     )
     insert into next_dose (person_id, purpose, earliest, latest, interval_id, planned_at)
     select g.person_id, r.next_purpose, g.given_on + r.min_days, g.given_on + r.max_days, r.id, $3
       from given g
       join rule r on r.vaccine = g.vaccine
      where ${needsNone('g.person_id', 'r.next_purpose')}
     on conflict (person_id, purpose) do update
        set earliest = excluded.earliest,
            latest = excluded.latest,
            interval_id = excluded.interval_id,
            planned_at = excluded.planned_at
      where (next_dose.earliest, next_dose.latest) is distinct from (excluded.earliest, excluded.latest)`,
    [purpose, today(clock), clock.now()],
  )

export interface DueDose {
  personId: number
  earliest: string
  latest: string
}

/**
 * People who are to get the dose within the days given and have neither had it nor a time for it, most urgent first.
 * People who have died, moved abroad or left the register are not due.
 */
export const dueForDose = (db: Db, purpose: string, from: string, to: string): Promise<DueDose[]> =>
  rows<DueDose>(
    db,
    `select n.person_id as "personId", n.earliest, n.latest
       from next_dose n
       join person p on p.id = n.person_id
      where n.purpose = $1
        and n.earliest <= $3::date
        and n.latest >= $2::date
        and p.same_as is null
        and not ${hasDied('p')}
        and p.emigrated_on is null
        and p.gone_since is null
        and ${needsNone('n.person_id', 'n.purpose')}
      order by n.latest, n.earliest, n.person_id`,
    [purpose, from, to],
  )

const today = (clock: Clock): string => DateTime.fromJSDate(clock.now(), { zone }).toISODate()!
