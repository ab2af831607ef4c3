import { row, rows, type Db } from '../db/pool.ts'
import { unprotected } from '../people/protection.ts'

/**
 * Why somebody got one more message than one, the first that fits. `two-records`: the same thing went to two
 * records that nobody knew to be one
 * person; `unexplained`: none of the others, which must not happen.
 */
export const duplicateReasons = {
  'two-records': 'samma sak till två poster som sedan länkades till en person',
  correction: 'rättelse av ett tidigare meddelande',
  notice: 'varning till allmänheten',
  confirmation: 'bekräftelse på personens egen bokning',
  offer: 'reservlistan, som personen själv står på',
  'moved-or-cancelled': 'tiden är flyttad eller struken',
  reminder: 'påminnelse',
  'other-purpose': 'ett annat ärende',
  reissue: 'omkallelse: ersätter den tidigare',
  'other-channel': 'samma sak på en annan kanal, enligt kanalplanen',
  unexplained: 'OFÖRKLARAT: ska utredas',
} as const
export type DuplicateReason = keyof typeof duplicateReasons

export interface Duplicates {
  from: Date
  to: Date
  /** people who got at least one message in the time */
  people: number
  /** how many people got how many */
  byNumber: { messages: number; people: number }[]
  /** every message after a person's first, by why it was sent */
  byReason: { reason: DuplicateReason; messages: number; people: number }[]
}

// Everything that left in the time, by human being (linked records are one), in order; and why each after the first.
const judged = `
  with left_us as (
    select m.id, p.lead_id as human, m.person_id, m.purpose, m.generation,
           split_part(m.step, ':', 1) as kind, m.step, m.channel, m.sent_at, p.protection
      from message m join person p on p.id = m.person_id
     where m.sent_at >= $1 and m.sent_at < $2
  ), ordered as (
    select l.*, row_number() over own as place, count(*) over (partition by human) as messages,
           row_number() over (partition by human, purpose order by sent_at, id) as place_in_purpose,
           row_number() over (partition by human, purpose, step, generation, channel order by sent_at, id) as same,
           min(person_id) over (partition by human, purpose, step, generation, channel) <> max(person_id) over (partition by human, purpose, step, generation, channel) as two_records,
           count(*) over (partition by human, purpose, kind, generation) as same_kind
      from left_us l window own as (partition by human order by sent_at, id)
  ), judged as (
    select *, case
        when same > 1 then case when two_records then 'two-records' else 'unexplained' end
        when kind ~ '^correction' then 'correction'
        when kind ~ '^(notice|fraud|warning|information)' then 'notice'
        when kind = 'confirmation' then 'confirmation'
        when kind ~ '^reserve' then 'offer'
        when kind ~ '^(moved|cancelled|queue)' then 'moved-or-cancelled'
        when kind ~ 'reminder' then 'reminder'
        when generation > 1 then 'reissue'
        when place_in_purpose = 1 then 'other-purpose'
        when same_kind > 1 then 'other-channel'
        else 'unexplained' end as reason
      from ordered where place > 1)`

/** Who got more than one message between two moments, and why: counts. One pass over what was sent in the time. */
export async function duplicates(db: Db, from: Date, to: Date): Promise<Duplicates> {
  const time = [from, to]
  const byNumber = await rows<{ messages: number; people: number }>(
    db,
    `select n::int as messages, count(*)::int as people
       from (
              select count(*) as n
                from message m
                join person p on p.id = m.person_id
               where m.sent_at >= $1
                 and m.sent_at < $2
               group by p.lead_id) x
      group by n
      order by n`,
    time,
  )
  const byReason = await rows<Duplicates['byReason'][number]>(
    db,
    `${judged}
     select reason, count(*)::int as messages, count(distinct human)::int as people
       from judged
      group by reason
      order by 2 desc, 1`,
    time,
  )
  return {
    from,
    to,
    people: byNumber.reduce((sum, line) => sum + line.people, 0),
    byNumber,
    byReason,
  }
}

export interface DuplicateLine {
  /** our id of the person: no name, no number */
  person: number
  messages: number
  first: Date
  last: Date
  reasons: DuplicateReason[]
}

/**
 * The people, those with what is unexplained and most messages first. Protected identities are in no list.
 * @param reason only those with it
 */
export const duplicateList = (
  db: Db,
  from: Date,
  to: Date,
  limit: number,
  reason: DuplicateReason | null = null,
): Promise<DuplicateLine[]> =>
  rows<DuplicateLine>(
    db,
    `${judged}
     select j.human as person, max(j.messages)::int as messages,
            (select min(sent_at) from left_us l where l.human = j.human) as first, max(j.sent_at) as last,
            array_agg(j.reason order by j.sent_at, j.id) as reasons
       from judged j
      where ${unprotected('j.human')}
      group by j.human having $4::text is null or $4 = any(array_agg(j.reason))
      order by bool_or(j.reason in ('unexplained', 'two-records')) desc, max(j.messages) desc, j.human limit $3`,
    [from, to, limit, reason],
  )

/** The first and last moment of N days that end at a moment. */
export async function lastDays(db: Db, now: Date, days: number): Promise<[from: Date, to: Date]> {
  const time = await row<{ from: Date }>(
    db,
    `select ($1::timestamptz at time zone 'Europe/Stockholm' - make_interval(days => $2))
            at time zone 'Europe/Stockholm' as from`,
    [now, days],
  )
  return [time!.from, now]
}
