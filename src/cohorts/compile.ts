import type { CohortRule, Condition } from './rule.ts'

/** One statement that selects the members' ids (column `id`), and its values $1…; usable as a subquery. */
export interface CohortQuery {
  sql: string
  values: unknown[]
}

/**
 * Turns a rule into one parameterised statement over leading records. The rule's values are never part of its text.
 *
 * The deceased, the emigrated and the protected are members: they are left out later, with a reason, so that nobody is
 * lost. Doses and appointments count whichever of a person's records they are on. They are joined as sets, one join a
 * purpose: a subquery within OR or NOT would be run once a person when it is too big for a hash in memory.
 * @param today YYYY-MM-DD: the day on which somebody must be in a group
 */
export function compileCohort(rule: CohortRule, today: string): CohortQuery {
  const query = new Building(today)
  const { cohabitants = false, ...top } = rule
  const holds = allOf(top, query).join(' and ') // without `is true`, so that the age is found by index
  const from = `person p${query.joins.join('')}\n  where p.same_as is null and ${holds}`
  if (!cohabitants) return { sql: `select p.id from ${from}`, values: query.values }
  const sql = `with matched as materialized (select p.id, p.household from ${from})
select id from matched
union
select p.id
  from person p
 where p.same_as is null
   and p.household in (select household from matched where household is not null)`
  return { sql, values: query.values }
}

class Building {
  readonly values: unknown[] = []
  readonly joins: string[] = []
  readonly #aliases = new Map<string, string>()
  readonly #today: string

  constructor(today: string) {
    this.#today = today
  }

  value(value: unknown, type: string): string {
    this.values.push(value)
    return `$${this.values.length}::${type}`
  }

  /**
   * The alias of the set of people with a dose or a live appointment for the purpose; `alias.id is not null`
   * says who is in it.
   */
  having(kind: 'dose' | 'appointment', purpose: string): string {
    const key = `${kind} ${purpose}`
    const known = this.#aliases.get(key)
    if (known) return known
    const live = kind === 'appointment' ? ` and t.state in ('booked', 'attended')` : ''
    return this.#join(
      key,
      `
    select distinct r.lead_id as id
      from ${kind} t
      join person r on r.id = t.person_id
     where t.purpose = ${this.value(purpose, 'text')}${live}`,
    )
  }

  /** The same of the people who are in a group today. */
  inGroup(name: string): string {
    const key = `group ${name}`
    return (
      this.#aliases.get(key) ??
      this.#join(
        key,
        `
    select distinct r.lead_id as id
      from person_group g
      join group_member m on m.group_id = g.id
      join person r on r.identity_number = m.identity_number
     where g.name = ${this.value(name, 'text')}
       and m.valid_from <= ${this.value(this.#today, 'date')}
       and (m.valid_until is null or m.valid_until >= ${this.value(this.#today, 'date')})`,
      )
    )
  }

  /** The same of the people with a live time at one of the clinics on these days. */
  bookedAt({ clinic, from, to, purpose }: NonNullable<Condition['bookedAt']>): string {
    const about =
      purpose === undefined
        ? ''
        : `
       and t.purpose = ${this.value(purpose, 'text')}`
    return this.#join(
      `booked at ${this.#aliases.size}`,
      `
    select distinct r.lead_id as id
      from clinic c
      join slot s on s.clinic_id = c.id
      join appointment t on t.slot_id = s.id
      join person r on r.id = t.person_id
     where c.hsa_id = any(${this.value(clinic, 'text[]')})
       and s.starts_at >= ${this.value(from, 'date')}::timestamp at time zone 'Europe/Stockholm'
       and s.starts_at < (${this.value(to, 'date')} + 1)::timestamp at time zone 'Europe/Stockholm'
       and t.state in ('booked', 'attended')${about}`,
    )
  }

  /** The same of the people of whom something for the purpose came back, and nothing of that step has come through. */
  undelivered(purpose: string): string {
    const key = `undelivered ${purpose}`
    return (
      this.#aliases.get(key) ??
      this.#join(
        key,
        `
    select distinct r.lead_id as id
      from message m
      join person r on r.id = m.person_id
     where m.purpose = ${this.value(purpose, 'text')}
       and m.state = 'failed'
       and not exists (
         select from message other
          where other.invitation_id = m.invitation_id
            and other.step = m.step
            and other.state in ('queued', 'sending', 'in-doubt', 'sent', 'delivered'))`,
      )
    )
  }

  /** The same of the people who have crossed the border of these municipalities since a day, and are still there. */
  moved(way: 'into' | 'outOf', municipalities: string[], since: string): string {
    const [within, day] = [this.value(municipalities, 'text[]'), this.value(since, 'date')]
    const inside = (column: string) => `coalesce(${column} = any(${within}), false)`
    const crossed = (from: string, to: string) => `
    select r.id
      from person_move v
      join person r on r.id = v.person_id
     where v.noticed_at >= ${day}::timestamp at time zone 'Europe/Stockholm'
       and ${inside(`v.${from}`)}
       and not ${inside(`v.${to}`)}`
    return this.#join(
      `moved ${this.#aliases.size}`,
      way === 'into'
        ? `${crossed('to_municipality', 'from_municipality')}
       and ${inside('r.municipality')}
     group by r.id`
        : `${crossed('from_municipality', 'to_municipality')}
       and not ${inside('r.municipality')}
     union
    select r.id
      from person r
     where ${inside('r.municipality')}
       and (r.emigrated_on >= ${day} or r.gone_since >= ${day})`,
    )
  }

  #join(key: string, people: string): string {
    const alias = `has_${this.#aliases.size + 1}`
    this.#aliases.set(key, alias)
    this.joins.push(`
  left join (${people}
  ) ${alias} on ${alias}.id = p.id`)
    return alias
  }
}

/** Always true or false, never null: `not` is the complement, also for those whose age or sex is unknown. */
const condition = (given: Condition, query: Building): string =>
  `((${allOf(given, query).join(' and ')}) is true)`

function allOf(given: Condition, query: Building): string[] {
  const all: string[] = []
  if (given.born) {
    if (given.born.from !== undefined)
      all.push(bornWhen('>=', `make_date(${query.value(given.born.from, 'int')}, 1, 1)`))
    if (given.born.to !== undefined)
      all.push(bornWhen('<=', `make_date(${query.value(given.born.to, 'int')}, 12, 31)`))
  }
  if (given.age) {
    // People born on 29 February have their birthday on 1 March in other years.
    const birth = (age: number) =>
      `(${query.value(given.age?.on, 'date')} - make_interval(years => ${query.value(age, 'int')}))::date`
    if (given.age.from !== undefined) all.push(`p.birth_date <= ${birth(given.age.from)}`)
    if (given.age.to !== undefined) all.push(`p.birth_date > ${birth(given.age.to + 1)}`)
  }
  if (given.municipality)
    all.push(`p.municipality = any(${query.value(given.municipality, 'text[]')})`)
  if (given.clinic) all.push(`p.listed_clinic = any(${query.value(given.clinic, 'text[]')})`)
  if (given.needs?.any) all.push(`p.needs && ${query.value(given.needs.any, 'text[]')}`)
  if (given.needs?.none) all.push(`not p.needs && ${query.value(given.needs.none, 'text[]')}`)
  if (given.sex) all.push(`p.sex = ${query.value(given.sex, 'text')}`)
  if (given.given !== undefined) all.push(`${query.having('dose', given.given)}.id is not null`)
  if (given.notGiven !== undefined) all.push(`${query.having('dose', given.notGiven)}.id is null`)
  if (given.booked !== undefined)
    all.push(`${query.having('appointment', given.booked)}.id is not null`)
  if (given.notBooked !== undefined)
    all.push(`${query.having('appointment', given.notBooked)}.id is null`)
  if (given.bookedAt) all.push(`${query.bookedAt(given.bookedAt)}.id is not null`)
  if (given.undelivered !== undefined)
    all.push(`${query.undelivered(given.undelivered)}.id is not null`)
  for (const way of ['into', 'outOf'] as const)
    if (given.moved?.[way])
      all.push(`${query.moved(way, given.moved[way], given.moved.since)}.id is not null`)
  if (given.group !== undefined) all.push(`${query.inGroup(given.group)}.id is not null`)
  for (const inner of given.and ?? []) all.push(condition(inner, query))
  if (given.or) all.push(`(${given.or.map((inner) => condition(inner, query)).join(' or ')})`)
  if (given.not) all.push(`not ${condition(given.not, query)}`)
  return all
}

/** Of a coordination number whose month or day is not known, the year is: it stands first in the number. */
const bornWhen = (compared: '>=' | '<=', day: string): string =>
  `(p.birth_date ${compared} ${day}
    or (p.birth_date is null
        and p.identity_kind = 'samordningsnummer'
        and left(p.identity_number, 4) ${compared} extract(year from ${day})::text))`
