import type { Sent } from './channel.ts'

/**
 * What nodemailer tells of a mail that was not taken: `responseCode` is the relay's reply, the rest how far it came.
 */
export interface MailFailure {
  code?: string | undefined
  responseCode?: number | undefined
  originalCode?: string | undefined
  timeoutType?: string | undefined
  message: string
}

/**
 * SMTP replies (RFC 5321 4.2, enhanced by what relays use them for): a reply means that the mail was surely not
 * accepted. What is not here goes by its first digit: 4 try again, 5 never. Of 4xx only 421 is surely not about this
 * mail; when the relay says the others of one mail after the other, the sender takes it for the relay's own trouble.
 */
const byReply: Record<number, Sent> = {
  421: { kind: 'retry', code: 'relay-closing' },
  450: { kind: 'later', code: 'mailbox-busy' },
  451: { kind: 'later', code: 'relay-error' },
  452: { kind: 'later', code: 'relay-full' },
  503: { kind: 'retry', code: 'bad-sequence' }, // the session was in the wrong state, not the mail
  530: { kind: 'retry', code: 'unauthorized' },
  534: { kind: 'retry', code: 'unauthorized' },
  535: { kind: 'retry', code: 'unauthorized' },
  538: { kind: 'retry', code: 'unauthorized' },
  550: { kind: 'stop', code: 'unknown-mailbox' },
  551: { kind: 'stop', code: 'unknown-mailbox' },
  552: { kind: 'stop', code: 'mailbox-full' },
  553: { kind: 'stop', code: 'invalid-mailbox' },
  554: { kind: 'stop', code: 'refused' },
}

/** Without a reply: faults from before the mail was handed over. Everything else may have been accepted. */
const byError: Record<string, Sent> = {
  EDNS: { kind: 'retry', code: 'unreachable' },
  ETLS: { kind: 'retry', code: 'tls-failed' },
  EAUTH: { kind: 'retry', code: 'unauthorized' },
  ENOAUTH: { kind: 'retry', code: 'unauthorized' },
  EENVELOPE: { kind: 'stop', code: 'invalid-mailbox' },
  EMESSAGE: { kind: 'stop', code: 'too-long' },
}

const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** @param error what nodemailer threw */
export function readMailFailure(error: MailFailure): Sent {
  const reply = error.responseCode
  // a reply to STARTTLS is about the connection, never about the mail
  if (reply && error.code !== 'ETLS')
    return byReply[reply] ?? { kind: reply >= 500 ? 'stop' : 'later', code: `smtp-${reply}` }
  const early =
    neverConnected.has(error.originalCode ?? '') ||
    error.timeoutType === 'CONNECT_TIMEOUT' ||
    error.timeoutType === 'GREETING_TIMEOUT' ||
    error.timeoutType === 'UPGRADE_TIMEOUT' ||
    // nodemailer's words for a connection that was gone before a byte of the mail was written (we let it requeue
    // nothing)
    error.message.startsWith('Reached maximum number of retries') ||
    error.message.startsWith('Connection pool was closed')
  if (early) return { kind: 'retry', code: 'unreachable' }
  return (
    byError[error.code ?? ''] ?? {
      kind: 'unsure',
      code: error.code ? `broken-${error.code.toLowerCase()}` : 'broken',
    }
  )
}
