import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DateTime } from 'luxon'
import { readBookingCode } from '../../src/bookings/booking-code.ts'
import { zone } from '../../src/clock.ts'
import { readPdf } from '../letters/read-pdf.ts'
import type { Message, TimeAt } from './outside.ts'
import type { Sending } from './sending.ts'

// Reads letters, mails and SMS as the people who get them: their Swedish words, nothing else.

const months = ['jan', 'feb', 'mar', 'apr', 'maj', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'dec']

/** Who it is to, what it says, and the booking code if there is one. */
export interface ReadMessage extends Message {
  code: string | null
  text: string
}

interface Readers {
  /** names by postal name, phone (digits) and e-mail address */
  people: readonly { name: string; phone?: string | undefined; email?: string | undefined }[]
  clinics: readonly string[]
  /** the purposes by the words that letters have for them */
  purposes: ReadonlyMap<string, string>
}

/** Everything that has left, in the order in which it did. */
export function readMessages(s: Sending, readers: Readers): ReadMessage[] {
  const byPhone = new Map(readers.people.map((p) => [p.phone?.replace('+', ''), p.name]))
  const byEmail = new Map(readers.people.map((p) => [p.email, p.name]))
  const digital = s.received.map(({ channel, to, at, content }) => ({
    channel,
    leftAt: at,
    person: (channel === 'sms' ? byPhone : byEmail).get(to) ?? `nobody we know (${to})`,
    text: channel === 'sms' ? content : plainText(content),
  }))
  return [
    ...lettersOf(join(s.folder, 'print'), readers),
    ...digital.map((message) => ({ ...message, ...understood(message.text, readers) })),
  ].sort((a, b) => +a.leftAt - +b.leftAt)
}

/** What has been printed does not change: each file is read once. */
const read = new Map<string, ReadMessage[]>()

/** The letters in the printer's folder: each manifest says which pages of which file are one letter. */
function lettersOf(folder: string, readers: Readers): ReadMessage[] {
  const names = new Set(readers.people.map((p) => p.name))
  return filesIn(folder).flatMap((manifest) => {
    const known = read.get(join(folder, manifest))
    if (known) return known
    const [head, ...letters] = readFileSync(join(folder, manifest), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, string | number>)
    const pages = readPdf(readFileSync(join(folder, String(head!['file']))))
    const found = letters.map((letter): ReadMessage => {
      const first = Number(letter['firstPage']) - 1
      const lines = pages
        .slice(first, first + Number(letter['pages']))
        .flatMap((page) => page.lines)
      const text = lines.map((line) => line.text).join('\n')
      return {
        channel: 'letter',
        leftAt: new Date(String(head!['createdAt'])),
        person: lines.find((line) => names.has(line.text.trim()))?.text.trim() ?? 'nobody we know',
        text,
        ...understood(text, readers),
      }
    })
    read.set(join(folder, manifest), found)
    return found
  })
}

const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.ndjson'))
  } catch {
    return [] // nothing has been printed
  }
}

/** The part of a mail that a reader without HTML sees. */
function plainText(mail: string): string {
  const [head = '', ...body] = (mail.split(/\r\n(?=Content-Type: text\/)/i)[1] ?? '')
    .split(/\r\n--/)[0]!
    .split('\r\n\r\n')
  const text = body.join('\n\n')
  if (/base64/i.test(head)) return Buffer.from(text, 'base64').toString()
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return /quoted-printable/i.test(head) ? Buffer.from(bytes, 'latin1').toString() : text
}

function understood(text: string, { clinics, purposes }: Readers) {
  const flat = text.replaceAll(/\s+/g, ' ')
  const says = saysOf(flat)
  return {
    says,
    replaces: /ersätter|Förlåt|är ändrad|är inställd/.test(flat),
    purpose: [...purposes].find(([words]) => flat.includes(words))?.[1] ?? null,
    // who had another time before is told which: that is not the time of the message
    time:
      says === 'lost'
        ? null
        : timeIn(flat.replace(/Du har haft en tid.*?Vi kan tyvärr/, ''), clinics),
    code: readBookingCode(/bokningskod:? (\w{4}.?\w{4})/.exec(flat)?.[1] ?? ''),
  }
}

function saysOf(text: string): Message['says'] {
  if (/är inställd/.test(text)) return 'lost'
  if (/är ändrad|Din tid är nu|Din nya tid/.test(text)) return 'moved'
  if (/[Pp]åminn/.test(text)) return 'reminder'
  if (/Vi har bokat en tid åt dig|Nu har vi bokat en tid|Du har en tid/.test(text)) return 'timed'
  return /bokningskod/.test(text) ? 'open' : 'other'
}

const weekday = '(?:mån|tis|ons|tors?|fre|lör|sön)(?:dag)?'

function timeIn(text: string, clinics: readonly string[]): TimeAt | null {
  const day = new RegExp(`${weekday} (\\d{1,2}) ([a-z]{3})[a-z]*\\.? (\\d{4})`).exec(text)
  const clock = /kl\. (\d{1,2})\.(\d{2})/.exec(day ? text.slice(day.index) : '')
  const clinic = clinics.find((name) => text.includes(name))
  if (!day || !clock || !clinic) return null
  return {
    clinic,
    startsAt: DateTime.fromObject(
      {
        year: Number(day[3]),
        month: months.indexOf(day[2]!) + 1,
        day: Number(day[1]),
        hour: Number(clock[1]),
        minute: Number(clock[2]),
      },
      { zone },
    ).toJSDate(),
  }
}
