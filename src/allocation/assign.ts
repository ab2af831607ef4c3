import type pg from 'pg'
import { movedReason } from '../campaigns/moved.ts'
import { waitingBefore } from '../campaigns/queue.ts'
import { heldWhy, lockCampaign, type Campaign } from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { rows, run, transaction, type Db } from '../db/pool.ts'
import { hasDied, hasOptedOut, isHidden } from '../people/all-records.ts'
import { allocate } from './allocate.ts'
import { dosesLeft, holdDoses } from '../clinics/doses/store.ts'
import type { DosesLeft } from '../clinics/doses/left.ts'
import { inUnits, type AllocationSlot, type Waiting } from './allocate-person.ts'
import { allocationPeople, openSlots, soonest, type FirstTimes } from './store.ts'
import { returnLateTimes, sayWhoseNoticeIsTooShort } from './short-notice.ts'
import { insertAppointments } from '../ledger/appointments.ts'
import {
  assignToInvitations,
  supersedeInvitations,
  suppressInvitations,
} from '../ledger/invitations.ts'
import { recallMessages } from '../ledger/messages.ts'
import type { Selection } from '../ledger/selection.ts'
import { firstTimes } from '../release/model/arrival.ts'

/**
 * How often the plan is made again for those whose places were taken while the plan was made; then they wait for the
 * next time.
 */
const rounds = 5

export interface AssignDeps {
  pool: pg.Pool
  clock: Clock
  /** when the supplier's day ends, which decides when a letter leaves */
  config?: Pick<Config, 'PRINT_CUT_OFF'> | undefined
}

interface Ready {
  campaign: Campaign
  first: FirstTimes
}

/**
 * Gives fixed times, as `assignOwn`, after the campaigns that come before this one have had what they can use: people who
 * lost their time don't wait while others get the places that open.
 * @returns how many of this campaign got a time
 */
export async function assignTimes(deps: AssignDeps, campaignId: number): Promise<number> {
  for (const id of await waitingBefore(deps.pool, campaignId)) await assignOwn(deps, id)
  return assignOwn(deps, campaignId)
}

/**
 * Gives the places that have opened to those who wait, before they are sold to whoever comes by: not only each morning.
 */
export async function assignWaiting(deps: AssignDeps): Promise<void> {
  const waiting = await rows<{ id: number }>(
    deps.pool,
    `select c.id
       from campaign c
      where c.state = 'running'
        and c.way = 'timed'
        and exists (select from invitation where campaign_id = c.id and state = 'waiting')
      order by c.id`,
  )
  for (const { id } of waiting) await assignTimes(deps, id)
}

/**
 * Gives fixed times to those of a timed campaign who wait for one, as far as the free places go; the others go on
 * waiting. People who have booked or been invited elsewhere meanwhile are left out with the reason and keep their time.
 * In a reissue the earlier invitation is superseded and what of it has not been sent is recalled.
 *
 * The plan is made from a snapshot, outside any transaction, while others go on booking; it is written in one
 * transaction in which each place must still be free. Households that lost a place meanwhile are planned again.
 * @returns how many got a time
 */
async function assignOwn(deps: AssignDeps, campaignId: number): Promise<number> {
  const ready = await makeReady(deps, campaignId)
  if (!ready) return 0
  let given = 0
  for (let round = 0; round < rounds; round++) {
    const { people, slots } = await readWaiting(deps.pool, ready.campaign, ready.first)
    const placed = allocate(people, slots)
    if (placed.size === 0) break
    const stored = await storeTimes(deps, campaignId, people, placed)
    given += stored
    if (stored === placed.size) break
  }
  await sayWhoseNoticeIsTooShort(deps.pool, ready.campaign, ready.first, deps.clock.now())
  return given
}

/** One that is held gets its times too: it is paused only so that nobody is told of them yet. */
const goesOn = ({ state, pausedWhy }: Campaign): boolean =>
  state === 'running' || (state === 'paused' && pausedWhy === heldWhy)

/**
 * Gives back times that have come too near, leaves out those who need none.
 * @returns undefined when there is nothing to assign
 */
function makeReady(
  { pool, clock, config }: AssignDeps,
  campaignId: number,
): Promise<Ready | undefined> {
  return transaction(pool, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId)
    if (campaign.way !== 'timed' || !goesOn(campaign)) return undefined
    const now = clock.now()
    const first = firstTimes(campaign.spec, now, config?.PRINT_CUT_OFF)
    await returnLateTimes(tx, campaign, first, now)
    await leaveOutThoseServed(tx, campaign, now, null)
    return { campaign, first }
  })
}

/** One snapshot of who waits and what is free. */
const readWaiting = (
  pool: pg.Pool,
  campaign: Campaign,
  first: FirstTimes,
): Promise<{ people: Waiting[]; slots: AllocationSlot[] }> =>
  transaction(pool, async (tx) => {
    await run(tx, 'set transaction isolation level repeatable read, read only')
    const people = await allocationPeople(tx, campaign.id, 'waiting', first)
    return {
      people,
      slots: people.length ? await openSlots(tx, campaign.spec.slots, soonest(first)) : [],
    }
  })

/** @param among invitations that are locked; null: all that wait */
async function leaveOutThoseServed(
  tx: Db,
  campaign: Campaign,
  now: Date,
  among: readonly number[] | null,
): Promise<void> {
  const served = `
    with judged as materialized (
      select w.id,
             case when ${hasDied('p')} then 'deceased'
                  when ${isHidden('p')} then 'protected'
                  when ${hasOptedOut('p')} then 'opted-out'
                  when exists (
                    select from appointment a
                      join person q on q.id = a.person_id
                     where q.lead_id = p.id
                       and a.purpose = $2
                       and a.state in ('booked', 'attended')) then 'already-booked'
                  when exists (
                    select from invitation o
                     where o.person_id = p.id
                       and o.purpose = $2
                       and o.id <> w.id
                       and o.state in ('planned', 'released', 'answered', 'declined', 'expired')
                       and o.campaign_id is distinct from $3::bigint) then 'already-invited'
                  else ${movedReason('w')} end as reason
        from invitation w
        join campaign c on c.id = w.campaign_id
        join person p on p.id = w.person_id
       where w.campaign_id = $1
         and w.state = 'waiting'
         and ($4::bigint[] is null or w.id = any($4))
    ), locked as materialized (
      select i.id
        from invitation i
       where i.id in (select id from judged where reason is not null)
         and i.state = 'waiting'
       order by i.id
         for update
    )
    select id, reason
      from judged
      join locked using (id)`
  await suppressInvitations(
    tx,
    { sql: served, values: [campaign.id, campaign.purpose, campaign.reissueOf, among] },
    now,
  )
}

/**
 * Writes down a plan as far as it still holds: who waits no more has got another time or none is due; a household one
 * of whose places has been taken gets none of them. Locked in the one order in which everybody locks (invitations, then
 * slots, each by id): who is booking with an earlier letter at this moment goes first.
 * @returns how many got the time that was planned
 */
function storeTimes(
  { pool, clock }: AssignDeps,
  campaignId: number,
  people: readonly Waiting[],
  placed: ReadonlyMap<number, number>,
): Promise<number> {
  return transaction(pool, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId)
    if (!goesOn(campaign)) return 0
    const now = clock.now()
    const locked = await lockInvitations(tx, campaign, [...placed.keys()])
    await leaveOutThoseServed(tx, campaign, now, locked)
    const wait = await personsWaiting(tx, locked)
    const room = await lockRoom(tx, [...new Set(placed.values())])
    const ids = inUnits(people.filter((p) => placed.has(p.id) && wait.has(p.id)))
      .filter((unit) =>
        takes(
          unit.map((p) => placed.get(p.id)!),
          room,
        ),
      )
      .flat()
      .map((p) => p.id)
    if (ids.length === 0) return 0
    const made = await insertAppointments(
      tx,
      clock,
      ids.map((id) => ({
        personId: wait.get(id)!,
        purpose: campaign.purpose,
        slotId: placed.get(id)!,
      })),
      'assigned',
    )
    const appointmentOf = new Map(made.map((a) => [a.personId, a.id]))
    if (campaign.reissueOf !== null) await supersede(tx, campaign.reissueOf, ids, now)
    const appointments = ids.map((id) => appointmentOf.get(wait.get(id)!)!)
    return assignToInvitations(tx, assigned(campaign, ids, appointments), now)
  })
}

/** Of these invitations those that wait, with their person. */
const personsWaiting = async (tx: Db, ids: readonly number[]): Promise<Map<number, number>> => {
  const found = await rows<{ id: number; person: number }>(
    tx,
    `select id, person_id as person
       from invitation
      where id = any($1)
        and state = 'waiting'`,
    [ids],
  )
  return new Map(found.map((i) => [i.id, i.person]))
}

interface Room {
  slots: ReadonlyMap<number, { clinicId: number; startsAt: Date; free: number }>
  doses: DosesLeft
}

/** What places and doses there are for these slots, which are held until the transaction ends. */
async function lockRoom(tx: Db, slotIds: readonly number[]): Promise<Room> {
  const found = await rows<{ id: number; clinicId: number; startsAt: Date; free: number }>(
    tx,
    `select id, clinic_id as "clinicId", starts_at as "startsAt", capacity - booked as free
       from slot
      where id = any($1)
      order by id
        for update`,
    [slotIds],
  )
  await holdDoses(tx, slotIds)
  return { slots: new Map(found.map((slot) => [slot.id, slot])), doses: await dosesLeft(tx) }
}

/** In a reissue each is the next generation of the invitation that it replaces. */
const assigned = (
  campaign: Campaign,
  ids: readonly number[],
  appointments: readonly number[],
): Selection => ({
  sql: `
    select w.id, x.appointment_id,
           coalesce(o.generation + 1, w.generation) as generation,
           coalesce(o.id, w.replaces_id) as replaces_id
      from unnest($1::bigint[], $2::bigint[]) as x (id, appointment_id)
      join invitation w on w.id = x.id
      left join invitation o
        on o.campaign_id = $3
       and o.person_id = w.person_id
       and o.state = 'superseded'`,
  values: [ids, appointments, campaign.reissueOf],
})

/** @returns whether there was a place and a dose for each; then they are taken */
function takes(slotIds: readonly number[], { slots, doses }: Room): boolean {
  for (const [taken, id] of slotIds.entries()) {
    const slot = slots.get(id)
    if (slot && slot.free > 0 && doses.at(slot) > 0) {
      slot.free -= 1
      doses.take(slot)
      continue
    }
    for (const before of slotIds.slice(0, taken)) {
      slots.get(before)!.free += 1
      doses.take(slots.get(before)!, -1)
    }
    return false
  }
  return true
}

/** Those of these that still wait, and the earlier invitations that they would replace. @returns the former */
async function lockInvitations(
  tx: Db,
  campaign: Campaign,
  ids: readonly number[],
): Promise<number[]> {
  const locked = await rows<{ id: number; own: boolean }>(
    tx,
    `select i.id, i.campaign_id = $1 as own
       from invitation i
      where (i.id = any($3) and i.state = 'waiting')
         or (i.campaign_id = $2
             and i.state in ('released', 'expired')
             and i.person_id in (select person_id from invitation where id = any($3)))
      order by i.id
        for update`,
    [campaign.id, campaign.reissueOf, ids],
  )
  return locked.filter((i) => i.own).map((i) => i.id)
}

/** The earlier invitations of these people stop counting, and what of them is not sent stays unsent. */
async function supersede(tx: Db, earlier: number, replacing: number[], now: Date): Promise<void> {
  const replaced = `
    select o.id
      from invitation i
      join invitation o on o.person_id = i.person_id and o.campaign_id = $1
     where i.id = any($2)
       and o.state in ('released', 'expired')`
  await supersedeInvitations(tx, { sql: replaced, values: [earlier, replacing] }, now)
  const superseded = `
    select id
      from invitation
     where campaign_id = $1
       and state = 'superseded'`
  await recallMessages(tx, { sql: superseded, values: [earlier] }, 'superseded')
}
