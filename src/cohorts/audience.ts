import type { Db } from '../db/pool.ts'
import { rows } from '../db/pool.ts'
import { hasDied, isHidden } from '../people/all-records.ts'
import { hasEmail, hasMobile } from '../people/contact.ts'
import { compileCohort } from './compile.ts'
import type { CohortRule } from './rule.ts'

/** What can reach a person: the contact details on record, not yet what a campaign makes of them. */
export type Reach = 'email+mobile' | 'email' | 'mobile' | 'letter' | 'none' | 'protected'

/**
 * Members by each view; every view's counts add up to the total. Unknown municipality, clinic or age is the key
 * 'unknown'.
 */
export interface CohortAudience {
  total: number
  municipality: Record<string, number>
  clinic: Record<string, number>
  /** five years a band, e.g. '75–79' */
  age: Record<string, number>
  language: Record<string, number>
  channel: Partial<Record<Reach, number>>
}

/**
 * Counts the members of a rule, in one statement. Nothing reaches the deceased.
 * @param on the day on which ages are calculated and people must be in groups, YYYY-MM-DD
 */
export async function cohortAudience(
  db: Db,
  rule: CohortRule,
  on: string,
): Promise<CohortAudience> {
  const { sql, values } = compileCohort(rule, on)
  const found = await rows<{ view: keyof CohortAudience; key: string; n: number }>(
    db,
    `with member as (
       select coalesce(p.municipality, 'unknown') as municipality, coalesce(p.listed_clinic, 'unknown') as clinic,
              (extract(year from age($${values.length + 1}::date, p.birth_date))::int / 5) * 5 as band, p.language,
              case when ${isHidden('p')} then 'protected'
                   when ${hasDied('p')} then 'none'
                   when ${hasEmail} and ${hasMobile} then 'email+mobile'
                   when ${hasEmail} then 'email'
                   when ${hasMobile} then 'mobile'
                   when coalesce(p.special_address, p.registered_address, p.foreign_address) is not null then 'letter'
                   else 'none' end as channel
         from (${sql}) m join person p using (id))
     select case grouping(municipality, clinic, band, language, channel)
              when 15 then 'municipality'
              when 23 then 'clinic'
              when 27 then 'age'
              when 29 then 'language'
              when 30 then 'channel'
              else 'total' end as view,
            coalesce(municipality, clinic, band || '–' || band + 4, language, channel, 'unknown') as key,
            count(*)::int as n
       from member
      group by grouping sets ((), (municipality), (clinic), (band), (language), (channel))
      order by view, key`,
    [...values, on],
  )
  const preview: CohortAudience = {
    total: 0,
    municipality: {},
    clinic: {},
    age: {},
    language: {},
    channel: {},
  }
  for (const { view, key, n } of found) {
    if (view === 'total') preview.total = n
    else (preview[view] as Record<string, number>)[key] = n
  }
  return preview
}
