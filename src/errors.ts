/**
 * An error that a person can act on: what is wrong, where, and what to do. The command line prints it and exits with 1,
 * the HTTP API turns it into problem details (RFC 9457); anything else that is thrown is a fault in the program.
 */
export class Refused extends Error {
  readonly code: string
  readonly details: Record<string, unknown>
  /** @param code stable, kebab-case, for machines; @param message for people, ends with what to do */
  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.name = 'Refused'
    this.code = code
    this.details = details
  }
}

/** The error's message whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
