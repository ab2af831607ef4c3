import { z } from 'zod'
import type { App } from '../../../app.ts'
import { readBookingCode } from '../../../bookings/booking-code.ts'
import {
  subjectByCode,
  subjectByNumber,
  type Booked,
  type BookingSubject,
} from '../../../bookings/booking-subject.ts'
import { row } from '../../../db/pool.ts'
import { Refused } from '../../../errors.ts'
import { dayOf } from '../../../people/dates.ts'
import { readIdentityNumber } from '../../../people/identity/identity.ts'
import { logAccess } from '../../../evidence/access-log.ts'

/** Who a call is about: in the body, so that neither code nor identity number is in an address or log. */
export const who = z
  .union([
    z.strictObject({
      code: z
        .string()
        .max(40)
        .meta({ description: 'the booking code, as it was read out', example: '7KQ2-M9XP' }),
    }),
    z.strictObject({
      identityNumber: z.string().max(40).meta({ example: '194401019809' }),
      purpose: z.string().max(80).meta({ example: 'covid-19/dose-1' }),
    }),
  ])
  .meta({
    id: 'Who',
    description:
      'the booking code, or for those who have lost it the identity number and the purpose',
  })

/**
 * Finds the person a clinic has on the phone, and notes that somebody did.
 * @throws Refused unknown-code, bad-identity-number, person-not-found
 */
export async function findWho(
  { pool, clock }: App,
  given: z.infer<typeof who>,
  actor: string,
  action: string,
): Promise<BookingSubject> {
  const subject =
    'code' in given
      ? await subjectByCode(pool, readBookingCode(given.code) ?? given.code, null)
      : await subjectByNumber(pool, numberOf(given.identityNumber, clock.now()), given.purpose)
  await logAccess(pool, { at: clock.now(), actor, action, personId: subject?.personId ?? null })
  if (subject) return subject
  if ('code' in given)
    throw new Refused(
      'unknown-code',
      'There is no open invitation with that booking code. Ask the person to read it again, or look the ' +
        'person up by identity number.',
    )
  throw new Refused('person-not-found', 'There is no such person that can be booked here.')
}

/**
 * A clinic's key books at that clinic only, and neither moves nor cancels nor shows a time elsewhere.
 * @param clinic the key's, an HSA-id; null: all
 * @param slot where somebody is to get a time
 * @throws Refused other-clinic
 */
export async function refuseOtherClinic(
  { pool }: App,
  clinic: string | null,
  { booked }: { booked: Booked | null },
  slot?: number,
): Promise<void> {
  if (clinic === null) return
  if (booked && booked.clinic.hsaId !== clinic)
    throw new Refused(
      'other-clinic',
      `The person has a time at another clinic, and this key books at ${clinic} only. Ask the region's switchboard.`,
    )
  if (slot === undefined) return
  const there = await row<{ hsaId: string }>(
    pool,
    `select c.hsa_id as "hsaId" from slot s join clinic c on c.id = s.clinic_id where s.id = $1`,
    [slot],
  )
  if (there && there.hsaId !== clinic)
    throw new Refused('other-clinic', `This key books at ${clinic} only.`)
}

function numberOf(text: string, now: Date): string {
  const number = readIdentityNumber(text, dayOf(now))
  if ('fault' in number)
    throw new Refused(
      'bad-identity-number',
      'This is not an identity number. Write it with 12 digits, e.g. YYYYMMDDNNNC.',
    )
  return number.normalized
}

const time = z
  .date()
  .transform((date) => date.toISOString())
  .pipe(z.string())
  .meta({ override: { type: 'string', format: 'date-time' } })
const clinic = z
  .object({
    hsaId: z.string(),
    name: z.string(),
    street: z.string(),
    postcode: z.string(),
    town: z.string(),
    phone: z.string(),
  })
  .meta({ id: 'BookingClinic' })

export const booking = z
  .object({
    appointment: z.int(),
    state: z.enum(['booked', 'attended']),
    slot: z.int(),
    startsAt: time,
    clinic,
  })
  .meta({ id: 'Booking', description: 'the one live appointment a person has for a purpose' })

export const freeTime = z
  .object({
    slot: z.int(),
    startsAt: time,
    free: z.int().meta({ description: 'places left' }),
    clinic: z.object({ hsaId: z.string(), name: z.string() }),
  })
  .meta({ id: 'FreeTime' })

export const shown = (booked: Booked) => ({
  appointment: booked.appointmentId,
  state: booked.state,
  slot: booked.slotId,
  startsAt: booked.startsAt,
  clinic: booked.clinic,
})
