import { ineligibleWhy, refusals, type RefusalCode } from './refusals.ts'

/**
 * An error that a person can act on: what is wrong, where, and what to do. The command line prints it and exits with 1,
 * the HTTP API turns it into problem details (RFC 9457); anything else that is thrown is a fault in the program.
 */
export class Refused extends Error {
  readonly code: RefusalCode
  readonly details: Record<string, unknown>
  /** @param code stable, for machines; @param message in English, with names and numbers, ends with what to do */
  constructor(code: RefusalCode, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = 'Refused'
    this.code = code
    this.details = details
  }

  /** The same for whoever reads Swedish: without names and numbers. */
  get swedish(): string {
    const why = this.code === 'not-eligible' && ineligibleWhy[String(this.details['why'])]
    return why || refusals[this.code]
  }
}

/**
 * The error's message whatever was thrown, never empty: several at once (each address that refused a connection) are
 * joined, and of an object that is no Error (pg-boss copies errors into such) only message and code are said, because
 * the rest may quote rows.
 */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  if (error instanceof AggregateError && error.errors.length)
    return [...new Set(error.errors.map(messageOf))].join('; ')
  const { message, code } = error as { message?: unknown; code?: unknown }
  const words = [message, code].find((said) => typeof said === 'string' && said !== '')
  return (
    (words as string | undefined) ??
    (error instanceof Error ? error.name : 'an error without words')
  )
}
