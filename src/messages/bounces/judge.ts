import { faultOf } from './fault.ts'
import type { RecipientReport, Report } from './report.ts'

/** Why a report is for a person to read, and nothing is done. */
export const whyKept = {
  'no-reference': 'names no message',
  'unknown-reference': 'names a message that is not ours',
  'two-messages': 'names two messages: forged, or of a server that mixes them up',
  'not-sent': 'names a message that has not been sent as an e-mail',
  'other-recipient': 'is about somebody else than the message was sent to',
  unclear: 'does not say what became of it',
  unreadable: 'can not be read',
} as const
export type WhyKept = keyof typeof whyKept

/** What we know of a message that a report names. */
export interface NamedMessage {
  id: string
  /** null: it has not been sent as an e-mail */
  recipient: string | null
}

export type Judged =
  | { outcome: 'kept'; why: WhyKept; messageId: string | null }
  | { outcome: 'delayed' | 'delivered'; messageId: string }
  | { outcome: 'failed'; messageId: string; code: string; hard: boolean }

/**
 * What a report is trusted to say. It is about the one message whose reference it names, never about an address: a
 * reference is random and has been seen by the recipient and their servers only, so that nobody can hit another's
 * message. One that came back to an address of ours with the reference in it may name another recipient (the mail was
 * forwarded); else the recipient must be the message's.
 */
export function judge(report: Report, ours: ReadonlyMap<string, NamedMessage>): Judged {
  const references = [...new Set([...report.returnedTo, ...report.returned])]
  const known = references.flatMap((reference) => ours.get(reference) ?? [])
  const kept = (why: WhyKept): Judged => ({ outcome: 'kept', why, messageId: known[0]?.id ?? null })
  if (!references.length) return kept('no-reference')
  if (references.length > 1) return kept('two-messages')
  const [message] = known
  if (!message) return kept('unknown-reference')
  if (message.recipient === null) return kept('not-sent')
  const mine = recipientOf(report, message.recipient)
  if (!mine) return kept(report.recipients.length ? 'other-recipient' : 'unclear')
  switch (mine.action) {
    case 'failed':
      return { outcome: 'failed', messageId: message.id, ...faultOf(mine) }
    case 'delayed':
    case 'delivered':
      return { outcome: mine.action, messageId: message.id }
    case 'relayed': // to a server that tells nothing of its own: what becomes of it is not known
    case 'expanded':
      return { outcome: 'delayed', messageId: message.id }
    case null:
      return kept('unclear')
  }
}

function recipientOf(report: Report, recipient: string): RecipientReport | undefined {
  const address = recipient.toLowerCase()
  const mine = report.recipients.find((r) => r.address === address || r.original === address)
  if (mine) return mine
  const [only] = report.recipients
  if (!only || report.recipients.length > 1) return undefined
  return report.returnedTo.length || only.address === null ? only : undefined
}
