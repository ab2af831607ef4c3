import { blocksAsText } from '../texts/blocks.ts'
import { checkedLetter } from '../letters/letter.ts'
import { renderLetter } from '../letters/render.ts'
import type { SentEvidence } from '../evidence/store.ts'

export interface EvidenceFile {
  name: string
  type: string
  bytes: Buffer
}

type Kept = Pick<SentEvidence, 'id' | 'channel' | 'content' | 'sentAt' | 'dueAt'>

/**
 * The message as a file: a letter as the PDF that its kept bytes give, an e-mail as it left, an SMS as it was handed
 * to the provider.
 */
export async function evidenceFile({
  id,
  channel,
  content,
  sentAt,
  dueAt,
}: Kept): Promise<EvidenceFile | undefined> {
  if (!content) return undefined
  if (channel === 'letter')
    return {
      name: `${id}.pdf`,
      type: 'application/pdf',
      bytes: await renderLetter(checkedLetter(JSON.parse(content.toString())), sentAt ?? dueAt),
    }
  return channel === 'email'
    ? { name: `${id}.eml`, type: 'message/rfc822', bytes: content }
    : { name: `${id}.json`, type: 'application/json', bytes: content }
}

/** What the recipient read, as plain text; '' when nothing was composed yet. */
export function evidenceText({
  channel,
  content,
}: Pick<SentEvidence, 'channel' | 'content'>): string {
  if (!content) return ''
  if (channel === 'letter') return letterText(content)
  if (channel === 'email') return mailText(content.toString('latin1'))
  const { from, to, text } = JSON.parse(content.toString()) as {
    from: string
    to: string
    text: string
  }
  return `${from} → ${to}\n\n${text}`
}

function letterText(content: Buffer): string {
  const { addressLines, rendered } = checkedLetter(JSON.parse(content.toString()))
  const panel = rendered.panel
    .map((row) => [`${row.label}: ${row.value}`, row.more].filter(Boolean).join(', '))
    .join('\n')
  const [before = '', after = ''] = split(rendered.body).map(blocksAsText)
  return [
    addressLines.join('\n'),
    rendered.date,
    rendered.title,
    before,
    panel,
    after,
    `${rendered.labels.checkTitle} ${rendered.labels.checkText}`,
  ]
    .filter(Boolean)
    .join('\n\n')
}

type Body = Parameters<typeof blocksAsText>[0]
const split = (body: Body): [Body, Body] => {
  const panel = body.findIndex((block) => block.kind === 'panel')
  return panel < 0 ? [body, []] : [body.slice(0, panel), body.slice(panel + 1)]
}

const charsetOf = (headers: string) => (/charset="?utf-8/i.test(headers) ? 'utf8' : 'latin1')

/** Subject and the plain text of an e-mail that we made ourselves (RFC 2045; nodemailer's forms only). */
function mailText(raw: string): string {
  const [head = '', ...rest] = raw.split(/\r?\n\r?\n/)
  const headers = head.replace(/\r?\n[ \t]+/g, ' ')
  const boundary = /boundary="?([^";\r\n]+)/i.exec(headers)?.[1]
  const body = rest.join('\n\n')
  const parts = boundary ? body.split(`--${boundary}`) : []
  const plain = parts
    .map((part) => part.replace(/^\r?\n/, ''))
    .find((part) => /^content-type: text\/plain/im.test(part.split(/\r?\n\r?\n/)[0] ?? ''))
  const nested = parts
    .map((part) => part.replace(/^\r?\n/, ''))
    .find((part) => /^content-type: multipart\//im.test(part.split(/\r?\n\r?\n/)[0] ?? ''))
  if (!plain && nested)
    return `${subjectOf(headers)}\n\n${mailText(nested).replace(/^\n+/, '')}`.trim()
  const [partHead = '', ...partBody] = (plain ?? raw).split(/\r?\n\r?\n/)
  return `${subjectOf(headers)}\n\n${decoded(partBody.join('\n\n'), partHead)}`.trim()
}

const subjectOf = (headers: string) =>
  (/^subject: (.*)$/im.exec(headers)?.[1] ?? '')
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : unquoted(text.replaceAll('_', ' '), 'utf8'),
    )

function decoded(body: string, headers: string): string {
  const encoding = /content-transfer-encoding: *(\S+)/i.exec(headers)?.[1]?.toLowerCase()
  if (encoding === 'base64')
    return Buffer.from(body, 'base64').toString(charsetOf(headers)).replaceAll('\r\n', '\n').trim()
  if (encoding === 'quoted-printable')
    return unquoted(body.replace(/=\r?\n/g, ''), charsetOf(headers))
      .replaceAll('\r\n', '\n')
      .trim()
  return Buffer.from(body, 'latin1').toString(charsetOf(headers)).replaceAll('\r\n', '\n').trim()
}

const unquoted = (text: string, charset: BufferEncoding) =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString(charset)
