import { z } from 'zod'
import { isSaneTime } from '../../people/dates.ts'
import { readHsaId } from '../../people/hsa-id.ts'
import { checked, type OutsideState, type Reading } from './external-booking.ts'

// FHIR R4 (4.0.1), Appointment: only what is used; unknown elements are allowed, as FHIR demands.
const identifier = z.object({ system: z.string().optional(), value: z.string().optional() })
const reference = z.object({
  reference: z.string().optional(),
  type: z.string().optional(),
  identifier: identifier.optional(),
})
const named = z.object({
  resourceType: z.string(),
  id: z.string().optional(),
  identifier: z.array(identifier).optional(),
})
const appointment = z.object({
  resourceType: z.literal('Appointment'),
  id: z.string().optional(),
  identifier: z.array(identifier).optional(),
  status: z.string(),
  serviceType: z
    .array(
      z.object({
        coding: z
          .array(z.object({ system: z.string().optional(), code: z.string().optional() }))
          .optional(),
      }),
    )
    .optional(),
  start: z.iso
    .datetime({ offset: true })
    .refine((text) => isSaneTime(new Date(text)), 'the year is not one that can be meant')
    .optional(),
  participant: z.array(z.object({ actor: reference.optional() })),
  contained: z.array(named).optional(),
})

export type NamedResource = z.infer<typeof named>

/** What a purpose's code in Appointment.serviceType is marked with. */
export const purposeSystem = 'urn:kallelse:purpose'

/**
 * Identity numbers by the systems that Swedish profiles use: personnummer, samordningsnummer, reserve numbers; and by
 * name.
 */
const personSystems =
  /^urn:oid:1\.2\.752\.(129\.2\.1\.3\.[0-9]+|97\.3\.1\.3|74\.9\.\d+)$|^https?:\/\/electronichealth\.se\/identifier\/(personnummer|samordningsnummer|nationelltReservnummer|.*[Rr]eserv.*)$/

const states = new Map<string, OutsideState>(
  Object.entries({
    booked: 'booked',
    arrived: 'booked',
    'checked-in': 'booked',
    fulfilled: 'attended',
    noshow: 'no-show',
    cancelled: 'cancelled',
    'entered-in-error': 'cancelled',
  } as const),
)

/**
 * Reads one Appointment. The person is the participant whose actor is a Patient with an identity number, the clinic the
 * one with an HSA-id; either by actor.identifier, or by a reference to a resource that is contained or in the same
 * Bundle.
 * @param beside the other resources of the Bundle, by "Type/id" and by fullUrl
 */
export function readFhirAppointment(
  resource: unknown,
  beside: ReadonlyMap<string, NamedResource>,
  purpose: string | null,
  today: string,
): Reading {
  const read = appointment.safeParse(resource)
  if (!read.success) {
    const issue = read.error.issues[0]!
    return {
      rejected: [
        {
          column: issue.path.join('.'),
          code: 'bad-resource',
          message: `This is not an Appointment of FHIR R4: ${issue.message}`,
        },
      ],
    }
  }
  const given = read.data
  const actors = given.participant.flatMap(({ actor }) =>
    actor ? [identifiersOf(actor, given.contained ?? [], beside)] : [],
  )
  const hsaId = clinicOf(actors)
  const own = given.identifier?.find((i) => i.value)
  const stated = given.serviceType
    ?.flatMap((type) => type.coding ?? [])
    .find((coding) => coding.system === purposeSystem)?.code
  const state = states.get(given.status) ?? null
  const rejected = state
    ? []
    : [
        {
          column: 'status',
          code: 'not-booked',
          message: 'The appointment is only proposed or waited for: it is not booked.',
        },
      ]
  if (!given.start)
    rejected.push({ column: 'start', code: 'bad-time', message: 'The appointment has no start.' })
  return checked(
    {
      reference: `${own?.system ?? hsaId}|${own?.value ?? given.id ?? ''}`,
      identityNumber: personOf(actors),
      purpose: stated ?? purpose ?? '',
      hsaId,
      startsAt: given.start ? new Date(given.start) : null,
      state,
    },
    Boolean(own?.value ?? given.id),
    rejected,
    today,
  )
}

type Actor = ReturnType<typeof identifiersOf>

const personOf = (actors: readonly Actor[]): string =>
  actors
    .flatMap((a) =>
      a.identifiers.filter((i) => a.type === 'Patient' || personSystems.test(i.system ?? '')),
    )
    .find((i) => i.value && (personSystems.test(i.system ?? '') || i.system === undefined))
    ?.value ?? ''

const clinicOf = (actors: readonly Actor[]): string =>
  actors
    .flatMap((a) => (a.type === 'Patient' ? [] : a.identifiers))
    .map((i) => readHsaId(i.value ?? ''))
    .find((value) => value !== null) ?? ''

function identifiersOf(
  actor: z.infer<typeof reference>,
  contained: readonly NamedResource[],
  beside: ReadonlyMap<string, NamedResource>,
): { type: string | undefined; identifiers: z.infer<typeof identifier>[] } {
  const link = actor.reference
  const target = link?.startsWith('#')
    ? contained.find((r) => r.id === link.slice(1))
    : link === undefined
      ? undefined
      : beside.get(link)
  const type =
    actor.type ??
    target?.resourceType ??
    (link && !link.startsWith('#') ? link.split('/').at(-2) : undefined)
  return {
    type,
    identifiers: [...(actor.identifier ? [actor.identifier] : []), ...(target?.identifier ?? [])],
  }
}

const bundle = z.object({
  resourceType: z.literal('Bundle'),
  entry: z
    .array(z.object({ fullUrl: z.string().optional(), resource: z.unknown().optional() }))
    .default([]),
})

/**
 * The Appointments of one resource: itself, or those of a Bundle with what is beside them.
 * @returns undefined when it is neither
 */
export function appointmentsIn(
  resource: unknown,
): { appointments: unknown[]; beside: Map<string, NamedResource> } | undefined {
  if (isAppointment(resource)) return { appointments: [resource], beside: new Map() }
  const read = bundle.safeParse(resource)
  if (!read.success) return undefined
  const beside = new Map<string, NamedResource>()
  for (const { fullUrl, resource: other } of read.data.entry) {
    const known = named.safeParse(other)
    if (!known.success || known.data.resourceType === 'Appointment') continue
    if (fullUrl) beside.set(fullUrl, known.data)
    if (known.data.id) beside.set(`${known.data.resourceType}/${known.data.id}`, known.data)
  }
  return {
    appointments: read.data.entry.map((entry) => entry.resource).filter(isAppointment),
    beside,
  }
}

const isAppointment = (resource: unknown): boolean =>
  (resource as { resourceType?: unknown } | null)?.resourceType === 'Appointment'
