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

/** The error's message whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
