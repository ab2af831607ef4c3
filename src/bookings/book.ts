import { hasDose } from '../clinics/doses/store.ts'
import type { Clock } from '../clock.ts'
import { prepared, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { bookSql } from '../ledger/appointments.ts'
import { answerSql } from '../ledger/invitations.ts'
import { needsOf } from '../people/needs.ts'

interface Outcome {
  appointmentId: number | null
  state: string | null
  has: { clinic: string; startsAt: string } | null
  startsAt: Date | null
  free: boolean | null
  /** the clinic has a dose for them then */
  dose: boolean | null
  central: boolean | null
  open: boolean | null
  dosed: boolean
}

// A person's appointments count whichever of the linked records they are on.
const recordsOfP = 'array(select r.id from p join person r on r.lead_id = p.id)'

// Materialised and locked: two clicks with one code wait for each other, and the second sees what the first did.
const sql = `
with i as materialized (
  select i.id, i.person_id, i.purpose, i.state, i.area,
         (k.spec->'slots'->>'from')::date as first_day,
         (k.spec->'slots'->>'to')::date as last_day
    from invitation i
    join campaign k on k.id = i.campaign_id
   where i.code = $1
     for update of i
), p as (
  select r.lead_id as id, ${needsOf('r.lead_id')} as needs
    from i
    join person r on r.id = i.person_id
), has as (
  select a.id, c.name as clinic, s.starts_at as "startsAt"
    from i
    join appointment a on a.person_id = any(${recordsOfP})
    join slot s on s.id = a.slot_id
    join clinic c on c.id = s.clinic_id
   where a.purpose = i.purpose
     and a.state in ('booked', 'attended')
   limit 1
), dosed as (
  select
    from i
    join dose d on d.purpose = i.purpose and d.person_id = any(${recordsOfP})
), s as (
  select s.id, s.starts_at,
         s.booked < s.capacity + s.overbooking as free,
         ${hasDose('s')} as dose,
         c.central and 'anaphylaxis' = any(p.needs) as central,
         $3 = 'clinic' or (
           c.area = i.area
           and (s.starts_at at time zone 'Europe/Stockholm')::date
               between coalesce(i.first_day, '-infinity') and coalesce(i.last_day, 'infinity')) as open
    from slot s
    join clinic c on c.id = s.clinic_id
    left join p on true
    left join i on true
   where s.id = $2
), may as (
  select p.id as person_id, i.purpose, s.id as slot_id
    from i, p, s
   where i.state in ('released', 'expired', 'declined')
     and s.free
     and s.dose
     and not s.central
     and s.open
     and s.starts_at > $4
), held as materialized (
  -- before the appointment: who gives out many times at once holds the slots and then writes the appointments
  select id
    from slot
   where id in (select slot_id from may)
     for update
), new as (
  select may.*
    from may
    join held on held.id = may.slot_id
   where not exists (select from has)
     and not exists (select from dosed)
), booked as (
  ${bookSql('new', '$3', '$4')}
), answer as (
  select i.id, booked.id as appointment_id
    from i, booked
), answered as (
  ${answerSql('answer', '$4')}
)
select (select id from booked) as "appointmentId",
       (select state from i) as state,
       (select to_jsonb(has) - 'id' from has) as has,
       (select starts_at from s) as "startsAt",
       (select free from s) as free,
       (select dose from s) as dose,
       (select central from s) as central,
       (select open from s) as open,
       exists (select from dosed) as dosed`

/**
 * Books a time with the code of an invitation that was released, in one statement and so in one transaction. People who
 * have booked keep their time. The constraints decide who comes first when several want the same place. A person books
 * in their own area on the campaign's days; a clinic may book elsewhere.
 * @throws Refused unknown-code, not-released, already-booked (details.booked: clinic and startsAt), already-vaccinated,
 *   slot-unknown, slot-past, slot-full, no-doses, slot-elsewhere, slot-central (a person with anaphylaxis at a central reception)
 */
export async function bookByCode(
  db: Db,
  clock: Clock,
  code: string,
  slotId: number,
  madeBy: 'person' | 'clinic',
): Promise<{ appointmentId: number }> {
  const now = clock.now()
  const [outcome] = await prepared<Outcome>(db, sql, [code, slotId, madeBy, now]).catch(
    (error: unknown) => {
      throw refusalOf(error)
    },
  )
  if (outcome?.appointmentId != null) return { appointmentId: outcome.appointmentId }
  throw refused(outcome, now)
}

function refused(outcome: Outcome | undefined, now: Date): Refused {
  if (!outcome?.state)
    return new Refused(
      'unknown-code',
      'There is no invitation with that booking code. Check the code in the letter or message.',
    )
  if (outcome.has)
    return new Refused(
      'already-booked',
      `There is a time booked already, at ${outcome.has.clinic}. It stays as it is; cancel it first to choose another.`,
      { booked: outcome.has },
    )
  if (outcome.state === 'answered') return alreadyBooked()
  if (!bookable.includes(outcome.state))
    return new Refused(
      'not-released',
      "This invitation can't be booked with: it is not open, or no longer so. Call the region if you think " +
        'it should be.',
      { state: outcome.state },
    )
  if (outcome.dosed)
    return new Refused(
      'already-vaccinated',
      'The person has had this already. If that is wrong, the clinic that reported it must correct it.',
    )
  return whyNot(
    outcome.startsAt
      ? {
          startsAt: outcome.startsAt,
          open: outcome.open !== false,
          central: outcome.central === true,
          free: outcome.free === true,
          dose: outcome.dose !== false,
        }
      : undefined,
    now,
  )
}

/**
 * Why a slot can't be booked: there is none, it has passed, it is not for this person, it is full, or the clinic has no
 * dose then.
 */
export function whyNot(
  slot:
    { startsAt: Date; open: boolean; central: boolean; free: boolean; dose: boolean } | undefined,
  now: Date,
): Refused {
  if (!slot) return new Refused('slot-unknown', 'There is no such time. Choose another.')
  if (slot.startsAt <= now) return new Refused('slot-past', 'That time has passed. Choose another.')
  if (slot.central)
    return new Refused(
      'slot-central',
      'People who have had a severe allergic reaction are not vaccinated at a central reception. Choose a ' +
        'time at another clinic.',
    )
  if (!slot.open)
    return new Refused(
      'slot-elsewhere',
      'That time is in another area or on another day than this invitation is for. Choose another.',
    )
  return slot.free && !slot.dose ? noDoses() : slotFull()
}

/** People who were too slow, or had said no, can still book while there is a place. */
const bookable = ['released', 'expired', 'declined']

const alreadyBooked = () =>
  new Refused(
    'already-booked',
    'There is a time booked already. It stays as it is; cancel it first to choose another.',
  )
const noDoses = () =>
  new Refused(
    'no-doses',
    'The clinic has no dose left for that day. Choose a later time, or another clinic.',
  )
const slotFull = () => new Refused('slot-full', 'That time was taken just now. Choose another.')

/** A race that a constraint settled, as the loser's answer; other errors as they are. */
export function refusalOf(error: unknown): unknown {
  const constraint = (error as { constraint?: string } | null)?.constraint
  if (constraint === 'slot_never_more_than_fits') return slotFull()
  if (constraint === 'dose_span_never_more_than_doses') return noDoses()
  if (constraint === 'appointment_one_live') return alreadyBooked()
  return error
}
