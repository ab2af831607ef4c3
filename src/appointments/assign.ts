import { DateTime } from 'luxon'
import type pg from 'pg'
import { lockCampaign, type Campaign } from '../campaigns/store.ts'
import { zone, type Clock } from '../clock.ts'
import { rows, run, transaction, type Db } from '../db/pool.ts'
import { allocate } from './allocate.ts'
import type { AllocationSlot } from './allocate-person.ts'
import { allocationPeople, slotColumns } from './allocation-store.ts'
import { insertAppointments } from './store.ts'

/**
 * Gives fixed times to those of a timed campaign who wait for one, as far as the free places go; the others go on waiting.
 * Whoever has booked or has been invited elsewhere meanwhile is left out with the reason and keeps the time. In a reissue the
 * earlier invitation is superseded and what of it has not been sent is recalled. One transaction; nothing happens by half.
 * @returns how many got a time
 */
export async function assignTimes({ pool, clock }: { pool: pg.Pool; clock: Clock }, campaignId: number): Promise<number> {
  return transaction(pool, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId)
    if (campaign.way !== 'timed' || campaign.state !== 'running') return 0
    const now = clock.now()
    const earliest = earliestTime(campaign, now)
    if (campaign.reissueOf !== null) await lockReplaced(tx, campaign)
    await returnLateTimes(tx, campaign, earliest, now)
    await leaveOutThoseServed(tx, campaign, now)
    const placed = allocate(await allocationPeople(tx, campaign.id, 'waiting', earliest), await lockOpenSlots(tx, campaign, earliest))
    if (placed.size === 0) return 0
    return storeTimes(tx, clock, campaign, [...placed], now)
  })
}

/** In the order that bookings lock (invitation, then slot): who is booking with the earlier letter at this moment goes first. */
async function lockReplaced(tx: Db, campaign: Campaign): Promise<void> {
  await run(
    tx,
    `select from invitation o join invitation w on w.campaign_id = $1 and w.person_id = o.person_id and w.state = 'waiting'
      where o.campaign_id = $2 and o.state in ('released', 'expired') order by o.id for update of o`,
    [campaign.id, campaign.reissueOf],
  )
}

/** No fixed time is sooner than the end of the day on which the letter is in the letterbox. */
export const earliestTime = (campaign: Campaign, now: Date): Date => DateTime.fromJSDate(now, { zone }).plus({ days: campaign.spec.postDays }).endOf('day').toJSDate()

/** A time so soon that the letter would come too late is given back; its person waits for another. */
async function returnLateTimes(tx: Db, campaign: Campaign, earliest: Date, now: Date): Promise<void> {
  await run(
    tx,
    `with late as (
       update appointment a set state = 'cancelled', ended_at = $3 from invitation i
        where i.campaign_id = $1 and i.state = 'planned' and a.id = i.appointment_id and a.state = 'booked'
          and exists (select from slot s where s.id = a.slot_id and s.starts_at <= $2)
       returning i.id)
     update invitation set state = 'waiting', reason = 'no-free-time', appointment_id = null, state_since = $3 where id in (select id from late)`,
    [campaign.id, earliest, now],
  )
}

async function leaveOutThoseServed(tx: Db, campaign: Campaign, now: Date): Promise<void> {
  await run(
    tx,
    `update invitation i set state = 'suppressed', state_since = $3, reason = x.reason
       from (select w.id, case when p.deceased_on is not null then 'deceased' when p.protection <> 'none' then 'protected' when p.opted_out then 'opted-out'
                               when exists (select from appointment a join person q on q.id = a.person_id
                                             where coalesce(q.same_as, q.id) = p.id and a.purpose = $2 and a.state in ('booked', 'attended')) then 'already-booked'
                               when exists (select from invitation o where o.person_id = p.id and o.purpose = $2 and o.id <> w.id
                                               and o.state in ('planned', 'released', 'answered', 'declined', 'expired') and o.campaign_id is distinct from $4::bigint) then 'already-invited' end as reason
               from invitation w join person p on p.id = w.person_id where w.campaign_id = $1 and w.state = 'waiting') x
      where i.id = x.id and x.reason is not null`,
    [campaign.id, campaign.purpose, now, campaign.reissueOf],
  )
}

/** Locked, so that nobody books between reading what is free and taking it. */
const lockOpenSlots = (tx: Db, campaign: Campaign, earliest: Date): Promise<AllocationSlot[]> =>
  rows<AllocationSlot>(
    tx,
    `select ${slotColumns}
       from slot s join clinic c on c.id = s.clinic_id
      where s.booked < s.capacity and s.starts_at > $1 and ($2::date is null or (s.starts_at at time zone 'Europe/Stockholm')::date >= $2::date) and ($3::date is null or (s.starts_at at time zone 'Europe/Stockholm')::date <= $3::date)
      order by s.id for update of s`, // by id: the one order in which everybody locks slots
    [earliest, campaign.spec.slots.from ?? null, campaign.spec.slots.to ?? null],
  )

async function storeTimes(tx: Db, clock: Clock, campaign: Campaign, placed: [number, number][], now: Date): Promise<number> {
  const ids = placed.map(([invitation]) => invitation)
  const people = new Map((await rows<{ id: number; person: number }>(tx, 'select id, person_id as person from invitation where id = any($1)', [ids])).map((i) => [i.id, i.person]))
  const made = await insertAppointments(tx, clock, placed.map(([invitation, slotId]) => ({ personId: people.get(invitation)!, purpose: campaign.purpose, slotId })), 'assigned')
  const appointmentOf = new Map(made.map((a) => [a.personId, a.id]))
  if (campaign.reissueOf !== null) await supersede(tx, campaign.reissueOf, ids, now)
  return run(
    tx,
    `update invitation i set state = 'planned', reason = null, appointment_id = x.appointment, state_since = $3,
            generation = coalesce(o.generation + 1, i.generation), replaces_id = coalesce(o.id, i.replaces_id)
       from unnest($1::bigint[], $2::bigint[]) as x(id, appointment)
       join invitation w on w.id = x.id
       left join invitation o on o.campaign_id = $4 and o.person_id = w.person_id and o.state = 'superseded'
      where i.id = x.id`,
    [ids, ids.map((id) => appointmentOf.get(people.get(id)!)!), now, campaign.reissueOf],
  )
}

/** The earlier invitations of these people stop counting, and what of them is not sent stays unsent. */
async function supersede(tx: Db, earlier: number, replacing: number[], now: Date): Promise<void> {
  await run(
    tx,
    `update invitation o set state = 'superseded', state_since = $3 from invitation i
      where i.id = any($2) and o.campaign_id = $1 and o.person_id = i.person_id and o.state in ('released', 'expired')`,
    [earlier, replacing, now],
  )
  await run(
    tx,
    `update message m set state = 'recalled', reason = 'superseded' from invitation o
      where o.id = m.invitation_id and o.campaign_id = $1 and o.state = 'superseded' and m.state = 'queued'`,
    [earlier],
  )
}
