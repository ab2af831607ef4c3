import { readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import { DateTime } from 'luxon'
import { zone } from '../clock.ts'
import type { SentEvidence } from '../evidence/store.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { directionOf } from '../texts/languages.ts'
import { evidenceFile, evidenceText } from './evidence-shown.ts'
import { word } from './words.ts'

/** What was done, as it is in the access log → in Swedish. */
const actions: Record<string, string> = {
  evidence: 'tog fram allt som har skickats',
  'evidence: refused': 'försökte ta fram allt som har skickats, men fick inte',
  'evidence, one message': 'tog fram ett meddelande',
  'evidence, one message: refused': 'försökte ta fram ett meddelande, men fick inte',
  'extract for the person': 'gjorde ett utdrag till personen',
  'extract for the person: refused': 'försökte göra ett utdrag, men fick inte',
  'read messages': 'läste vad som har skickats',
  'look up': 'sökte på personnummer',
  'call list': 'tog fram ringlistan',
  'call script': 'tog fram samtalsmanus',
  'day list': 'tog fram dagens lista',
  'municipal worklist': 'tog fram kommunens arbetslista',
  'doctors worklist': 'tog fram läkarnas arbetslista',
  'protected worklist': 'tog fram arbetslistan för skyddade uppgifter',
  'list booking conflicts': 'tog fram bokningskonflikter',
  'double bookings': 'tog fram dubbelbokningar',
  'solve double booking': 'avgjorde en dubbelbokning',
  'reserve list': 'ändrade i reservlistan',
  'duplicates report': 'tog fram dem som har fått mer än ett meddelande',
}

export const timeOf = (at: Date): string =>
  DateTime.fromJSDate(at, { zone }).setLocale('sv').toFormat("d MMMM yyyy 'kl.' H.mm")
export const actionWord = (action: string): string => actions[action] ?? action

/** A message's facts in Swedish, for the extract and the staff's page. */
export function messageWords(m: SentEvidence) {
  const names = [...m.campaignApprovals, ...m.textApprovals].map(
    (a) => `${a.approver} (${timeOf(new Date(a.approvedAt))})`,
  )
  return {
    id: m.id,
    when: timeOf(m.sentAt ?? m.dueAt),
    step: word('step', m.step.split(':')[0] ?? m.step),
    channel: word('channel', m.channel),
    state: `${word('message', m.state)}${m.reason ? ` (${m.reason})` : ''}${m.deliveredAt ? ` ${timeOf(m.deliveredAt)}` : ''}`,
    recipient: m.recipient ?? '',
    purpose: m.purpose,
    campaign: m.campaign,
    template: m.template,
    language: m.language,
    lang: m.language.replace('-simple', ''),
    version: m.templateVersion ?? '',
    batch: m.batch ?? '',
    approved: names.join(', ') || 'ingen än',
    receipts: m.receipts.map(
      (r) => `${r.status} ${timeOf(new Date(r.at))}${r.errorCode ? ` (${r.errorCode})` : ''}`,
    ),
    text: evidenceText(m),
    sha256: m.contentSha256 ?? '',
    intact: m.intact !== false,
  }
}

const render = Handlebars.compile<object>(
  readFileSync(new URL('extract.hbs', import.meta.url), 'utf8'),
  { strict: true, knownHelpersOnly: true },
)

/**
 * An extract for the person as one HTML file that needs nothing else: every message with its text and file, and the
 * access log.
 */
export async function extractAsHtml(
  evidence: Evidence,
  region: { name: string; phone: string },
): Promise<string> {
  const messages = []
  for (const message of evidence.messages) {
    const file = await evidenceFile(message)
    messages.push({
      ...messageWords(message),
      file: file
        ? { name: file.name, data: `data:${file.type};base64,${file.bytes.toString('base64')}` }
        : null,
    })
  }
  return render({
    region: region.name,
    phone: region.phone,
    made: timeOf(evidence.madeAt),
    messages,
    accesses: evidence.accesses.map((a) => ({
      ...a,
      time: timeOf(a.at),
      action: actionWord(a.action),
    })),
  })
}

/** What the same as a PDF is drawn from (documents/evidence-extract.ts). */
export async function extractForPaper(evidence: Evidence) {
  const messages = await Promise.all(
    evidence.messages.map(async (message) => ({
      ...messageWords(message),
      direction: directionOf(message.language),
      file: (await evidenceFile(message)) ?? null,
    })),
  )
  const accesses = evidence.accesses.map((access) => ({
    ...access,
    time: timeOf(access.at),
    action: actionWord(access.action),
  }))
  return { printedAt: evidence.madeAt, messages, accesses }
}

/** The same for machines: bytes as base64. */
export const extractAsJson = ({ madeAt, messages, accesses }: Evidence) => ({
  madeAt,
  messages: messages.map((m) => ({
    ...m,
    content: m.content?.toString('base64') ?? null,
    text: evidenceText(m),
  })),
  accesses,
})
