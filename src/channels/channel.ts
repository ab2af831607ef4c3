/** One message as it leaves: exactly these bytes, to this address. */
export interface Outgoing {
  /** our message id, a uuid: what the provider is asked about afterwards */
  reference: string
  /** E.164 or e-mail */
  recipient: string
  /** the stored bytes */
  content: Buffer
}

/** What became of one call. Codes are kebab-case and free of personal data. */
export type Sent =
  | { kind: 'accepted'; providerId: string }
  | { kind: 'duplicate'; providerId: string | null } // the provider already holds it: counts as sent
  // surely not accepted, because the provider or we can't just now: no message's fault
  | { kind: 'retry'; code: string; after?: number /* seconds, from the provider */ }
  | { kind: 'later'; code: string } // surely not accepted, for a passing reason of this recipient's or message's
  | { kind: 'stop'; code: string } // surely not accepted; will never be (bad number, unknown mailbox)
  | { kind: 'unsure'; code: string } // the call broke after something may have been accepted: in doubt

export type Found =
  | { kind: 'accepted'; providerId: string; status?: 'delivered' | 'failed' }
  | { kind: 'unknown' }
  | { kind: 'cannot-say' }

export interface ComposeInput {
  reference: string
  recipient: string
  /** goes into the message (e-mail's Date); the same date gives the same bytes */
  date: Date
  /** it asks something: sent from a number that can be answered, when there is one */
  question?: boolean
  rendered:
    { kind: 'sms'; text: string } | { kind: 'email'; subject: string; text: string; html: string }
  /** e-mail only: a calendar file that the mail program can open */
  calendar?: { fileName: string; content: string }
}

/** A way out that is a call to a provider. Letters leave as files instead: print.ts. */
export interface Channel {
  readonly name: 'sms' | 'email'
  /** messages a second the provider takes */
  readonly perSecond: number
  /** calls that can be under way at once */
  readonly connections: number
  /** Rendered text → the bytes that are stored and sent. The same input gives the same bytes. */
  compose(message: ComposeInput): Promise<Buffer>
  /** Sends exactly these bytes, once: whatever goes wrong is told in the answer, nothing is tried again in here. */
  send(outgoing: Outgoing): Promise<Sent>
  /**
   * Asks the provider what it holds under our reference.
   * @param since when it was claimed, by the real time: providers know no other. The call came within IN_DOUBT_AFTER
   *   of it.
   * @param until of a database that was put back: the last moment at which it may have been called; else `since`
   * @throws when the provider can't be asked just now: ask again later, decide nothing
   */
  find(reference: string, since: Date, until?: Date): Promise<Found>
  close(): Promise<void>
}

/**
 * Milliseconds until a call counts as broken: a worker stops calling at half of IN_DOUBT_AFTER, and a call that began
 * just then must have ended before others ask the provider about it.
 */
export const patience = (inDoubtAfter: number): number => Math.min(30_000, inDoubtAfter * 400)

/**
 * Codes that are no message's fault but our account's or our settings': everything on the channel fails until a
 * person acts.
 */
const operatorCodes = new Set([
  'not-configured',
  'unauthorized',
  'forbidden',
  'low-balance',
  'account-barred',
  'not-enabled',
  'sender-refused',
  'wrong-address',
])

/** Whether a code calls for somebody to correct our account or settings: worth an alarm at the first message. */
export const needsOperator = (code: string): boolean => operatorCodes.has(code)
