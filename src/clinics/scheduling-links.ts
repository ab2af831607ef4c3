import { DateTime } from 'luxon'
import { z } from 'zod'
import { Refused } from '../errors.ts'
import { readPhone } from '../people/contact.ts'
import { isSaneTime } from '../people/dates.ts'
import { readHsaId } from '../people/hsa-id.ts'
import { inspectBytes } from '../people/import/source-file.ts'
import { receivedFault, receivedLine } from '../received.ts'
import { isWebAddress, slotsAndLines, type ReadSlots, type StatedSlot } from './read-slots.ts'
import type { Rejected } from './rejected.ts'
import type { Source } from './source.ts'

// SMART Scheduling Links: a manifest that ends in $bulk-publish leads to NDJSON files of Location, Schedule and Slot.
// Specification: github.com/smart-on-fhir/smart-scheduling-links (specification.md); now HL7's guide
// smart-scheduling-links.
const manifest = z.object({
  request: z.string().max(2000).optional(),
  output: z
    .array(z.object({ type: z.string(), url: z.string() }))
    .min(1)
    .max(500),
})

const extension = z.looseObject({ url: z.string() })
const location = z.object({
  resourceType: z.literal('Location'),
  id: z.string(),
  identifier: z
    .array(z.object({ system: z.string().optional(), value: z.string().optional() }))
    .optional(),
})
const schedule = z.object({
  resourceType: z.literal('Schedule'),
  id: z.string(),
  actor: z.array(z.object({ reference: z.string().optional() })).min(1),
})
const slot = z.object({
  resourceType: z.literal('Slot'),
  id: z.string(),
  schedule: z.object({ reference: z.string() }),
  status: z.string(),
  start: z.string(),
  end: z.string(),
  extension: z.array(extension).optional(),
})

/** Where extensions are defined: the first version's address, and HL7's. */
const extensionBases = [
  'http://fhir-registry.smarthealthit.org/StructureDefinition/',
  'http://hl7.org/fhir/uv/smart-scheduling-links/StructureDefinition/',
]
/** The object identifier of HSA-id, as a FHIR system. */
const hsaSystem = 'urn:oid:1.2.752.129.2.1.4.1'

export function isManifest(bytes: Uint8Array): boolean {
  return /^\uFEFF?\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 200)))
}

/**
 * Reads the slots that a manifest leads to, at known clinics. A Location is the clinic whose HSA-id is its
 * identifier or its id. A Slot is its id: the last word on it holds. Slots of one clinic that start together are one slot
 * of ours: free ones add to its capacity, busy ones to what is taken.
 * @throws Refused bad-manifest, bad-link, can-not-read, too-large
 */
export async function readSchedulingLinks(
  source: Source,
  known: ReadonlySet<string>,
): Promise<ReadSlots> {
  const { output, request } = readManifest(source)
  const rejected: Rejected[] = []
  const clinics = new Map<string, string>()
  const schedules = new Map<string, string>()
  const slots = new Map<string, { slot: StatedSlot; line: number }>()
  let rows = 0
  let bad = 0
  const readAll = async <T>(
    type: string,
    shape: z.ZodType<T>,
    take: (
      resource: T,
      reject: (column: string, code: string, message: string) => void,
      line: number,
    ) => void,
  ) => {
    for (const { url } of output.filter((o) => o.type === type)) {
      const file = await source.follow(url)
      for (const { line, text } of lines(file)) {
        rows++
        const before = rejected.length
        const reject = (column: string, code: string, message: string) =>
          rejected.push({ row: line, column, code, message: `${file.name}: ${message}` })
        const json = receivedLine(text)
        if (json.code) {
          reject('', json.code, json.message)
          bad++
          continue
        }
        const resource = shape.safeParse(json.value)
        if (resource.success) take(resource.data, reject, line)
        else
          reject(
            resource.error.issues[0]?.path.join('.') ?? '',
            'bad-resource',
            `not a ${type}: ${resource.error.issues[0]?.message ?? ''}`,
          )
        if (rejected.length > before) bad++
      }
    }
  }
  await readAll('Location', location, (resource, reject) => {
    const stated = [
      ...(resource.identifier ?? [])
        .filter((i) => i.system === hsaSystem)
        .map((i) => i.value ?? ''),
      resource.id,
    ].map(readHsaId)
    const clinic = stated.find((id) => id !== null)
    if (!clinic || !known.has(clinic))
      reject(
        'identifier',
        'unknown-clinic',
        `Location ${resource.id} is not a clinic of ours: ` +
          'neither an identifier nor its id is the HSA-id of one. Import the clinics first.',
      )
    else clinics.set(`Location/${resource.id}`, clinic)
  })
  await readAll('Schedule', schedule, (resource, reject) => {
    const clinic = resource.actor
      .map((a) => clinics.get(a.reference ?? ''))
      .find((c) => c !== undefined)
    if (clinic) schedules.set(`Schedule/${resource.id}`, clinic)
    else
      reject(
        'actor',
        'unknown-clinic',
        `Schedule ${resource.id} belongs to no location that could be read.`,
      )
  })
  const byId = new Map<string, { slot: StatedSlot; line: number }>()
  await readAll('Slot', slot, (resource, reject, line) => {
    const stated = readSlot(resource, schedules.get(resource.schedule.reference), reject)
    if (!stated) return
    byId.set(resource.id, { slot: stated, line }) // a Slot is its id: said twice, it is one, as it was said last
  })
  for (const { slot: stated, line } of byId.values()) addTo(slots, stated, line)
  if (rows === 0)
    throw new Refused('empty-file', `${source.name} leads to no locations, schedules or slots.`)
  const publication = {
    feed: request ?? source.name,
    clinics: [...new Set(clinics.values())],
    whole: bad === 0,
  }
  // A row that can't be read may be any slot: then none counts as gone. Those of clinics that are not ours are none of ours.
  const unread = rejected.some(({ code }) => code !== 'unknown-clinic')
  return {
    rows,
    bad,
    ...slotsAndLines(slots),
    rejected,
    ...(unread ? {} : { publication }),
  }
}

/** Slots of one clinic that start together are one slot of ours. */
function addTo(
  slots: Map<string, { slot: StatedSlot; line: number }>,
  stated: StatedSlot,
  line: number,
): void {
  const key = `${stated.hsaId} ${stated.startsAt.getTime()}`
  const before = slots.get(key)
  if (!before) slots.set(key, { slot: stated, line })
  else
    before.slot = {
      ...before.slot,
      capacity: before.slot.capacity + stated.capacity,
      taken: before.slot.taken + stated.taken,
      bookingUrl: before.slot.bookingUrl ?? stated.bookingUrl,
      bookingPhone: before.slot.bookingPhone ?? stated.bookingPhone,
    }
}

function readManifest(source: Source): z.infer<typeof manifest> {
  const { encoding } = inspectBytes(source.name, source.bytes)
  const json = receivedLine(new TextDecoder(encoding).decode(source.bytes))
  const result = json.code === undefined ? manifest.safeParse(json.value) : undefined
  if (result?.success) return result.data
  throw new Refused(
    'bad-manifest',
    `${source.name} is not a $bulk-publish manifest: ` +
      `${result ? receivedFault(result.error) : (json as { message: string }).message} ` +
      'A list of output with type and url is needed.',
  )
}

function readSlot(
  resource: z.infer<typeof slot>,
  clinic: string | undefined,
  reject: (column: string, code: string, message: string) => void,
): StatedSlot | undefined {
  let good = true
  const fault = (column: string, code: string, message: string): void => {
    reject(column, code, `Slot ${resource.id}: ${message}`)
    good = false
  }
  if (!clinic)
    fault(
      'schedule',
      'unknown-clinic',
      `${resource.schedule.reference} belongs to no clinic of ours.`,
    )
  if (!['free', 'busy'].includes(resource.status))
    fault('status', 'bad-status', `"${resource.status}" is neither free nor busy.`)
  const [start, end] = [resource.start, resource.end].map(momentOf)
  if (!start)
    fault('start', 'bad-time', `"${resource.start}" is not a time with an offset from UTC.`)
  if (!end) fault('end', 'bad-time', `"${resource.end}" is not a time with an offset from UTC.`)
  const minutes = start && end ? Math.round(end.diff(start).as('minutes')) : 1
  if (minutes < 1 || minutes > 1440)
    fault('end', 'bad-length', `${minutes} minutes long; 1 to 1440 is possible.`)
  const stated = (name: string): unknown =>
    Object.entries(
      resource.extension?.find((e) => extensionBases.some((base) => e.url === base + name)) ?? {},
    ).find(([key]) => key.startsWith('value'))?.[1]
  const places = stated('slot-capacity') ?? 1
  if (typeof places !== 'number' || !Number.isInteger(places) || places < 0 || places > 10_000)
    fault(
      'slot-capacity',
      'bad-number',
      `${JSON.stringify(places)} is not a whole number from 0 to 10000.`,
    )
  const [link, phone] = [stated('booking-deep-link'), stated('booking-phone')]
  if (link !== undefined && !(typeof link === 'string' && isWebAddress(link)))
    fault('booking-deep-link', 'bad-url', 'the link is not a web address.')
  const e164 = typeof phone === 'string' ? readPhone(phone) : null
  if (phone !== undefined && !e164)
    fault('booking-phone', 'bad-phone', `${JSON.stringify(phone)} is not a phone number.`)
  if (!good || !clinic || !start) return undefined
  const free = resource.status === 'free'
  return {
    hsaId: clinic,
    startsAt: start.toJSDate(),
    minutes,
    capacity: free ? (places as number) : 0,
    taken: free ? 0 : (places as number),
    overbooking: 0,
    bookingUrl: (link as string | undefined) ?? null,
    bookingPhone: e164,
  }
}

function momentOf(text: string): DateTime | undefined {
  if (!/T.*(Z|[+-]\d{2}(:?\d{2})?)$/.test(text)) return undefined
  const time = DateTime.fromISO(text)
  return isSaneTime(time.toJSDate()) ? time : undefined
}

function* lines({ name, bytes }: Source): Generator<{ line: number; text: string }> {
  if (!bytes.length) return
  const { encoding } = inspectBytes(name, bytes)
  let line = 0
  for (const text of new TextDecoder(encoding).decode(bytes).split(/\r\n|\n|\r/)) {
    line++
    if (text.trim()) yield { line, text }
  }
}
