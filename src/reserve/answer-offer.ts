import { row, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Jobs } from '../jobs/boss.ts'
import { insertAppointment, recordReply } from '../ledger/appointments.ts'
import { takeOfferedTime } from '../ledger/invitations.ts'
import { offerMessages } from './offer-messages.ts'
import { hasDose, holdDoses } from '../clinics/doses/store.ts'
import { advance, thank, type RoundDeps } from './round.ts'
import { closeRound, lockRound, type Round } from './store.ts'

/** taken: the place is theirs; thanked: all places were taken before; too-late: the time to answer is over. */
export type OfferOutcome = 'taken' | 'thanked' | 'declined' | 'too-late' | 'already-booked'

interface Offer {
  id: number
  state: string
  personId: number
  invitationId: number
  expiresAt: Date
}

/**
 * Takes the answer to an offer. Answers of one round come one after the other: the n-th yes takes place n, the last
 * place's yes closes the round and thanks the others. The same answer again says the same and does nothing.
 * @param by who answered: person, or the name of who entered it at the clinic
 */
export async function answerOffer(
  deps: RoundDeps,
  offerId: number,
  answer: 'yes' | 'no',
  by: string,
): Promise<OfferOutcome> {
  return transaction(deps.pool, (tx) => answerIn(tx, deps, offerId, answer, by))
}

export async function answerIn(
  tx: Db,
  deps: RoundDeps,
  offerId: number,
  answer: 'yes' | 'no',
  by: string,
): Promise<OfferOutcome> {
  const found = await row<{ round: number }>(
    tx,
    'select round_id as round from offer where id = $1',
    [offerId],
  )
  const round = found && (await lockRound(tx, found.round))
  if (!round) throw new Refused('unknown-offer', 'There is no such offer.')
  const now = deps.clock.now()
  const offer = (await row<Offer>(
    tx,
    `select id, state, person_id as "personId", invitation_id as "invitationId", expires_at as "expiresAt"
       from offer
      where id = $1
        for update`,
    [offerId],
  ))!
  if (offer.state === 'accepted') return 'taken'
  if (offer.state === 'declined') return 'declined'
  if (offer.state === 'thanked') return 'thanked'
  if (offer.state !== 'offered' || offer.expiresAt <= now) {
    // Who said yes too late must not set out: told at once, also in quiet hours.
    if (answer === 'yes') await offerMessages(tx, deps.jobs, 'reserve-thanks', [offer.id], now, 5)
    return 'too-late'
  }
  const outcome = answer === 'no' ? 'declined' : await take(tx, deps, round, offer, by, now)
  if (outcome === 'no-doses') {
    // Somebody else was given what was left.
    await closeRound(tx, round.id, 'no-doses', now)
    await thank(tx, deps.jobs, round.id, now)
    return 'thanked'
  }
  if (outcome === 'declined' || outcome === 'already-booked')
    await run(
      tx,
      `update offer set state = 'declined', answered_at = $2, answered_by = $3 where id = $1`,
      [offer.id, now, by],
    )
  await advance(tx, deps, round.id) // the next in line, or the end
  return outcome
}

async function take(
  tx: Db,
  { jobs }: { jobs: Jobs },
  round: Round,
  offer: Offer,
  by: string,
  now: Date,
): Promise<'taken' | 'already-booked' | 'no-doses'> {
  // Who books with the code at this moment waits.
  await run(tx, 'select from invitation where id = $1 for update', [offer.invitationId])
  const has = await row(
    tx,
    `select from appointment a
       join person q on q.id = a.person_id
      where q.lead_id = $1
        and a.purpose = $2
        and a.state in ('booked', 'attended')
      limit 1`,
    [offer.personId, round.purpose],
  )
  if (has) return 'already-booked'
  await run(tx, 'update slot set capacity = capacity + 1 where id = $1', [round.slotId])
  await holdDoses(tx, [round.slotId])
  const dose = await row(tx, `select from slot s where s.id = $1 and ${hasDose('s')}`, [
    round.slotId,
  ])
  if (!dose) {
    await run(tx, 'update slot set capacity = capacity - 1 where id = $1', [round.slotId])
    return 'no-doses'
  }
  const appointmentId = await insertAppointment(
    tx,
    { personId: offer.personId, purpose: round.purpose, slotId: round.slotId },
    by === 'person' ? 'person' : 'clinic',
    now,
  )
  await recordReply(tx, appointmentId, 'confirmed', now)
  await run(
    tx,
    `update offer
        set state = 'accepted', appointment_id = $2, answered_at = $3, answered_by = $4,
            place = (select count(*) + 1 from offer where round_id = $5 and state = 'accepted')
      where id = $1`,
    [offer.id, appointmentId, now, by, round.id],
  )
  await takeOfferedTime(tx, offer.invitationId, appointmentId, now)
  await run(
    tx,
    `update reserve_list
        set left_at = $2, left_why = 'got-a-time'
      where id = (select reserve_id from offer where id = $1)
        and left_at is null`,
    [offer.id, now],
  )
  await offerMessages(tx, jobs, 'reserve-confirmed', [offer.id], now)
  return 'taken'
}

/**
 * The answer of somebody who calls the clinic and says the code.
 * @param clinic only an offer of this one, an HSA-id; null: of any
 * @throws Refused unknown-code when no offer with it is open
 */
export async function answerByCode(
  deps: RoundDeps,
  code: string,
  answer: 'yes' | 'no',
  by: string,
  clinic: string | null = null,
): Promise<OfferOutcome> {
  const offer = await row<{ id: number }>(
    deps.pool,
    `select o.id
       from offer o
       join reserve_round r on r.id = o.round_id
       join clinic c on c.id = r.clinic_id
      where o.code = $1
        and o.state = 'offered'
        and ($2::text is null or c.hsa_id = $2)`,
    [code.trim(), clinic],
  )
  if (!offer)
    throw new Refused(
      'unknown-code',
      'No open offer has that code: it has been answered, its time is over, or the code is another.',
    )
  return answerOffer(deps, offer.id, answer, by)
}
