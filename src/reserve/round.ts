import { DateTime } from 'luxon'
import type pg from 'pg'
import { addDoseEvent, dosesLeft } from '../clinics/doses/store.ts'
import type { Clock } from '../clock.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { knownPurpose } from '../purposes/register.ts'
import type { Jobs } from '../jobs/boss.ts'
import { dayOf } from '../people/dates.ts'
import { offerMessages } from './offer-messages.ts'
import {
  closeRound,
  expireOffers,
  insertOffers,
  lockRound,
  openOffers,
  passOverUnfit,
  roundsAtWork,
  tallyOf,
  type Tally,
} from './store.ts'

/** Minutes an offer stands when nothing else is said; the residents' page tells it. */
export const usualAnswerMinutes = 20

export interface RoundDeps {
  pool: pg.Pool
  clock: Clock
  jobs: Jobs
  /** nobody is asked in quiet hours */
  quiet: boolean
}

export interface NewRound {
  /** HSA-id */
  clinic: string
  purpose: string
  /** doses left */
  places: number
  /** when they should come */
  at: Date
  /** open offers at once at most; not given: as many as there are places left, so that nobody's yes comes too late */
  burst?: number | undefined
  /** how long an offer stands */
  minutes: number
}

/**
 * Offers a clinic's left-over doses to the reserve list of its area: the list is put in order, and the first are asked.
 * @throws Refused unknown-purpose, unknown-clinic, bad-time, bad-number, quiet-hours, round-exists, empty-reserve-list
 */
export async function openRound(
  deps: RoundDeps,
  asked: NewRound,
  by: string,
): Promise<{ round: number; people: number; offered: number }> {
  const { pool, clock, quiet } = deps
  const now = clock.now()
  refuseAsked(asked, now, quiet)
  return transaction(pool, async (tx) => {
    await knownPurpose(tx, asked.purpose)
    const clinic = await lockClinic(tx, asked)
    const round = await insertRound(tx, clinic.id, asked, by, now)
    const people = await insertOffers(tx, round, asked.purpose, clinic.area)
    if (!people)
      throw new Refused(
        'empty-reserve-list',
        `Nobody in ${clinic.area} is on the reserve list for ${asked.purpose}. Add people: reserve add`,
      )
    const { offered } = await advance(tx, deps, round)
    return { round, people, offered }
  })
}

function refuseAsked(asked: NewRound, now: Date, quiet: boolean): void {
  const whole = (n: number, from: number, to: number) => Number.isInteger(n) && n >= from && n <= to
  if (
    !whole(asked.places, 1, 500) ||
    !whole(asked.burst ?? 1, 1, 500) ||
    !whole(asked.minutes, 5, 240)
  )
    throw new Refused(
      'bad-number',
      'Places and burst are whole numbers from 1 to 500, the time to answer is 5 to 240 minutes.',
    )
  if (asked.at <= now)
    throw new Refused('bad-time', 'The time to come is past. Give one that people can reach.')
  if (quiet)
    throw new Refused(
      'quiet-hours',
      'It is quiet hours: no offers leave now (SMS_QUIET_FROM, SMS_QUIET_TO). Call people instead, or wait.',
    )
}

/** The clinic, which has no round open for the purpose. */
async function lockClinic(
  tx: Db,
  { clinic: hsaId, purpose }: NewRound,
): Promise<{ id: number; area: string }> {
  const clinic = await row<{ id: number; area: string }>(
    tx,
    'select id, area from clinic where hsa_id = $1 for update',
    [hsaId],
  )
  if (!clinic) throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${hsaId}.`)
  const open = await row<{ id: number }>(
    tx,
    `select id
       from reserve_round
      where clinic_id = $1
        and purpose = $2
        and closed_at is null`,
    [clinic.id, purpose],
  )
  if (open)
    throw new Refused(
      'round-exists',
      `The clinic has round ${open.id} open. Close it first: reserve close ${open.id} --why …`,
      { round: open.id },
    )
  return clinic
}

/** The round with its places, at a slot that is made when there is none: it gets room with each yes. @returns its id */
async function insertRound(
  tx: pg.PoolClient,
  clinicId: number,
  { purpose, places, at, burst, minutes }: NewRound,
  by: string,
  now: Date,
): Promise<number> {
  const slot = await row<{ id: number }>(
    tx,
    `insert into slot (clinic_id, starts_at, capacity)
     values ($1, $2, 0)
     on conflict (clinic_id, starts_at) do update
        set starts_at = excluded.starts_at
     returning id`,
    [clinicId, at],
  )
  await keepFound(tx, { clinicId, startsAt: at }, places, by, now)
  const made = await row<{ id: number }>(
    tx,
    `insert into reserve_round (
            clinic_id, purpose, slot_id, places, burst, answer_minutes, opened_by, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     returning id`,
    [clinicId, purpose, slot!.id, places, burst ?? null, minutes, by, now],
  )
  await run(
    tx,
    `insert into reserve_place (round_id, number)
     select $1, generate_series(1, $2::int)`,
    [made!.id, places],
  )
  return made!.id
}

/** The clinic has more doses left than we knew of: kept as found, or nobody could be given them. */
async function keepFound(
  tx: pg.PoolClient,
  time: { clinicId: number; startsAt: Date },
  places: number,
  by: string,
  now: Date,
): Promise<void> {
  const left = await dosesLeft(tx)
  const found = places + left.owed(time) - left.at(time)
  if (found > 0)
    await addDoseEvent(
      tx,
      time.clinicId,
      { day: dayOf(now), kind: 'found', doses: found, vials: null, reason: null },
      by,
      now,
    )
}

/**
 * Continues a round: offers that had their time end, those who can't be asked are passed over with the reason, the
 * next people are asked, and a round with nothing left to do is closed. Safe to run at any time, by anybody, twice.
 */
export const advanceRound = (deps: RoundDeps, round: number): Promise<void> =>
  transaction(deps.pool, async (tx) => void (await advance(tx, deps, round)))

/** The same for every round in which something is left to do: for the sweep, should a job be lost. */
export async function advanceRounds(deps: RoundDeps): Promise<void> {
  for (const { id } of await roundsAtWork(deps.pool, deps.clock.now())) await advanceRound(deps, id)
}

/** `advanceRound` in the caller's transaction. */
export async function advance(
  tx: Db,
  { clock, jobs, quiet }: RoundDeps,
  roundId: number,
): Promise<Tally> {
  const round = await lockRound(tx, roundId)
  if (!round) throw new Refused('unknown-round', `There is no round ${roundId}.`)
  const now = clock.now()
  await expireOffers(tx, roundId, now)
  if (round.closedAt === null) await passOverUnfit(tx, round)
  let tally = await tallyOf(tx, roundId)
  if (round.closedAt !== null) return tally
  const left = round.places - tally.accepted
  const soon = DateTime.fromJSDate(now).plus({ minutes: round.answerMinutes }).toJSDate()
  if (left <= 0) {
    await closeRound(tx, roundId, 'filled', now)
    await thank(tx, jobs, roundId, now)
  } else if (now >= round.startsAt) {
    await closeRound(tx, roundId, 'too-late', now)
  } else if (tally.waiting === 0 && tally.offered === 0) {
    await closeRound(tx, roundId, 'list-empty', now)
  } else if (!quiet) {
    // No answer is awaited beyond the time itself.
    const expiresAt = soon < round.startsAt ? soon : round.startsAt
    const opened = await openOffers(
      tx,
      roundId,
      Math.max(0, (round.burst ?? left) - tally.offered),
      now,
      expiresAt,
    )
    await offerMessages(tx, jobs, 'reserve-offer', opened, now)
  }
  tally = await tallyOf(tx, roundId)
  if (tally.nextEnd)
    await jobs.enqueue(tx, 'reserve', [{ round: roundId }], { startAfter: tally.nextEnd })
  return tally
}

/** All places are taken: who still has an offer is told so and thanked, and stays on the list. */
export async function thank(tx: Db, jobs: Jobs, roundId: number, now: Date): Promise<void> {
  const thanked = await rows<{ id: number }>(
    tx,
    `update offer set state = 'thanked' where round_id = $1 and state = 'offered' returning id`,
    [roundId],
  )
  await offerMessages(
    tx,
    jobs,
    'reserve-thanks',
    thanked.map((offer) => offer.id),
    now,
  )
}

/**
 * Ends a round early: nobody more is asked, and people with an open offer are thanked.
 * @throws Refused unknown-round, round-finished
 */
export async function endRound(
  { pool, clock, jobs }: RoundDeps,
  roundId: number,
  why: string,
): Promise<void> {
  await transaction(pool, async (tx) => {
    const round = await lockRound(tx, roundId)
    if (!round) throw new Refused('unknown-round', `There is no round ${roundId}.`)
    if (round.closedAt)
      throw new Refused(
        'round-finished',
        `Round ${roundId} is closed already (${round.closedWhy}).`,
      )
    await closeRound(tx, roundId, why, clock.now())
    await thank(tx, jobs, roundId, clock.now())
  })
}

/**
 * Leaves somebody out of a round, with the reason on record: the only way to go on out of order.
 * @throws Refused unknown-offer
 */
export async function passOver(
  { pool }: { pool: pg.Pool },
  roundId: number,
  rank: number,
  why: string,
): Promise<void> {
  const done = await run(
    pool,
    `update offer
        set state = 'passed-over', passed_over_why = $3
      where round_id = $1
        and rank = $2
        and state = 'waiting'`,
    [roundId, rank, why],
  )
  if (!done)
    throw new Refused(
      'unknown-offer',
      `Nobody waits at place ${rank} in round ${roundId}. See: reserve status ${roundId}`,
    )
}
