import { compileCohort } from '../cohorts/compile.ts'
import { cohortById } from '../cohorts/store.ts'
import type { Db } from '../db/pool.ts'
import { rows } from '../db/pool.ts'
import { hasDied } from '../people/all-records.ts'

/** Why somebody may not book, in words for the person who wants to book them. */
export const ineligible = {
  deceased: 'The person has died.',
  'already-vaccinated': 'The person has had this already.',
  'no-campaign': 'There is nothing running that this purpose can be booked for.',
  'not-in-cohort':
    'The person is not among those whose turn it is: they are not invited, and fit no group that is open now.',
} as const

// All records of the person `p`, looked up first: joined, a planner may read all doses of the purpose instead.
const records = 'array(select r.id from person r where r.lead_id = p.id)'

export type Ineligible = keyof typeof ineligible

/**
 * Who of a set may not book for a purpose, and why: people who are invited may, and people in the cohort of a running
 * campaign. One statement a campaign, whatever the number of people.
 * @param people leading records; @param today YYYY-MM-DD
 */
export async function whoMayNot(
  db: Db,
  people: readonly number[],
  purpose: string,
  today: string,
): Promise<Map<number, Ineligible>> {
  const known = await rows<{ id: number; deceased: boolean; dosed: boolean; invited: boolean }>(
    db,
    `select p.id, ${hasDied('p')} as deceased,
            exists (
              select from dose d
               where d.purpose = $2
                 and d.person_id = any(${records})) as dosed,
            exists (
              select from invitation i
               where i.purpose = $2
                 and i.person_id = any(${records})
                 and i.state not in ('suppressed', 'withdrawn')) as invited
       from person p
      where p.id = any($1)`,
    [people, purpose],
  )
  const judged = new Map<number, Ineligible>()
  for (const person of known) {
    if (person.deceased) judged.set(person.id, 'deceased')
    else if (person.dosed) judged.set(person.id, 'already-vaccinated')
  }
  const uninvited = known
    .filter((person) => !person.invited && !judged.has(person.id))
    .map((person) => person.id)
  if (!uninvited.length) return judged
  const campaigns = await rows<{ cohort: number }>(
    db,
    `select distinct cohort_id as cohort from campaign where purpose = $1 and state = 'running'`,
    [purpose],
  )
  const fit = new Set<number>()
  for (const { cohort } of campaigns) {
    const { sql, values } = compileCohort((await cohortById(db, cohort))!.rule, today)
    const members = await rows<{ id: number }>(
      db,
      `select m.id from (${sql}) m where m.id = any($${values.length + 1})`,
      [...values, uninvited],
    )
    for (const { id } of members) fit.add(id)
  }
  for (const id of uninvited)
    if (!fit.has(id)) judged.set(id, campaigns.length ? 'not-in-cohort' : 'no-campaign')
  return judged
}
