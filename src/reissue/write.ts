import { addApproval } from '../campaigns/approvals.ts'
import type { CampaignSpec } from '../campaigns/spec.ts'
import {
  campaignNamed,
  insertCampaign,
  logEvent,
  setState,
  type Campaign,
} from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { movedSpec } from './campaign-spec.ts'
import type { Proposal } from './store.ts'
import { callWhoMustBeCalled } from './told.ts'
import { endAppointments, insertAppointments } from '../ledger/appointments.ts'
import { voidOpenBatches } from '../ledger/batches.ts'
import { campaignPlanned } from '../ledger/campaigns.ts'
import {
  changeUntoldTimes,
  insertInvitations,
  loseTimes,
  supersedeInvitations,
} from '../ledger/invitations.ts'
import { composeAgain, queueMessages, recallMessages } from '../ledger/messages.ts'
import type { Selection } from '../ledger/selection.ts'

/**
 * The moves of a proposal as a temporary table, with the live invitation of each. What of their letters is in a batch
 * that has not been handed over is taken out of it; what people have been told of then does not change until the
 * transaction ends.
 */
export async function makeMoving(tx: Db, proposal: Proposal): Promise<number> {
  const moving = await run(
    tx,
    `create temporary table moving on commit drop as
     select m.appointment_id, m.outcome, t.id as to_slot_id, r.lead_id as person_id, a.purpose,
            i.id as invitation_id, i.state, i.campaign_id, i.generation, i.area, i.priority, i.route, i.language,
            i.state = 'answered' or k.way = 'open' as told,
            null::bigint as new_appointment_id
       from reissue_move m
       join appointment a on a.id = m.appointment_id and a.state = 'booked' and a.slot_id = m.from_slot_id
       join person r on r.id = a.person_id
       join invitation i
         on i.person_id = r.lead_id
        and i.purpose = a.purpose
        and i.state in ('planned', 'released', 'answered')
       join campaign k on k.id = i.campaign_id
       left join slot t on t.clinic_id = m.to_clinic_id and t.starts_at = m.to_starts_at
      where m.proposal_id = $1
        and m.outcome <> 'by-hand'
        and (m.outcome = 'queued' or t.id is not null)`,
    [proposal.id],
  )
  await run(tx, 'create unique index on moving (invitation_id)')
  await run(tx, 'analyze moving')
  await voidOpenBatches(tx, {
    sql: `select m.batch_id
            from message m
            join moving using (invitation_id)
           where m.state = 'sending'`,
    values: [],
  })
  await run(
    tx,
    `select from message m
       join moving using (invitation_id)
      where m.state in ('queued', 'sending')
      order by m.id
        for update of m`,
  )
  await run(
    tx,
    `update moving v
        set told = true
      where exists (
        select from message m
         where m.invitation_id = v.invitation_id
           and m.state in ('sending', 'in-doubt', 'sent', 'delivered'))`,
  )
  return moving
}

/** Whether the places and doses that the proposal counts on are still free. */
export async function placesAreFree(tx: Db): Promise<boolean> {
  const short = await row(
    tx,
    `with arriving as (
       select to_slot_id as id, count(*) as n
         from moving
        where to_slot_id is not null
        group by to_slot_id
     ), leaving as (
       select a.slot_id as id, count(*) as n
         from moving
         join appointment a on a.id = moving.appointment_id
        group by a.slot_id
     ), change as (
       select s.clinic_id, s.starts_at, s.capacity - s.booked as free,
              coalesce(arriving.n, 0) as come, coalesce(leaving.n, 0) as go
         from arriving
         full join leaving using (id)
         join slot s using (id)
     )
     select from change
      where come > 0
        and come - go > greatest(0, free)
     union all
     select from change c
       join dose_span d on d.clinic_id = c.clinic_id and c.starts_at >= d.starts_at and c.starts_at < d.ends_at
      group by d.id
     having sum(c.come) > 0
        and sum(c.come) - sum(c.go) > d.doses - d.taken
      limit 1`,
  )
  return short === undefined
}

/** The old times end and the new ones begin. */
export async function moveAppointments(tx: Db, clock: Clock): Promise<void> {
  const old = `select appointment_id as id, 'moved' as state from moving`
  await endAppointments(tx, { sql: old, values: [] }, clock.now())
  const wanted = await rows<{ personId: number; purpose: string; slotId: number }>(
    tx,
    `select person_id as "personId", purpose, to_slot_id as "slotId"
       from moving
      where to_slot_id is not null
      order by appointment_id`,
  )
  for (const [, same] of Map.groupBy(wanted, (w) => w.purpose)) {
    const made = await insertAppointments(tx, clock, same, 'assigned')
    await run(
      tx,
      `update moving v
          set new_appointment_id = x.id
         from unnest($1::bigint[], $2::bigint[]) as x (id, person_id)
        where v.person_id = x.person_id
          and v.purpose = $3`,
      [made.map((m) => m.id), made.map((m) => m.personId), same[0]!.purpose],
    )
  }
}

/**
 * People who have not been told of the old time keep their invitation: its letter says the new time when it is printed,
 * or they wait for one. Nothing else is sent.
 * @returns how many they are
 */
export async function changeUntold(tx: Db, now: Date): Promise<number> {
  const seated = `
    select invitation_id as id, new_appointment_id as appointment_id
      from moving
     where not told
       and to_slot_id is not null`
  const messages = `
    select m.id
      from message m
      join (${seated}) seated on seated.id = m.invitation_id
     where m.state = 'queued'`
  await composeAgain(tx, { sql: messages, values: [] })
  const changed = await changeUntoldTimes(tx, { sql: seated, values: [] })
  const unseated = `
    select invitation_id as id
      from moving
     where not told
       and to_slot_id is null
       and state = 'planned'`
  return changed + (await loseTimes(tx, { sql: unseated, values: [] }, now))
}

interface Telling {
  id: number
  name: string
  members: number
  /** messages to those without a new time */
  notices: number
}

/**
 * The others' invitations are replaced by those of campaigns that tell them, one for each earlier campaign.
 * @returns those campaigns
 */
export async function replaceInvitations(
  tx: Db,
  proposal: Proposal,
  by: string,
  now: Date,
): Promise<Telling[]> {
  // changeUntold has done these
  await run(
    tx,
    `delete from moving
      where not told
        and (state = 'planned' or to_slot_id is not null)`,
  )
  const replaced = { sql: 'select invitation_id as id from moving', values: [] }
  await supersedeInvitations(tx, replaced, now)
  await recallMessages(tx, replaced, 'superseded')
  const sources = await rows<{ name: string }>(
    tx,
    `select name
       from campaign
      where id in (select campaign_id from moving)
      order by id`,
  )
  const made: Telling[] = []
  for (const { name } of sources) {
    const earlier = await campaignNamed(tx, name)
    const spec = movedSpec(earlier.spec, proposal.id, made.length + 1)
    const campaign = await approvedCampaign(tx, spec, earlier, proposal, by, now)
    const members = await insertInvitations(tx, campaign, nextGeneration(earlier.id), now)
    await campaignPlanned(tx, campaign.id, members, now)
    await callWhoMustBeCalled(tx, campaign.id, now)
    const notices = await tellQueue(tx, campaign, now)
    made.push({ id: campaign.id, name: campaign.name, members, notices })
  }
  return made
}

/** A campaign that is approved by the two who made and approved the proposal, ready for its plan. */
async function approvedCampaign(
  tx: Db,
  spec: CampaignSpec,
  earlier: Campaign,
  { id, proposedBy }: Proposal,
  by: string,
  now: Date,
): Promise<Campaign> {
  const campaign = await insertCampaign(tx, spec, earlier.cohortId, earlier.id, proposedBy, now)
  if (!campaign)
    throw new Refused(
      'campaign-exists',
      `There is already a campaign named ${spec.name}, which this reissue needs. Nothing was done. Propose ` +
        'it again, for another name.',
    )
  await logEvent(tx, campaign.id, now, proposedBy, 'created', { reissueProposal: id })
  for (const approver of [proposedBy, by]) await addApproval(tx, campaign.id, approver, null, now)
  await logEvent(tx, campaign.id, now, by, 'approved', { reissueProposal: id })
  return setState(tx, await setState(tx, campaign, 'approved'), 'planning')
}

const nextGeneration = (earlierCampaignId: number): Selection => ({
  sql: `
    select person_id,
           generation + 1 as generation,
           invitation_id as replaces_id,
           case when to_slot_id is null then 'waiting' else 'planned' end as state,
           case when to_slot_id is null then 'no-free-time' end as reason,
           area, priority, language,
           regexp_replace(route, '-(first|now-sms|now-email)$', '') || case
             when not told then '-first'
             when also in ('sms', 'email') then '-now-' || also
             else '' end as route,
           new_appointment_id as appointment_id
      from moving
     where campaign_id = $1`,
  values: [earlierCampaignId],
})

/**
 * Those without a new time are told so at once, in a step of its own: `invitation` is kept for the time they will get.
 */
async function tellQueue(tx: Db, { id, spec }: Campaign, now: Date): Promise<number> {
  const channels = spec.channels.flatMap(({ route, steps }) =>
    steps.map(({ channel }) => ({ route, channel })),
  )
  const source = {
    sql: `
      select i.id as invitation_id, 'queue' as step, s.channel, 'moved-queue' as template,
             $2::timestamptz as due_at
        from invitation i
        join moving v on v.invitation_id = i.replaces_id and v.told
        join jsonb_to_recordset($3::jsonb) as s(route text, channel text) on s.route = i.route
       where i.campaign_id = $1
         and i.state = 'waiting'`,
    values: [id, now, JSON.stringify(channels)],
  }
  return (await queueMessages(tx, source, now)).total
}
