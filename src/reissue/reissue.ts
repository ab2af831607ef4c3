import type pg from 'pg'
import type { StatedSlot } from '../clinics/read-slots.ts'
import { upsertSlots } from '../clinics/store.ts'
import { dosesLeft } from '../clinics/doses/store.ts'
import { logEvent } from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Jobs } from '../jobs/boss.ts'
import { planReissue, type Reissue } from './plan.ts'
import { readChains, readGround, readPlaces, type Ground, type Scope } from './read.ts'
import {
  clinicAt,
  insertProposal,
  lockGround,
  lockProposal,
  moveLines,
  movesOf,
  type MoveLine,
  type Proposal,
} from './store.ts'
import { decideHowToTell, tellingNow, type Telling, type ToldInTime } from './told.ts'
import {
  changeUntold,
  makeMoving,
  moveAppointments,
  placesAreFree,
  replaceInvitations,
} from './write.ts'

interface Deps {
  pool: pg.Pool
  clock: Clock
  /** when the print supplier's day ends, which decides when a letter leaves */
  config?: Pick<Config, 'PRINT_CUT_OFF'> | undefined
}

export interface ReissueRequest {
  hsaId: string
  /** days in Sweden, both included */
  from: string
  to: string
  /** what the clinic can do now, when it isn't in the database yet */
  slots: readonly StatedSlot[] | null
  chains: boolean
  withinDays: number
  by: string
  dryRun: boolean
}

export interface Proposed {
  /** null: nothing was stored, because of --dry-run or because everybody fits */
  id: number | null
  /** people too many for the places */
  overflow: number
  /** of the others, people for whom there is no dose */
  doseless: number
  kept: number
  moved: number
  queued: number
  /** of them: people for whom there are free times, but nearer than the campaign's least notice */
  shortNotice: number
  byHand: number
  lines: MoveLine[]
}

/**
 * Lays what a clinic has promised against what it can do now, and proposes who keeps, who moves and where to. Nothing
 * but the proposal is written.
 * @throws Refused unknown-clinic, bad-days
 */
export async function proposeReissue(
  { pool, clock, config }: Deps,
  request: ReissueRequest,
): Promise<Proposed> {
  if (request.to < request.from)
    throw new Refused(
      'bad-days',
      `${request.to} is before ${request.from}. Give the first day as --from and the last as --to.`,
    )
  return transaction(pool, async (tx) => {
    const now = clock.now()
    const clinic = await clinicAt(tx, request.hsaId)
    const scope: Scope = {
      clinicId: clinic.id,
      area: clinic.area,
      from: request.from,
      to: request.to,
      withinDays: request.withinDays,
    }
    if (request.slots) await upsertSlots(tx, request.slots)
    const telling = await tellingNow(tx, now, config?.PRINT_CUT_OFF)
    const ground = await readGround(tx, scope, telling, now)
    const plan = await planFor(tx, scope, ground, telling, request.chains, now)
    if (request.slots) await run(tx, 'rollback and chain') // the slots go in with the approval
    const id = plan.moves.length
      ? await insertProposal(tx, {
          scope,
          chains: request.chains,
          slots: request.slots,
          plan,
          version: ground.version,
          by: request.by,
          now,
        })
      : null
    const lines = id === null ? [] : await moveLines(tx, id)
    if (request.dryRun) await run(tx, 'rollback and chain')
    const count = (outcome: string) => plan.moves.filter((move) => move.outcome === outcome).length
    return {
      id: request.dryRun ? null : id,
      overflow: plan.overflow,
      doseless: plan.doseless,
      kept: plan.kept,
      moved: count('moved'),
      queued: count('queued'),
      shortNotice: plan.moves.filter((m) => m.outcome === 'queued' && m.reason).length,
      byHand: count('by-hand'),
      lines,
    }
  })
}

async function planFor(
  tx: Db,
  scope: Scope,
  ground: Ground,
  telling: readonly Telling[],
  chains: boolean,
  now: Date,
): Promise<Reissue> {
  const { seats, overflow, doseless } = ground
  if (overflow.size === 0 && doseless.length === 0)
    return { moves: [], overflow: 0, doseless: 0, kept: seats.length }
  const stuck = seats.filter((seat) => seat.needs.includes('anaphylaxis')).length
  const given = {
    seats,
    overflow,
    places: await readPlaces(tx, scope, now),
    doses: await dosesLeft(tx),
    doseless,
    chains: chains && stuck > 0 ? await readChains(tx, scope, telling, now, stuck) : [],
  }
  return sayShortNotice(given, planReissue(given), now)
}

/** Of those in the queue: who would have got a time if any notice would do. */
function sayShortNotice(
  given: Parameters<typeof planReissue>[0],
  plan: Reissue,
  now: Date,
): Reissue {
  if (!plan.moves.some(({ outcome }) => outcome === 'queued')) return plan
  const seats = given.seats.map((seat) => ({ ...seat, earliest: now }))
  const placed = new Set(
    planReissue({ ...given, seats })
      .moves.filter(({ outcome }) => outcome === 'moved')
      .map(({ appointmentId }) => appointmentId),
  )
  return {
    ...plan,
    moves: plan.moves.map((move) =>
      move.outcome === 'queued' && placed.has(move.appointmentId)
        ? { ...move, reason: 'short-notice' }
        : move,
    ),
  }
}

export interface Approved {
  moved: number
  /** changed before their letter had left: nobody has to be told twice */
  beforeTold: number
  /** told that they will get a new time */
  queued: number
  /** those whom the letter would reach after their old time: how they are told besides */
  inTime: ToldInTime
  campaigns: string[]
}

/**
 * Does what was proposed, in one transaction: times, invitations, recalled letters and the campaign that tells people.
 * @throws Refused unknown-proposal, already-approved, same-person, stale-proposal (anything it was made from has
 *   changed)
 */
export async function approveReissue(
  { pool, clock, jobs, config }: Deps & { jobs: Jobs },
  id: number,
  by: string,
): Promise<Approved> {
  return transaction(pool, async (tx) => {
    const now = clock.now()
    const proposal = await lockProposal(tx, id)
    refuseApproval(proposal, by)
    const telling = await tellingNow(tx, now, config?.PRINT_CUT_OFF)
    const lines = await movesThatHold(tx, proposal, telling, now)
    const inTime = await decideHowToTell(tx, telling, now)
    await moveAppointments(tx, clock)
    const beforeTold = await changeUntold(tx, now)
    const made = await replaceInvitations(tx, proposal, by, now)
    await run(tx, 'update reissue_proposal set approved_by = $2, approved_at = $3 where id = $1', [
      id,
      by,
      now,
    ])
    for (const campaign of made) {
      await logEvent(tx, campaign.id, now, 'kallelse', 'planned', { members: campaign.members })
      await jobs.enqueue(tx, 'release', [{ campaign: campaign.id }])
    }
    if (made.some((campaign) => campaign.notices > 0)) await jobs.enqueue(tx, 'sweep', [{}])
    return {
      moved: lines.filter((line) => line.to !== null).length,
      beforeTold,
      queued: lines.filter((line) => line.to === null).length,
      inTime,
      campaigns: made.map((campaign) => campaign.name),
    }
  })
}

function refuseApproval({ id, proposedBy, approvedBy }: Proposal, by: string): void {
  if (approvedBy !== null)
    throw new Refused(
      'already-approved',
      `Reissue ${id} was approved by ${approvedBy} and is done.`,
    )
  if (proposedBy === by)
    throw new Refused(
      'same-person',
      `${by} proposed reissue ${id}: another person must approve it.`,
    )
}

/** Locks all that the moves touch and makes the table of them (makeMoving). @throws Refused stale-proposal */
async function movesThatHold(
  tx: Db,
  proposal: Proposal,
  telling: readonly Telling[],
  now: Date,
): Promise<{ appointmentId: number; to: Date | null }[]> {
  await lockGround(tx, proposal)
  if (proposal.slots)
    await upsertSlots(
      tx,
      proposal.slots.map((slot) => ({ ...slot, startsAt: new Date(slot.startsAt) })),
    )
  const ground = await readGround(tx, proposal, telling, now)
  const lines = await movesOf(tx, proposal.id)
  const earliest = new Map(ground.seats.map((seat) => [seat.appointmentId, seat.earliest]))
  const late = lines.some(
    (line) => line.to !== null && line.to <= (earliest.get(line.appointmentId) ?? now),
  )
  if (
    ground.version !== proposal.version ||
    late ||
    (await makeMoving(tx, proposal)) !== lines.length ||
    !(await placesAreFree(tx))
  )
    throw stale(proposal.id)
  return lines
}

const stale = (id: number) =>
  new Refused(
    'stale-proposal',
    `Something that reissue ${id} was made from has changed: nothing was done. Propose it again.`,
  )
