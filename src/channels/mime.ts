import { createHash } from 'node:crypto'
import * as base64 from 'nodemailer/lib/base64'
import MailComposer from 'nodemailer/lib/mail-composer'
import * as mime from 'nodemailer/lib/mime-funcs'
import * as qp from 'nodemailer/lib/qp'

export interface Mail {
  from: string
  to: string
  subject: string
  text: string
  html: string
  /** of the message, without angle brackets */
  messageId: string
  date: Date
  /** our own header fields, in ASCII */
  headers: Readonly<Record<string, string>>
  calendar?: { fileName: string; content: string }
}

/**
 * The bytes of a mail: those that nodemailer's MailComposer makes of it, with its encodings, put together at once. Its
 * tree of nodes and streams took 0.7 ms and a dozen turns of the event loop a mail, and half of the processor's time of
 * all dispatch. The boundaries follow from the Message-ID, so the same mail gives the same bytes.
 */
export function mimeOf(mail: Mail): Buffer {
  const unique = createHash('sha256').update(mail.messageId).digest('hex').slice(0, 32)
  const boundary = (part: number) => `--_NmP-${unique}-Part_${part}`
  const bodies = (part: number) =>
    multipart(boundary(part), [
      textPart('text/plain; charset=utf-8', mail.text),
      textPart('text/html; charset=utf-8', mail.html),
    ])
  const alternative = contentType('alternative', boundary(mail.calendar ? 2 : 1))
  const content = mail.calendar
    ? `${contentType('mixed', boundary(1))}\r\n\r\n` +
      multipart(boundary(1), [
        `${alternative}\r\n\r\n${bodies(2)}`,
        attachment('text/calendar; charset=utf-8; method=PUBLISH', mail.calendar),
      ])
    : `${alternative}\r\n\r\n${bodies(1)}`
  return Buffer.from(`${headersOf(mail)}\r\n${content}`)
}

const headersOf = ({ from, to, subject, messageId, date, headers }: Mail): string =>
  [
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    addressLine('from', from),
    addressLine('to', to),
    subjectLine(subject),
    `Message-ID: <${messageId}>`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
  ].join('\r\n')

const plainAddress = /^[A-Za-z0-9][\w.+-]{0,40}@[a-z0-9-]+(\.[a-z0-9-]+){1,4}$/

/** Names, other scripts and punycode are left to nodemailer. */
function addressLine(field: 'from' | 'to', address: string): string {
  const name = field === 'from' ? 'From' : 'To'
  if (plainAddress.test(address) && address.length < 70) return `${name}: ${address}`
  const known = fromLines.get(address)
  if (field === 'from' && known) return known
  const headers = new MailComposer({ [field]: address }).compile().buildHeaders()
  const line = new RegExp(`^${name}: .*(?:\\r\\n[ \\t].*)*`, 'm').exec(headers)?.[0] ?? `${name}: `
  if (field === 'from') fromLines.set(address, line)
  return line
}
const fromLines = new Map<string, string>() // one in all: SMTP_FROM

const subjectLine = (subject: string): string => {
  const oneLine = subject.replace(/\r?\n|\r/g, ' ')
  const words = mime.encodeWords(oneLine, encodingOf(oneLine), 52, true)
  return mime.foldLines(`Subject: ${words}`, 76)
}

const contentType = (kind: 'mixed' | 'alternative', boundary: string): string =>
  `Content-Type: multipart/${kind};\r\n boundary="${boundary}"`

const multipart = (boundary: string, parts: readonly string[]): string =>
  `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`

function textPart(type: string, text: string): string {
  const part = (encoding: string, body: string) =>
    `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`
  if (mime.isPlainText(text) && !mime.hasLongerLines(text, 76)) return part('7bit', crLf(text))
  if (encodingOf(text) === 'B') return part('base64', base64.wrap(base64.encode(text)))
  return part('quoted-printable', crLf(qp.wrap(qp.encode(text))))
}

const attachment = (type: string, { fileName, content }: NonNullable<Mail['calendar']>): string =>
  `Content-Type: ${type}; name=${fileName}\r\n` +
  'Content-Transfer-Encoding: base64\r\n' +
  `Content-Disposition: attachment; filename=${fileName}\r\n\r\n` +
  base64.wrap(base64.encode(content))

const crLf = (text: string): string => text.replace(/\r?\n/g, '\r\n')

/** Quoted-printable while most of it is Latin letters, so that it can be read as it is; else base64. */
function encodingOf(text: string): 'Q' | 'B' {
  let [latin, other] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x80 || (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d)) other++
    else if ((code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)) latin++
  }
  return other < latin ? 'Q' : 'B'
}
