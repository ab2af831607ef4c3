import { addApproval } from '../campaigns/approvals.ts'
import { campaignNamed, insertCampaign, logEvent, setState } from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { movedSpec } from './campaign-spec.ts'
import type { Proposal } from './store.ts'
import { insertAppointments } from '../ledger/appointments.ts'
import { voidOpenBatches } from '../ledger/batches.ts'
import { composeAgain, queueMessages, recallMessages } from '../ledger/messages.ts'

/**
 * The moves of a proposal as a temporary table, with the live invitation of each. What of their letters is in a batch that
 * has not been handed over is taken out of it; who has been told of the time then stands still until the transaction ends.
 */
export async function makeMoving(tx: Db, proposal: Proposal): Promise<number> {
  const moving = await run(
    tx,
    `create temporary table moving on commit drop as
     select m.appointment_id, m.outcome, t.id as to_slot_id, p.id as person_id, a.purpose, i.id as invitation_id, i.state, i.campaign_id, i.generation, i.area, i.priority, i.route, i.language,
            i.state = 'answered' or k.way = 'open' as told, null::bigint as new_appointment_id
       from reissue_move m
       join appointment a on a.id = m.appointment_id and a.state = 'booked' and a.slot_id = m.from_slot_id
       join person r on r.id = a.person_id
       join person p on p.id = coalesce(r.same_as, r.id)
       join invitation i on i.person_id = p.id and i.purpose = a.purpose and i.state in ('planned', 'released', 'answered')
       join campaign k on k.id = i.campaign_id
       left join slot t on t.clinic_id = m.to_clinic_id and t.starts_at = m.to_starts_at
      where m.proposal_id = $1 and m.outcome <> 'by-hand' and (m.outcome = 'queued' or t.id is not null)`,
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
    `select from message m join moving using (invitation_id) where m.state in ('queued', 'sending') order by m.id for update of m`,
  )
  await run(
    tx,
    `update moving set told = true where exists (select from message m where m.invitation_id = moving.invitation_id and m.state in ('sending', 'in-doubt', 'sent', 'delivered'))`,
  )
  return moving
}

/** Whether the places that the proposal counts on are still free. */
export async function placesAreFree(tx: Db): Promise<boolean> {
  const short = await row(
    tx,
    `select from slot s
       join (select to_slot_id as id, count(*) as n from moving where to_slot_id is not null group by 1) arriving using (id)
       left join (select a.slot_id as id, count(*) as n from moving join appointment a on a.id = moving.appointment_id group by 1) leaving using (id)
      where arriving.n - coalesce(leaving.n, 0) > greatest(0, s.capacity - s.booked) limit 1`,
  )
  return short === undefined
}

/** The old times end and the new ones begin. */
export async function moveAppointments(tx: Db, clock: Clock): Promise<void> {
  await run(
    tx,
    `update appointment a set state = 'moved', ended_at = $1 from moving where a.id = moving.appointment_id`,
    [clock.now()],
  )
  const wanted = await rows<{ personId: number; purpose: string; slotId: number }>(
    tx,
    `select person_id as "personId", purpose, to_slot_id as "slotId" from moving where to_slot_id is not null order by appointment_id`,
  )
  for (const [, same] of Map.groupBy(wanted, (w) => w.purpose)) {
    const made = await insertAppointments(tx, clock, same, 'assigned')
    await run(
      tx,
      `update moving set new_appointment_id = x.id from unnest($1::bigint[], $2::bigint[]) as x(id, person_id) where moving.person_id = x.person_id and moving.purpose = $3`,
      [made.map((m) => m.id), made.map((m) => m.personId), same[0]!.purpose],
    )
  }
}

/** Who has not been told of the old time keeps the invitation: its letter says the new time when it is printed. Nothing else is sent. */
export async function changeUntold(tx: Db, now: Date): Promise<number> {
  await composeAgain(tx, {
    sql: `select m.id
            from message m
            join moving v using (invitation_id)
           where not v.told and v.to_slot_id is not null`,
    values: [],
  })
  return run(
    tx,
    `update invitation i set appointment_id = v.new_appointment_id, state_since = case when v.to_slot_id is null then $1 else i.state_since end,
            state = case when v.to_slot_id is null then 'waiting' else i.state end, reason = case when v.to_slot_id is null then 'no-free-time' end
       from moving v where i.id = v.invitation_id and not v.told and (v.state = 'planned' or v.to_slot_id is not null)`,
    [now],
  )
}

/** The others' invitations are replaced by those of a campaign that tells them. @returns that campaign's name and id, one for each earlier campaign */
export async function replaceInvitations(
  tx: Db,
  proposal: Proposal,
  by: string,
  now: Date,
): Promise<{ id: number; name: string; members: number; notices: number }[]> {
  await run(
    tx,
    `delete from moving where not told and (state = 'planned' or to_slot_id is not null)`,
  ) // done by changeUntold
  await run(
    tx,
    `update invitation i set state = 'superseded', state_since = $1 from moving v where i.id = v.invitation_id`,
    [now],
  )
  await recallMessages(
    tx,
    { sql: 'select invitation_id as id from moving', values: [] },
    'superseded',
  )
  const made: { id: number; name: string; members: number; notices: number }[] = []
  for (const source of await rows<{ name: string }>(
    tx,
    'select name from campaign where id in (select campaign_id from moving) order by id',
  )) {
    const earlier = await campaignNamed(tx, source.name)
    const spec = movedSpec(earlier.spec, proposal.id, made.length + 1)
    const campaign = await insertCampaign(
      tx,
      spec,
      earlier.cohortId,
      earlier.id,
      proposal.proposedBy,
      now,
    )
    if (!campaign)
      throw new Refused(
        'campaign-exists',
        `There is already a campaign named ${spec.name}, which this reissue needs. Nothing was done. Propose it again, for another name.`,
      )
    await logEvent(tx, campaign.id, now, proposal.proposedBy, 'created', {
      reissueProposal: proposal.id,
    })
    for (const approver of [proposal.proposedBy, by])
      await addApproval(tx, campaign.id, approver, null, now)
    await logEvent(tx, campaign.id, now, by, 'approved', { reissueProposal: proposal.id })
    await setState(tx, await setState(tx, campaign, 'approved'), 'planning')
    const members = await run(
      tx,
      `insert into invitation (campaign_id, person_id, purpose, generation, replaces_id, state, reason, area, priority, route, language, appointment_id, state_since)
       select $1, person_id, purpose, generation + 1, invitation_id, case when to_slot_id is null then 'waiting' else 'planned' end, case when to_slot_id is null then 'no-free-time' end,
              area, priority, regexp_replace(route, '-first$', '') || case when told then '' else '-first' end, language, new_appointment_id, $3
         from moving where campaign_id = $2`,
      [campaign.id, earlier.id, now],
    )
    await run(
      tx,
      `update campaign set state = 'running', cohort_size = $2, planned_at = $3 where id = $1`,
      [campaign.id, members, now],
    )
    // Those without a new time are told so at once, in a step of its own: the step `invitation` is kept for the time they will get.
    const { total: notices } = await queueMessages(
      tx,
      {
        sql: `select i.id as invitation_id, 'queue' as step, s.channel, 'moved-queue' as template,
                     $2::timestamptz as due_at
                from invitation i
                join moving v on v.invitation_id = i.replaces_id and v.told
                join jsonb_to_recordset($3::jsonb) as s(route text, channel text) on s.route = i.route
               where i.campaign_id = $1 and i.state = 'waiting'`,
        values: [
          campaign.id,
          now,
          JSON.stringify(
            spec.channels.flatMap((line) =>
              line.steps.map(({ channel }) => ({ route: line.route, channel })),
            ),
          ),
        ],
      },
      now,
    )
    made.push({ id: campaign.id, name: campaign.name, members, notices })
  }
  return made
}
