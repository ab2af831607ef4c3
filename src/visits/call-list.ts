import type pg from 'pg'
import { DateTime } from 'luxon'
import { campaignNamed } from '../campaigns/store.ts'
import { zone, type Clock } from '../clock.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { hasDied, hasOptedOut } from '../people/all-records.ts'
import { unprotected } from '../people/protection.ts'

/**
 * Puts people that a planned campaign can't reach by any channel on their clinic's call list: the clinic they are
 * listed at, else the first of their area. Run again it adds only who is new.
 * @returns how many were added
 * @throws Refused unknown-campaign
 */
export async function makeCallList(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  campaignName: string,
): Promise<number> {
  const campaign = await campaignNamed(pool, campaignName)
  return run(
    pool,
    `${insert}
      where i.campaign_id = $1
        and i.state = 'suppressed'
        and i.reason = 'no-reachable-channel'
        ${reachable}
     on conflict do nothing`,
    [campaign.id, clock.now(), 'no-reachable-channel'],
  )
}

/**
 * Marks a person to be called about a purpose, whatever channels there are.
 * @throws Refused protected, not-invited, already-on-list
 */
export async function markForCall(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  personId: number,
  purpose: string,
): Promise<void> {
  const person = await row<{ protected: boolean; there: boolean }>(
    pool,
    `select not ${unprotected('p.lead_id')} as protected,
            exists (
              select from call_list c
                join invitation i on i.id = c.invitation_id
               where c.person_id = p.id
                 and i.purpose = $2
                 and c.done_at is null) as there
       from person p
      where p.id = $1`,
    [personId, purpose],
  )
  if (person?.protected)
    throw new Refused(
      'protected',
      'The person has protected identity and is handled on the worklist for that, not here.',
    )
  if (person?.there) throw new Refused('already-on-list', 'The person is on the call list already.')
  const added = await run(
    pool,
    `${insert}
      where i.id = (
        select id
          from invitation
         where person_id = $1
           and purpose = $4
           and state not in ('withdrawn', 'superseded')
         order by generation desc, id desc
         limit 1)
        ${reachable}
     on conflict (invitation_id) do update
        set done_at = null,
            outcome = null,
            appointment_id = null,
            next_try = excluded.next_try,
            why = 'marked'`,
    [personId, clock.now(), 'marked', purpose],
  )
  if (!added)
    throw new Refused(
      'not-invited',
      `The person is in no campaign for ${purpose}, or no clinic is near.`,
    )
}

/** Puts somebody on the call list of this clinic. */
export const callFromClinic = (
  tx: Db,
  invitationId: number,
  clinicId: number,
  why: 'marked' | 'moved-time',
  now: Date,
): Promise<number> =>
  run(
    tx,
    `insert into call_list (invitation_id, person_id, clinic_id, why, added_at, next_try)
     select i.id, p.id, $2, $3, $4, $4
       from invitation i
       join person p on p.id = i.person_id
      where i.id = $1
        ${reachable}
     on conflict (invitation_id) do update
        set clinic_id = excluded.clinic_id,
            done_at = null,
            outcome = null,
            appointment_id = null,
            next_try = excluded.next_try,
            why = excluded.why`,
    [invitationId, clinicId, why, now],
  )

const insert = `
     insert into call_list (invitation_id, person_id, clinic_id, why, added_at, next_try)
     select i.id, p.id, k.id, $3, $2, $2
       from invitation i
       join person p on p.id = i.person_id
       join lateral (
         select c.id
           from clinic c
          where c.hsa_id = p.listed_clinic
             or c.area = i.area
             or c.municipality = p.municipality
          order by c.hsa_id is distinct from p.listed_clinic, c.central, c.id
          limit 1) k on true`
const reachable = `
        and ${unprotected('p.lead_id')}
        and not ${hasDied('p')}
        and p.gone_since is null
        and p.same_as is null`

/** SQL: `l` is about a time that was changed so late that no message comes in time (reissue/told.ts). */
const changed = `l.why in ('moved-time', 'lost-time')`

export interface Call {
  id: number
  personId: number
  name: string
  /** E.164; null: the clinic has to find one */
  phone: string | null
  language: string
  why: string
  tries: number
  nextTry: Date
  /** of a changed time: the new one; null: there is none yet, or it is another call */
  newTime: { startsAt: string; clinic: string } | null
}

/**
 * The calls a clinic has to make now: first those about changed times, which can't wait, then those that have waited
 * longest. Each person shown is noted in the access
 * log.
 * @throws Refused unknown-clinic
 */
export async function callsToMake(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  hsaId: string,
  actor: string,
  limit = 20,
): Promise<Call[]> {
  return transaction(pool, async (tx) => {
    const clinic = await row<{ id: number }>(tx, 'select id from clinic where hsa_id = $1', [hsaId])
    if (!clinic) throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${hsaId}.`)
    const calls = await rows<Call>(
      tx,
      `select l.id, p.id as "personId", p.given_name || ' ' || p.family_name as name,
              coalesce(l.phone, p.phone) as phone, p.language, l.why, l.tries, l.next_try as "nextTry",
              case when ${changed} then (
                select jsonb_build_object('startsAt', s.starts_at, 'clinic', k.name)
                  from appointment a
                  join slot s on s.id = a.slot_id
                  join clinic k on k.id = s.clinic_id
                 where a.person_id = p.id
                   and a.purpose = i.purpose
                   and a.state = 'booked') end as "newTime"
         from call_list l
         join person p on p.id = l.person_id
         join invitation i on i.id = l.invitation_id
        where l.clinic_id = $1
          and l.done_at is null
          and l.next_try <= $2
          and ${unprotected('p.lead_id')}
          and not ${hasDied('p')}
          and not ${hasOptedOut('p')}
          and (${changed} or not exists (
            select from appointment a
             where a.person_id = p.id
               and a.purpose = i.purpose
               and a.state in ('booked', 'attended')))
        order by not ${changed}, l.next_try, l.id
        limit $3`,
      [clinic.id, clock.now(), limit],
    )
    await run(
      tx,
      `insert into access_log (at, actor, unit, action, person_id)
       select $2, $3, $4, 'call list', unnest($1::bigint[])`,
      [calls.map((c) => c.personId), clock.now(), actor, hsaId],
    )
    return calls
  })
}

export const tryOutcomes = [
  'no-answer',
  'call-back',
  'wrong-number',
  'told',
  'declined',
  'not-reachable',
  'other-route',
] as const
export type TryOutcome = (typeof tryOutcomes)[number]

/** After so many unanswered calls the person counts as not reachable. */
const triesAtMost = 5

/**
 * Records a call that led to no booking. Not reached: next try in four hours, from the second on the next day at nine,
 * and after five the row ends as not reachable.
 * @param nextTry overrides; needed for call-back if the person named a time
 * @throws Refused unknown-call, call-finished
 */
export async function recordTry(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  callId: number,
  outcome: TryOutcome,
  by: string,
  nextTry?: Date,
): Promise<{ nextTry: Date | null; outcome: string | null }> {
  const now = clock.now()
  return transaction(pool, async (tx) => {
    const call = await row<{ tries: number; doneAt: Date | null }>(
      tx,
      'select tries, done_at as "doneAt" from call_list where id = $1 for update',
      [callId],
    )
    if (!call) throw new Refused('unknown-call', `There is no call ${callId}.`)
    if (call.doneAt) throw new Refused('call-finished', `Call ${callId} is done already.`)
    await run(tx, 'insert into call_try (call_id, at, by, outcome) values ($1, $2, $3, $4)', [
      callId,
      now,
      by,
      outcome,
    ])
    const tries = call.tries + 1
    const inVain = outcome === 'no-answer' || outcome === 'wrong-number' || outcome === 'call-back'
    const end = !inVain
      ? outcome
      : outcome !== 'call-back' && tries >= triesAtMost
        ? 'not-reachable'
        : null
    const next = end ? null : (nextTry ?? laterThan(now, tries))
    await run(
      tx,
      'update call_list set tries = $2, done_at = $3, outcome = $4, next_try = coalesce($5, next_try) where id = $1',
      [callId, tries, end && now, end, next],
    )
    return { nextTry: next, outcome: end }
  })
}

const laterThan = (now: Date, tries: number): Date => {
  const local = DateTime.fromJSDate(now, { zone })
  const soon = local.plus({ hours: 4 })
  return (
    tries === 1 && soon.hasSame(local, 'day') && soon.hour < 17
      ? soon
      : local.plus({ days: 1 }).set({ hour: 9, minute: 0, second: 0, millisecond: 0 })
  ).toJSDate()
}
