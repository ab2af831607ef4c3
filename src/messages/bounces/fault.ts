import type { RecipientReport } from './report.ts'

/** Why a mail was not delivered: a code of ours, and whether it is the address that is wrong (hard) or not (soft). */
export interface Fault {
  code: string
  hard: boolean
}

const hard = (code: string): Fault => ({ code, hard: true })
const soft = (code: string): Fault => ({ code, hard: false })

/**
 * Enhanced status codes (RFC 3463, and what Exchange writes) without their class. Class 4 is soft whatever it is about:
 * a server that writes "failed" has tried for days. Class 5 is hard where it is about the address, and soft where it is
 * about room, size, rules or the servers on the way: the address may be right.
 */
const byStatus: [RegExp, Fault][] = [
  [/^1\.[78]$/, soft('sender-refused')],
  [/^1\.3$/, hard('invalid-mailbox')],
  [/^1\./, hard('unknown-mailbox')],
  [/^2\.1$/, hard('mailbox-disabled')],
  [/^2\.2$/, soft('mailbox-full')],
  [/^2\.3$/, soft('too-long')],
  [/^3\.4$/, soft('too-long')],
  [/^3\./, soft('relay-error')],
  [/^4\.(1|4|310)$/, hard('unknown-mailbox')], // Exchange: no such recipient (5.4.1) or domain (5.4.310)
  [/^4\.7$/, soft('expired')],
  [/^[45]\./, soft('relay-error')],
  [/^6\./, soft('invalid-message')],
  [/^7\./, soft('refused')],
]

/** Replies of SMTP, where no status says more. */
const byReply: Record<string, Fault> = {
  550: hard('unknown-mailbox'),
  551: hard('unknown-mailbox'),
  552: soft('mailbox-full'),
  553: hard('invalid-mailbox'),
  554: soft('refused'),
}

const enhanced = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/
const reply = /(?<![\d.])([45]\d\d)(?=[ -])/

/** The enhanced status code in a server's words. */
export const statusIn = (text: string): string | null => enhanced.exec(text)?.[1] ?? null

/** What a report of failure says is wrong. Exim's status is always 5.0.0: the words of the other server say more. */
export function faultOf({ status, diagnostic }: RecipientReport): Fault {
  const said =
    status === null || status.endsWith('.0.0') ? (statusIn(diagnostic) ?? status) : status
  const answer = reply.exec(diagnostic)?.[1] ?? ''
  const temporary = said ? said.startsWith('4') : answer.startsWith('4')
  const detail = said?.slice(2) ?? ''
  const fault = byStatus.find(([pattern]) => pattern.test(detail))?.[1] ?? byReply[answer]
  if (temporary)
    return soft(fault && !fault.hard && fault.code !== 'relay-error' ? fault.code : 'expired')
  return fault ?? hard('undelivered')
}
