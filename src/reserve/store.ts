import { row, rows, run, type Db } from '../db/pool.ts'
import { needsOf } from '../people/needs.ts'
import { unfit } from './standing.ts'

export interface Round {
  id: number
  clinicId: number
  clinic: string
  area: string
  central: boolean
  purpose: string
  slotId: number
  startsAt: Date
  places: number
  burst: number | null
  answerMinutes: number
  closedAt: Date | null
  closedWhy: string | null
}

const columns = `
  r.id, r.clinic_id as "clinicId", c.name as clinic, c.area, c.central, r.purpose,
  r.slot_id as "slotId", s.starts_at as "startsAt", r.places, r.burst,
  r.answer_minutes as "answerMinutes", r.closed_at as "closedAt", r.closed_why as "closedWhy"`

/**
 * Whoever changes offers of a round holds its lock: answers come one after the other, and the first yes is the first.
 */
export const lockRound = (tx: Db, id: number): Promise<Round | undefined> =>
  row<Round>(
    tx,
    `select ${columns}
       from reserve_round r
       join clinic c on c.id = r.clinic_id
       join slot s on s.id = r.slot_id
      where r.id = $1
        for update of r`,
    [id],
  )

/** Rounds in which something is left to do: not closed, or with offers that have had their time. */
export const roundsAtWork = (db: Db, now: Date): Promise<{ id: number }[]> =>
  rows(
    db,
    `select id
       from reserve_round
      where closed_at is null
      union
     select round_id
       from offer
      where state = 'offered'
        and expires_at <= $1
      order by 1`,
    [now],
  )

/**
 * Those on the list for a purpose and area, in current priority order: the campaign that invited first, in it the order
 * of the invitations, then who has been on the list longest. A reissue counts as the campaign that it reissues.
 */
export const inOrder = `
  select r.id as reserve_id, p.id as person_id, i.id as invitation_id,
         row_number() over (order by i.phase, i.priority, r.since, r.id) as rank
    from reserve_list r
    join person q on q.id = r.person_id
    join person p on p.id = q.lead_id
    join lateral (
      select i.id, i.priority, coalesce(c.reissue_of, c.id) as phase
        from invitation i
        join campaign c on c.id = i.campaign_id
       where i.person_id = p.id
         and i.purpose = r.purpose
         and i.state not in ('suppressed', 'withdrawn')
       order by i.generation desc, i.id desc
       limit 1) i on true
   where r.left_at is null
     and r.purpose = $1
     and r.area = $2`

/** The round's offers, one a person on the list, all waiting for their turn. @returns how many */
export const insertOffers = (
  tx: Db,
  roundId: number,
  purpose: string,
  area: string,
): Promise<number> =>
  run(
    tx,
    `insert into offer (round_id, reserve_id, person_id, invitation_id, rank)
     select $3, reserve_id, person_id, invitation_id, row_number() over (order by rank)
       from (select distinct on (person_id) *
               from (${inOrder}) o
              order by person_id, rank) once`,
    [purpose, area, roundId],
  )

/** Those whose turn would come but who can't be asked now, with the reason: looked up again at each burst. */
export const passOverUnfit = (tx: Db, round: Round): Promise<number> =>
  run(
    tx,
    `with judged as (
       select o.id,
              case ${unfit('$2')}
                when l.left_at is not null then 'left-the-list'
                when c.state in ('paused', 'cancelled') then 'campaign-' || c.state
                when i.state in ('suppressed', 'withdrawn') then 'invitation-' || i.state
                when $3 and 'anaphylaxis' = any(${needsOf('p.lead_id')}) then 'central-reception'
                when exists (
                  select from offer f
                   where f.person_id = p.id
                     and f.state = 'offered'
                     and f.round_id <> $1) then 'asked-by-another-clinic' end as why
         from offer o
         join person p on p.id = o.person_id
         join reserve_list l on l.id = o.reserve_id
         join invitation i on i.id = o.invitation_id
         join campaign c on c.id = i.campaign_id
        where o.round_id = $1
          and o.state = 'waiting'
     )
     update offer o
        set state = 'passed-over', passed_over_why = judged.why
       from judged
      where o.id = judged.id
        and judged.why is not null`,
    [round.id, round.purpose, round.central],
  )

/** Offers that have had their time, or whose message never left or was given up. @returns how many */
export const expireOffers = (tx: Db, roundId: number, now: Date): Promise<number> =>
  run(
    tx,
    `update offer o
        set state = 'expired'
      where o.round_id = $1
        and o.state = 'offered'
        and (o.expires_at <= $2 or exists (
          select from message m
           where m.offer_id = o.id
             and m.answer_code is not null
             and m.state in ('suppressed', 'failed', 'recalled')))`,
    [roundId, now],
  )

/** The next `n` by rank are asked. @returns their ids */
export const openOffers = async (
  tx: Db,
  roundId: number,
  n: number,
  now: Date,
  expiresAt: Date,
): Promise<number[]> =>
  (
    await rows<{ id: number }>(
      tx,
      `update offer o
          set state = 'offered', code = lpad(nextval('offer_code')::text, 4, '0'), offered_at = $3, expires_at = $4
         from (select id
                 from offer
                where round_id = $1
                  and state = 'waiting'
                order by rank
                limit $2) next
        where o.id = next.id
       returning o.id`,
      [roundId, n, now, expiresAt],
    )
  ).map((offer) => offer.id)

export interface Tally {
  waiting: number
  offered: number
  accepted: number
  /** when the offer that ends soonest ends */
  nextEnd: Date | null
}

export const tallyOf = async (tx: Db, roundId: number): Promise<Tally> =>
  (await row<Tally>(
    tx,
    `select count(*) filter (where state = 'waiting')::int as waiting,
            count(*) filter (where state = 'offered')::int as offered,
            count(*) filter (where state = 'accepted')::int as accepted,
            min(expires_at) filter (where state = 'offered') as "nextEnd"
       from offer where round_id = $1`,
    [roundId],
  ))!

export const closeRound = (tx: Db, roundId: number, why: string, now: Date): Promise<number> =>
  run(
    tx,
    `with rest as (
       update offer
          set state = 'not-needed'
        where round_id = $1
          and state = 'waiting'
     )
     update reserve_round
        set closed_at = $3, closed_why = $2
      where id = $1
        and closed_at is null`,
    [roundId, why, now],
  )
