import { readTime } from '../../clinics/read-slots.ts'
import type { Rejected } from '../../clinics/rejected.ts'
import type { Column } from '../../clinics/table.ts'
import { hsaId, readHsaId } from '../../people/hsa-id.ts'
import { readIdentityNumber } from '../../people/identity/identity.ts'

export type OutsideState = 'booked' | 'cancelled' | 'attended' | 'no-show'

/** A booking as another system states it. */
export interface OutsideBooking {
  /** "<system>|<number>": the booking's name, stable over its life */
  reference: string
  /** 12 characters */
  identityNumber: string
  purpose: string
  hsaId: string
  startsAt: Date
  state: OutsideState
}

/** What was read of one row or resource: a booking, or why there is none. */
export type Reading = { value: OutsideBooking } | { rejected: Omit<Rejected, 'row'>[] }

const column = (name: string, required: boolean, ...aliases: string[]): Column => ({
  name,
  required,
  aliases,
})

export const bookingColumns: readonly Column[] = [
  column('reference', true, 'bokningsnummer', 'boknings_id', 'referens'),
  column('identity_number', true, 'personnummer', 'identitetsnummer', 'pnr'),
  column('clinic', true, 'hsa_id', 'hsaid', 'mottagning'),
  column('starts_at', true, 'start', 'starttid', 'tid'),
  column('purpose', false, 'ärende', 'arende'),
  column('status', false, 'state'),
]

const states = new Map<string, OutsideState>(
  Object.entries({
    '': 'booked',
    booked: 'booked',
    bokad: 'booked',
    cancelled: 'cancelled',
    canceled: 'cancelled',
    avbokad: 'cancelled',
    attended: 'attended',
    genomförd: 'attended',
    fulfilled: 'attended',
    'no-show': 'no-show',
    noshow: 'no-show',
    utebliven: 'no-show',
    uteblev: 'no-show',
  } as const),
)

/**
 * Reads a row of a CSV file, by column.
 * @param purpose for rows that don't say; null: they must; @param today YYYY-MM-DD
 */
export function readBookingRow(
  values: Readonly<Record<string, string>>,
  purpose: string | null,
  today: string,
): Reading {
  const hsaId = readHsaId(values['clinic'] ?? '') ?? ''
  const state = states.get((values['status'] ?? '').toLowerCase())
  const reference = values['reference'] ?? ''
  const time = readTime(values['starts_at'] ?? '')
  const rejected =
    'fault' in time
      ? [
          {
            column: 'starts_at',
            code: time.code,
            message: 'This is not a time that there is, e.g. 2021-03-15 08:05.',
          },
        ]
      : []
  if (!state)
    rejected.push({
      column: 'status',
      code: 'bad-status',
      message:
        'The status is none of booked, cancelled, attended, no-show (bokad, avbokad, genomförd, uteblev).',
    })
  return checked(
    {
      reference: `${hsaId}|${reference}`,
      identityNumber: values['identity_number'] ?? '',
      purpose: values['purpose'] || purpose || '',
      hsaId,
      startsAt: 'at' in time ? time.at : null,
      state: state ?? null,
    },
    reference !== '',
    rejected,
    today,
  )
}

/** The checks that every source has in common. Messages name the column, never the value. */
export function checked(
  given: Omit<OutsideBooking, 'startsAt' | 'state'> & {
    startsAt: Date | null
    state: OutsideState | null
  },
  named: boolean,
  faults: Omit<Rejected, 'row'>[],
  today: string,
): Reading {
  const rejected = [...faults]
  const number = readIdentityNumber(given.identityNumber, today)
  if ('fault' in number)
    rejected.push({
      column: 'identity_number',
      code: 'bad-identity-number',
      message: 'This is not an identity number.',
    })
  if (!named || given.reference.length > 300)
    rejected.push({
      column: 'reference',
      code: 'no-reference',
      message: 'The booking has no number of its own by which it could be known again.',
    })
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(given.purpose))
    rejected.push({
      column: 'purpose',
      code: 'no-purpose',
      message:
        'What the booking is for is missing, e.g. covid-19/dose-1. Add it, or give it for the whole file: --purpose',
    })
  if (!hsaId.test(given.hsaId))
    rejected.push({
      column: 'clinic',
      code: 'unknown-clinic',
      message: 'This is not the HSA-id of a clinic.',
    })
  if (rejected.length || !given.startsAt || !given.state || 'fault' in number) return { rejected }
  return {
    value: {
      ...given,
      startsAt: given.startsAt,
      state: given.state,
      identityNumber: number.normalized,
    },
  }
}
