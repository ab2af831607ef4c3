import { simpleParser, type ParsedMail } from 'mailparser'
import { bouncedTo } from '../../channels/bounce-address.ts'
import { isFromDaemon, readPlain } from './plain.ts'
import { actions, type Action, type RecipientReport, type Report } from './report.ts'

/** What is read of a mail: a report says what it has to say long before, whatever it returns. */
export const mostBytes = 256 * 1024

/**
 * Reads a mail as what a mail server says of an earlier one: a delivery status notification (RFC 3464), or words alone.
 * @returns null for every other mail: answers, out-of-office replies, read receipts
 */
export async function readMail(bytes: Buffer): Promise<Report | null> {
  const mail = await simpleParser(bytes.subarray(0, mostBytes), {
    keepDeliveryStatus: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
  })
  const status = partOf(mail, /^message\/(global-)?delivery-status$/)
  if (status !== null) {
    const original = partOf(mail, /^(message\/(rfc822|global)|text\/rfc822-headers)$/) ?? ''
    return reportOf(mail, readStatus(status), headOf(original))
  }
  const failedRecipients = lineOf(mail, 'x-failed-recipients')
  if (!isFromDaemon(mail.from?.value[0]?.address ?? '', failedRecipients)) return null
  if (/disposition-notification|feedback-report/.test(lineOf(mail, 'content-type'))) return null
  const { recipients, copied } = readPlain(mail.subject ?? '', mail.text ?? '', failedRecipients)
  return reportOf(mail, recipients, copied)
}

const partOf = (mail: ParsedMail, type: RegExp): string | null =>
  mail.attachments.find(({ contentType }) => type.test(contentType))?.content.toString() ?? null

/** The value of a header as it was written, with its name; empty when there is none. */
const linesOf = (mail: ParsedMail, ...names: string[]): string =>
  mail.headerLines
    .filter(({ key }) => names.includes(key))
    .map(({ line }) => line)
    .join('\n')

const lineOf = (mail: ParsedMail, name: string): string =>
  linesOf(mail, name).replace(/^[^:]*:\s*/, '')

const headOf = (mail: string): string => mail.split(/\r?\n\r?\n/, 1)[0]!

function reportOf(mail: ParsedMail, recipients: RecipientReport[], original: string): Report {
  const to = linesOf(mail, 'to', 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to')
  const answers = linesOf(mail, 'in-reply-to', 'references')
  return {
    returnedTo: unique(bouncedTo(to)),
    returned: unique([...referencesIn(original), ...idsIn(answers)]),
    recipients,
    writtenAt: mail.date && !Number.isNaN(mail.date.getTime()) ? mail.date : null,
  }
}

const unique = (references: string[]): string[] => [...new Set(references)]

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const idsIn = (text: string): string[] =>
  [...text.matchAll(new RegExp(`<(${uuid})@`, 'gi'))].map(([, id]) => id!.toLowerCase())

/** Our references in a mail's own headers: the header that is ours, and the Message-ID that is made of it. */
const referencesIn = (text: string): string[] =>
  [
    ...text.matchAll(
      new RegExp(`^[ >]*(?:x-kallelse-reference:\\s*|message-id:\\s*<)(${uuid})`, 'gim'),
    ),
  ].map(([, id]) => id!.toLowerCase())

/** The groups of fields after the first, which is about the whole mail, are about a recipient each. */
function readStatus(text: string): RecipientReport[] {
  return text
    .replace(/\r\n/g, '\n')
    .split(/\n[ \t]*\n+/)
    .map(readFields)
    .filter((fields) => fields.has('final-recipient') || fields.has('action'))
    .map((fields) => ({
      address: addressIn(fields.get('final-recipient')),
      original: addressIn(fields.get('original-recipient')),
      action: actionIn(fields.get('action')),
      status: /[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? null,
      diagnostic: fields.get('diagnostic-code') ?? '',
    }))
}

function readFields(block: string): Map<string, string> {
  const lines = block.replace(/\n[ \t]+/g, ' ').split('\n')
  return new Map(
    lines.flatMap((line) => {
      const match = /^([\w-]+):[ \t]*(.*)$/.exec(line)
      return match ? [[match[1]!.toLowerCase(), match[2]!.trim()] as const] : []
    }),
  )
}

/** `rfc822; Asa@Example.SE` */
function addressIn(field: string | undefined): string | null {
  const address = field?.replace(/^[^;]*;/, '').replace(/[<>\s]/g, '')
  return address ? address.toLowerCase() : null
}

function actionIn(field: string | undefined): Action | null {
  const word = field?.toLowerCase().split(/[\s(]/, 1)[0]
  return actions.find((action) => action === word) ?? null
}
