import { holdDoses } from '../clinics/doses/store.ts'
import type { StatedSlot } from '../clinics/read-slots.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Move, Reissue } from './plan.ts'
import type { Scope } from './read.ts'

export interface Proposal extends Scope {
  id: number
  hsaId: string
  chains: boolean
  slots: StatedSlot[] | null
  overflow: number
  kept: number
  version: string
  proposedBy: string
  approvedBy: string | null
}

/** @throws Refused unknown-clinic */
export async function clinicAt(
  db: Db,
  hsaId: string,
): Promise<{ id: number; area: string; name: string }> {
  const found = await row<{ id: number; area: string; name: string }>(
    db,
    'select id, area, name from clinic where hsa_id = $1',
    [hsaId],
  )
  if (!found)
    throw new Refused(
      'unknown-clinic',
      `There is no clinic ${hsaId}. Import it first: import clinics FILE`,
    )
  return found
}

export async function insertProposal(
  tx: Db,
  given: {
    scope: Scope
    chains: boolean
    slots: readonly StatedSlot[] | null
    plan: Reissue
    version: string
    by: string
    now: Date
  },
): Promise<number> {
  const { scope, plan } = given
  const made = await row<{ id: number }>(
    tx,
    `insert into reissue_proposal (
            clinic_id, from_day, to_day, slots, chains, within_days,
            overflow, kept, version, proposed_by, proposed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     returning id`,
    [
      scope.clinicId,
      scope.from,
      scope.to,
      given.slots ? JSON.stringify(given.slots) : null,
      given.chains,
      scope.withinDays,
      plan.overflow,
      plan.kept,
      given.version,
      given.by,
      given.now,
    ],
  )
  await run(
    tx,
    `insert into reissue_move (
            proposal_id, appointment_id, from_slot_id, outcome, to_clinic_id, to_starts_at, reason, chain)
     select $1, *
       from unnest(
              $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::timestamptz[], $7::text[], $8::boolean[])`,
    [
      made!.id,
      plan.moves.map((m) => m.appointmentId),
      plan.moves.map((m) => m.fromSlotId),
      plan.moves.map((m) => m.outcome),
      plan.moves.map((m) => (m.outcome === 'moved' ? m.to.clinicId : null)),
      plan.moves.map((m) => (m.outcome === 'moved' ? m.to.startsAt : null)),
      plan.moves.map((m) => (m.outcome === 'moved' ? null : (m.reason ?? null))),
      plan.moves.map((m) => m.outcome === 'moved' && m.chain),
    ],
  )
  return made!.id
}

/** Locked for the transaction. @throws Refused unknown-proposal */
export async function lockProposal(tx: Db, id: number): Promise<Proposal> {
  const found = await row<Proposal>(
    tx,
    `select r.id, c.hsa_id as "hsaId", r.clinic_id as "clinicId", c.area, r.from_day as "from", r.to_day as "to",
            r.within_days as "withinDays", r.chains, r.slots, r.overflow, r.kept, r.version,
            r.proposed_by as "proposedBy", r.approved_by as "approvedBy"
       from reissue_proposal r
       join clinic c on c.id = r.clinic_id
      where r.id = $1
        for update of r`,
    [id],
  )
  if (!found)
    throw new Refused(
      'unknown-proposal',
      `There is no reissue proposal ${id}. Make one: reissue --clinic HSA-ID --from DAY --to DAY --by NAME`,
    )
  return found
}

/** One line of the changeset; who it is only shows as the number that print manifests use too. */
export interface MoveLine {
  person: string
  outcome: Move['outcome']
  from: Date
  to: Date | null
  clinic: string | null
  reason: string | null
  chosen: boolean
  chain: boolean
}

export const moveLines = (db: Db, proposalId: number): Promise<MoveLine[]> =>
  rows<MoveLine>(
    db,
    `select 'p' || p.lead_id as person, m.outcome, f.starts_at as "from", m.to_starts_at as "to",
            c.name as clinic, m.reason, a.made_by <> 'assigned' as chosen, m.chain
       from reissue_move m
       join appointment a on a.id = m.appointment_id
       join person p on p.id = a.person_id
       join slot f on f.id = m.from_slot_id
       left join clinic c on c.id = m.to_clinic_id
      where m.proposal_id = $1
      order by f.starts_at, m.outcome, m.to_starts_at, m.appointment_id`,
    [proposalId],
  )

/** The moves that are ours to make, without those to be settled by hand. */
export const movesOf = (
  db: Db,
  proposalId: number,
): Promise<{ appointmentId: number; to: Date | null }[]> =>
  rows(
    db,
    `select appointment_id as "appointmentId", to_starts_at as "to"
       from reissue_move
      where proposal_id = $1
        and outcome <> 'by-hand'`,
    [proposalId],
  )

/**
 * Locks what a proposal touches in the order that bookings lock it (invitation, appointment, slot, doses), so that nobody
 * books, moves or cancels there until the transaction ends.
 */
export async function lockGround(tx: Db, proposal: Proposal): Promise<void> {
  const own = `
    select m.appointment_id
      from reissue_move m
     where m.proposal_id = $1
       and m.outcome <> 'by-hand'`
  await run(
    tx,
    `select from invitation
      where id in (
        select i.id
          from appointment a
          join person r on r.id = a.person_id
          join invitation i on i.person_id = r.lead_id and i.purpose = a.purpose
         where a.id in (${own})
           and i.state in ('planned', 'released', 'answered'))
      order by id
        for update`,
    [proposal.id],
  )
  await run(
    tx,
    `select from appointment
      where id in (${own})
      order by id
        for update`,
    [proposal.id],
  )
  const slots = await rows<{ id: number }>(
    tx,
    `select id
       from slot
      where id in (
        select id -- the clinic's slots on these days
          from slot
         where clinic_id = $2
           and starts_at >= ($3::date::timestamp at time zone 'Europe/Stockholm')
           and starts_at < (($4::date + 1)::timestamp at time zone 'Europe/Stockholm')
         union
        select t.id -- where people are moved to
          from reissue_move m
          join slot t on t.clinic_id = m.to_clinic_id and t.starts_at = m.to_starts_at
         where m.proposal_id = $1
         union
        select g.id -- what the proposal changes
          from jsonb_to_recordset($5::jsonb) n ("hsaId" text, "startsAt" timestamptz)
          join clinic c on c.hsa_id = n."hsaId"
          join slot g on g.clinic_id = c.id and g.starts_at = n."startsAt")
      order by id
        for update`,
    [
      proposal.id,
      proposal.clinicId,
      proposal.from,
      proposal.to,
      proposal.slots ? JSON.stringify(proposal.slots) : '[]',
    ],
  )
  await holdDoses(
    tx,
    slots.map((slot) => slot.id),
  )
}
