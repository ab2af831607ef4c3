import { compileCohort } from '../../cohorts/compile.ts'
import { rows, type Db } from '../../db/pool.ts'
import type { Goal } from '../../goals/store.ts'
import { hasDied } from '../../people/all-records.ts'
import { paceDays, type Counted } from './status.ts'

/** What coverage is split by. */
export const dimensions = ['area', 'age', 'sex', 'language', 'group'] as const
export type Dimension = (typeof dimensions)[number]

export interface Cell extends Counted {
  /** the area, the first age of a band, female or male, a language's tag, a group's name; null: not known */
  key: string | null
}

/** The counts of a goal as they are: nothing of them is shown before small-numbers.ts has been asked. */
export interface RawCoverage {
  total: Counted
  /** YYYY-MM-DD, of the first who was covered */
  first: string | null
  by: Record<Dimension, Cell[]>
  /** how many had been covered by the end of each day on which somebody was, oldest first */
  days: { day: string; covered: number }[]
}

/** The first age of each band; the last has no end. */
export const ageBands = [0, 12, 16, 18, 30, 40, 50, 60, 65, 70, 75, 80, 90] as const

/**
 * Counts a goal's people and who of them is covered, in one statement. The people are those of its cohort who are alive,
 * live in the country and are in the register; a person with linked records is one, and is covered by a dose or visit on
 * any of them, from the first.
 * @param today YYYY-MM-DD; @param parts `total` leaves out the split and the days
 */
export async function readCoverage(
  db: Db,
  goal: Pick<Goal, 'purpose' | 'cohort'>,
  today: string,
  parts: 'total' | 'all' = 'all',
): Promise<RawCoverage> {
  const cohort = compileCohort(goal.cohort, today)
  const values = [...cohort.values]
  const value = (given: unknown, type: string) => `$${values.push(given)}::${type}`
  const [purpose, day] = [value(goal.purpose, 'text'), value(today, 'date')]
  const found = await rows<Line>(
    db,
    `with ${served(purpose, day)}, counted as not materialized (${counted(cohort.sql, day)}
)
${parts === 'all' ? splits(day) : totals}`,
    values,
  )
  return gather(found)
}

interface Line extends Counted {
  view: Dimension | 'total' | 'day'
  key: string | null
  first: string | null
}

/**
 * Who has had the purpose, by the leading record, and on which day: doses of ours and others', and visits of those of whom
 * no dose is known. Only linked records are looked up: joining all of the register took a third of the time.
 */
const served = (purpose: string, today: string): string => `visited as materialized (
  select v.person_id, v.slot_id
    from (select person_id, slot_id
            from appointment
           where purpose = ${purpose}
             and state = 'attended'
          union all
          select person_id, slot_id
            from outside_booking
           where purpose = ${purpose}
             and state = 'attended') v
   where not exists (
           select from dose d
            where d.person_id = v.person_id
              and d.purpose = ${purpose})
), served as materialized (
  select coalesce(linked.same_as, t.person_id) as id, min(t.day) as day
    from (select person_id, given_on as day
            from dose
           where purpose = ${purpose}
          union all
          select v.person_id, (s.starts_at at time zone 'Europe/Stockholm')::date
            from visited v
            join slot s on s.id = v.slot_id) t
    left join person linked on linked.id = t.person_id and linked.same_as is not null
   where t.day <= ${today}
   group by 1
)`

/** Each of the people once, with what they are split by. */
const counted = (cohort: string, today: string): string => `
  select p.id, coalesce(listed.area, home.area) as area,
         case ${[...ageBands]
           .reverse()
           .map(
             (age) => `when p.birth_date <= (${today} - interval '${age} years')::date then ${age}`,
           )
           .join(' ')} end as age,
         p.sex, case when p.language = 'sv' and p.easy_read then 'sv-simple' else p.language end as language,
         served.day,
         served.day is not null as covered,
         coalesce(served.day between ${today} - ${paceDays} and ${today} - 1, false) as recent
    from (${cohort}) member
    join person p on p.id = member.id
    left join served on served.id = p.id
    left join clinic listed on listed.hsa_id = p.listed_clinic
    left join (select municipality, min(area) as area
                 from clinic
                group by municipality) home on home.municipality = p.municipality
   where not ${hasDied('p')}
     and p.emigrated_on is null
     and p.gone_since is null`

const counts = `count(*)::int as members, count(*) filter (where covered)::int as covered,
       count(*) filter (where recent)::int as recent, min(day) as first`

const totals = `select 'total' as view, null as key, ${counts}
  from counted`

// In one pass: keeping each person's line for a second took as long again. Days come last in the list of columns, so that
// their bit is the lowest.
const splits = (today: string): string => `select case grouping(area, age, sex, language, day)
         when 31 then 'total' when 15 then 'area' when 23 then 'age' when 27 then 'sex' when 29 then 'language'
         else 'day' end as view,
       coalesce(area, age::text, sex, language, day::text) as key, ${counts}
  from counted
 group by grouping sets ((), (area), (age), (sex), (language), (day))
union all
select 'group', g.name, ${counts}
  from (select distinct g.name, r.lead_id
          from person_group g
          join group_member m on m.group_id = g.id
          join person r on r.identity_number = m.identity_number
         where m.valid_from <= ${today}
           and (m.valid_until is null or m.valid_until >= ${today})) g
  join counted on counted.id = g.lead_id
 group by g.name`

function gather(found: readonly Line[]): RawCoverage {
  const { first, ...total } = found.find((line) => line.view === 'total')!
  const of = (view: Line['view']): Cell[] =>
    found
      .filter((line) => line.view === view)
      .map(({ key, members, covered, recent }) => ({ key, members, covered, recent }))
  const [area, age, sex, language, group] = dimensions.map(of)
  return {
    total: { members: total.members, covered: total.covered, recent: total.recent },
    first,
    by: {
      area: area!.sort(byKey),
      age: age!.sort((a, b) => Number(a.key ?? Infinity) - Number(b.key ?? Infinity)),
      sex: sex!.sort(byKey),
      language: language!.sort((a, b) => b.members - a.members || byKey(a, b)),
      group: group!.sort(byKey),
    },
    days: upTo(of('day').filter((line) => line.covered > 0)),
  }
}

/** From how many on each day to how many by the end of it. */
function upTo(days: readonly Cell[]): RawCoverage['days'] {
  let covered = 0
  return days
    .toSorted((a, b) => (a.key! < b.key! ? -1 : 1))
    .map((line) => ({ day: line.key!, covered: (covered += line.covered) }))
}

/** What isn't known comes last. */
const byKey = (a: Cell, b: Cell): number =>
  Number(a.key === null) - Number(b.key === null) || (a.key ?? '').localeCompare(b.key ?? '', 'sv')
