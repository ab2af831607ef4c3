import { z } from 'zod'
import { isDate, isSaneTime, years } from './people/dates.ts'

/** Deeper than anything we read; a body of brackets alone would else exhaust the stack. */
const deepest = 64

// Signs that turn the direction of the text round them, so that it reads otherwise than it is. Isolates
// (U+2066–U+2069) stay: Arabic texts need them round codes and numbers.
const turning = /[\u202a-\u202e]/g
const lineSeparators = /[\u2028\u2029]/g

/**
 * Text from outside as it may be kept: composed (NFC), without signs that turn its direction, each line separator a new
 * line. null when PostgreSQL can't hold it (NUL) or no file can (half of a surrogate pair).
 */
export function readText(text: string): string | null {
  if (plain.test(text)) return text
  if (text.includes('\0') || !text.isWellFormed()) return null
  return text.normalize('NFC').replace(turning, '').replace(lineSeparators, '\n')
}
const plain = /^[\t\n\r -~åäöÅÄÖéü]*$/ // nothing to do: most values

type Tell = (path: PropertyKey[], message: string) => void

function readAll(value: unknown, path: PropertyKey[], tell: Tell): unknown {
  if (typeof value === 'string') {
    const text = readText(value)
    if (text === null) tell(path, 'The text holds a sign that can not be kept (NUL or half a sign)')
    return text
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (path.length >= deepest)
    return void tell([], `The content is more than ${deepest} levels deep`)
  if (Array.isArray(value)) return value.map((one, at) => readAll(one, [...path, at], tell))
  const entries = Object.entries(value).map(([key, one]) => {
    const name = readText(key)
    if (name === null || name === '__proto__') tell(path, 'A name is one that can not be used')
    return [name, readAll(one, [...path, key], tell)] as const
  })
  return Object.fromEntries(entries)
}

/**
 * The one edge for what others send: JSON, forms, parts of addresses, webhooks, specs. Each text in it is read by
 * `readText`; one that can't be kept is an issue with its place. Pipe it into what the content must be.
 */
export const received = z.unknown().transform((value, context) =>
  readAll(value, [], (path, message) => {
    context.addIssue({ code: 'custom', path, message })
  }),
)

/** What is wrong with what was received, on one line, each fault with its place. */
export const receivedFault = (error: z.ZodError): string =>
  [...new Set(error.issues.map((i) => `${i.path.join('.') || 'the content'}: ${i.message}`))]
    .slice(0, 5)
    .join('; ')

/** A line of JSON, with each text in it read as above. */
export function receivedLine(
  text: string,
): { value: unknown; code?: undefined } | { code: 'bad-json' | 'bad-text'; message: string } {
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return { code: 'bad-json', message: 'The line is not JSON.' }
  }
  const read = received.safeParse(json)
  if (read.success) return { value: read.data }
  return { code: 'bad-text', message: `${receivedFault(read.error)}. Remove it.` }
}

/** Our id of a row, as a number or in an address. */
export const rowId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)

/** A day, YYYY-MM-DD. */
export const day = z.iso
  .date({ error: 'write the date as YYYY-MM-DD' })
  .refine(isDate, `the year is not between ${years.first} and ${years.last}`)

/** A point in time as a provider writes it, e.g. 2021-03-15T09:00:00+01:00. */
export const moment = z
  .string()
  .max(40)
  .transform((text) => new Date(text))
  .refine(isSaneTime, `the year is not between ${years.first} and ${years.last}`)
