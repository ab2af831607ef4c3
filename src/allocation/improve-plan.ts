import type pg from 'pg'
import { campaignNamed, lockCampaign, logEvent, type Campaign } from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { holdDoses } from '../clinics/doses/store.ts'
import { reseatAppointments } from '../ledger/appointments.ts'
import { firstTimes } from '../release/model/arrival.ts'
import type { AllocationSlot } from './allocate-person.ts'
import { allocationPeople, openSlots, soonest, type FirstTimes } from './store.ts'
import type { AssignDeps } from './assign.ts'
import { improve, type Seated } from './improve.ts'
import type { PlanCost } from './plan-cost.ts'

export interface PlanImprovement {
  campaign: string
  /** who have a fixed time that they haven't been told of */
  people: number
  moved: number
  before: PlanCost
  after: PlanCost
  /** of them: whose time is nearer than the campaign's least notice; they get another at the next release */
  shortNotice: number
  /** no plan for these people costs less */
  bound: number
  /** false: shown only */
  done: boolean
}

/**
 * The cheapest plan for those of a timed campaign who haven't been told their time yet. Calculated outside any
 * transaction; written in one, in which each of those who move must still have the time that the plan began with, be
 * unreleased, and find room in the new slot: else nothing is changed. No move is history: nobody has been told of the
 * earlier time.
 * @param by who does it; null shows the gain and changes nothing
 * @throws Refused unknown-campaign, not-timed, not-planned, plan-changed
 */
export async function improvePlan(
  { pool, clock, config }: { pool: pg.Pool; clock: Clock; config?: AssignDeps['config'] },
  name: string,
  by: string | null,
): Promise<PlanImprovement> {
  const campaign = await campaignNamed(pool, name)
  refuseUnlessPlanned(campaign)
  const { people, slots } = await readPlan(
    pool,
    campaign,
    firstTimes(campaign.spec, clock.now(), config?.PRINT_CUT_OFF),
  )
  const { moves, ...found } = improve(people, slots)
  const startOf = new Map(slots.map((slot) => [slot.id, slot.startsAt]))
  const shortNotice = people.filter((p) => startOf.get(p.slotId)! < p.earliest).length
  const result = {
    campaign: name,
    people: people.length,
    shortNotice,
    moved: moves.size,
    ...found,
    done: false,
  }
  if (by === null || moves.size === 0) return result
  const slotNow = new Map(people.map((p) => [p.id, p.slotId]))
  await transaction(pool, async (tx) => {
    refuseUnlessPlanned(await lockCampaign(tx, campaign.id)) // releases wait until this is done
    await write(
      tx,
      campaign,
      [...moves].map(([invitation, to]) => ({ invitation, from: slotNow.get(invitation)!, to })),
    )
    const gain = Math.round(found.before.total - found.after.total)
    await logEvent(tx, campaign.id, clock.now(), by, 'improved', {
      people: people.length,
      moved: moves.size,
      before: Math.round(found.before.total),
      gain,
    })
  })
  return { ...result, done: true }
}

function refuseUnlessPlanned({ name, way, state }: Campaign): void {
  if (way !== 'timed')
    throw new Refused(
      'not-timed',
      `${name} is an open campaign: people book themselves, there is no plan to improve.`,
    )
  if (state !== 'running' && state !== 'paused')
    throw new Refused(
      'not-planned',
      `${name} is ${state}: fixed times are given when it runs. Start it first: campaign start ${name}`,
    )
}

/** One snapshot of who has which time and what is free beside them. */
const readPlan = (
  pool: pg.Pool,
  campaign: Campaign,
  first: FirstTimes,
): Promise<{ people: Seated[]; slots: AllocationSlot[] }> =>
  transaction(pool, async (tx) => {
    await run(tx, 'set transaction isolation level repeatable read, read only')
    const found = await allocationPeople<{ slotId: number | null }>(
      tx,
      campaign.id,
      'planned',
      first,
      `, case when a.state = 'booked' and a.made_by = 'assigned' then a.slot_id end as "slotId"`,
    )
    const people = found.filter((p): p is Seated => p.slotId !== null)
    const slots = await openSlots(
      tx,
      campaign.spec.slots,
      soonest(first),
      people.map((p) => p.slotId),
    )
    return { people, slots }
  })

async function write(
  tx: Db,
  campaign: Campaign,
  moves: readonly { invitation: number; from: number; to: number }[],
): Promise<void> {
  const values = [moves.map((m) => m.invitation), moves.map((m) => m.from), moves.map((m) => m.to)]
  // In the order of whoever cancels or moves: the appointment, then its slot.
  await run(
    tx,
    `select from appointment
      where id in (select appointment_id from invitation where id = any($1))
      order by id
        for update`,
    [values[0]],
  )
  await rows(tx, 'select id from slot where id = any($1) or id = any($2) order by id for update', [
    values[1],
    values[2],
  ])
  const stillSo = `
    select a.id, x.target as slot_id
      from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as x (invitation, present, target)
      join invitation i on i.id = x.invitation
      join appointment a on a.id = i.appointment_id
     where i.campaign_id = $4
       and i.state = 'planned'
       and a.state = 'booked'
       and a.made_by = 'assigned'
       and a.slot_id = x.present`
  await holdDoses(tx, [...values[1]!, ...values[2]!])
  const moved = await reseatAppointments(tx, {
    sql: stillSo,
    values: [...values, campaign.id],
  }).catch((error: unknown) => {
    const { constraint } = error as { constraint?: string }
    throw constraint === 'dose_span_never_more_than_doses' ? changed(campaign) : error
  })
  // Overbooking is for those who book themselves: we fill to capacity and no further.
  const full = await row<{ n: number }>(
    tx,
    'select count(*)::int as n from slot where id = any($1) and booked > capacity',
    [values[2]],
  )
  if (moved !== moves.length || full!.n > 0) throw changed(campaign)
}

const changed = ({ name }: Campaign): Refused =>
  new Refused(
    'plan-changed',
    `While the plan of ${name} was made, times were booked, told or changed. Nothing was done; run it again.`,
  )
