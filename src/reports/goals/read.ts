import { compileCohort } from '../../cohorts/compile.ts'
import { rows, type Db } from '../../db/pool.ts'
import type { Goal } from '../../goals/store.ts'
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
    `with served as (${served(purpose, day)}
), counted as materialized (${counted(cohort.sql, day)}
)
${totals}${parts === 'all' ? splits(day) : ''}`,
    values,
  )
  return gather(found)
}

interface Line extends Counted {
  view: Dimension | 'total' | 'day'
  key: string | null
  first: string | null
}

/** Who has had the purpose, by the leading record, and on which day first: doses of ours and others', and visits. */
const served = (purpose: string, today: string): string => `
  select r.lead_id as id, min(t.day) as day
    from (select person_id, given_on as day
            from dose
           where purpose = ${purpose}
          union all
          select a.person_id, (s.starts_at at time zone 'Europe/Stockholm')::date
            from appointment a
            join slot s on s.id = a.slot_id
           where a.purpose = ${purpose}
             and a.state = 'attended'
          union all
          select o.person_id, (s.starts_at at time zone 'Europe/Stockholm')::date
            from outside_booking o
            join slot s on s.id = o.slot_id
           where o.purpose = ${purpose}
             and o.state = 'attended') t
    join person r on r.id = t.person_id
   where t.day <= ${today}
   group by r.lead_id`

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
   where p.deceased_on is null
     and p.emigrated_on is null
     and p.gone_since is null
     and p.id not in (select same_as
                        from person
                       where same_as is not null
                         and deceased_on is not null)`

const counts = `count(*)::int as members, count(*) filter (where covered)::int as covered,
       count(*) filter (where recent)::int as recent, min(day) as first`

const totals = `select 'total' as view, null::text as key, ${counts}
  from counted`

const splits = (today: string): string => `
union all
select case grouping(area, age, sex, language)
         when 7 then 'area' when 11 then 'age' when 13 then 'sex' else 'language' end,
       coalesce(area, age::text, sex, language), ${counts}
  from counted
 group by grouping sets ((area), (age), (sex), (language))
union all
select 'group', g.name, ${counts}
  from (select distinct g.name, r.lead_id
          from person_group g
          join group_member m on m.group_id = g.id
          join person r on r.identity_number = m.identity_number
         where m.valid_from <= ${today}
           and (m.valid_until is null or m.valid_until >= ${today})) g
  join counted on counted.id = g.lead_id
 group by g.name
union all
select 'day', day::text, count(*)::int, sum(count(*)) over (order by day)::int, 0, null
  from counted
 where covered
 group by day`

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
    days: of('day')
      .map(({ key, covered }) => ({ day: key!, covered }))
      .sort((a, b) => (a.day < b.day ? -1 : 1)),
  }
}

/** What isn't known comes last. */
const byKey = (a: Cell, b: Cell): number =>
  Number(a.key === null) - Number(b.key === null) || (a.key ?? '').localeCompare(b.key ?? '', 'sv')
