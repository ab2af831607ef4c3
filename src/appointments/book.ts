import type { Clock } from '../clock.ts'
import type { Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

interface Outcome {
  appointmentId: number | null
  state: string | null
  has: { clinic: string; startsAt: string } | null
  startsAt: Date | null
  free: boolean | null
  central: boolean | null
}

// Materialised and locked: two clicks with one code wait for each other, and the second sees what the first did.
// A person's appointments count whichever of the linked records they are on.
const sql = `with i as materialized (select id, person_id, purpose, state, appointment_id from invitation where code = $1 for update),
      p as (select coalesce(r.same_as, r.id) as id, r.needs from i join person r on r.id = i.person_id),
      has as (select a.id, c.name as clinic, s.starts_at as "startsAt" from i
                join appointment a on a.person_id = any(array(select id from p union all select r.id from p join person r on r.same_as = p.id))
                join slot s on s.id = a.slot_id join clinic c on c.id = s.clinic_id
               where a.purpose = i.purpose and a.state in ('booked', 'attended') limit 1),
      s as (select s.id, s.starts_at, s.booked < s.capacity + s.overbooking as free, c.central and 'anaphylaxis' = any(p.needs) as central
              from slot s join clinic c on c.id = s.clinic_id left join p on true where s.id = $2),
      a as (insert into appointment (person_id, purpose, slot_id, made_by, made_at)
            select p.id, i.purpose, s.id, $3, $4 from i, p, s
             where i.state = 'released' and s.free and not s.central and s.starts_at > $4 and not exists (select from has)
            returning id),
      u as (update invitation set state = 'answered', appointment_id = a.id, state_since = $4 from i, a where invitation.id = i.id)
 select (select id from a) as "appointmentId", (select state from i) as state, (select to_jsonb(has) - 'id' from has) as has,
        (select starts_at from s) as "startsAt", (select free from s) as free, (select central from s) as central`

/**
 * Books a time with the code of a released invitation, in one statement and so in one transaction. Who has booked keeps
 * the time. The constraints decide who comes first when several want the same place.
 * @throws Refused unknown-code, not-released, already-booked (details.booked: clinic and startsAt), slot-unknown,
 *   slot-past, slot-full, slot-central (a person with anaphylaxis at a central reception)
 */
export async function bookByCode(db: Db, clock: Clock, code: string, slotId: number, madeBy: 'person' | 'clinic'): Promise<{ appointmentId: number }> {
  const now = clock.now()
  const { rows } = await db
    .query<Outcome>({ name: 'book-by-code', text: sql, values: [code, slotId, madeBy, now] }) // prepared: planning takes longer than running
    .catch((error: unknown) => {
      throw refusalOf(error)
    })
  const outcome = rows[0]
  if (outcome?.appointmentId != null) return { appointmentId: outcome.appointmentId }
  throw refused(outcome, now)
}

function refused(outcome: Outcome | undefined, now: Date): Refused {
  if (!outcome?.state) return new Refused('unknown-code', 'There is no invitation with that booking code. Check the code in the letter or message.')
  if (outcome.has) return new Refused('already-booked', `There is a time booked already, at ${outcome.has.clinic}. It stays as it is; cancel it first to choose another.`, { booked: outcome.has })
  if (outcome.state === 'answered') return alreadyBooked()
  if (outcome.state !== 'released') return new Refused('not-released', 'This invitation can\'t be booked with: it is not open, or no longer so. Call the region if you think it should be.', { state: outcome.state })
  if (!outcome.startsAt) return new Refused('slot-unknown', 'There is no such time. Choose another.')
  if (outcome.startsAt <= now) return new Refused('slot-past', 'That time has passed. Choose another.')
  if (outcome.central) return new Refused('slot-central', 'Who has had a severe allergic reaction is not vaccinated at a central reception. Choose a time at another clinic.')
  return slotFull()
}

const alreadyBooked = () => new Refused('already-booked', 'There is a time booked already. It stays as it is; cancel it first to choose another.')
const slotFull = () => new Refused('slot-full', 'That time was taken just now. Choose another.')

/** A race that a constraint settled, as the loser's answer; other errors as they are. */
function refusalOf(error: unknown): unknown {
  const constraint = (error as { constraint?: string } | null)?.constraint
  if (constraint === 'slot_never_more_than_fits') return slotFull()
  if (constraint === 'appointment_one_live') return alreadyBooked()
  return error
}
