import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readJournal } from './stand-ins/journal.ts'
import { rows, type Db } from '../db/pool.ts'
import type { Stage } from './stage.ts'

interface Campaign {
  name: string
  cohort: number
  states: { state: string; reason: string | null; number: number }[]
}

/** What left and what arrived, counted on both sides. */
export interface Summary {
  campaigns: Campaign[]
  /** by channel: as our database has it, as the receiving end has it, and how often something came twice */
  channels: { channel: string; sent: number; received: number; twice: number }[]
  bookings: { madeBy: string; number: number }[]
  addsUp: boolean
}

/** Counts both sides: the database, and what the servers and the print folder hold. */
export async function summarise(db: Db, stage: Stage, printFolder: string): Promise<Summary> {
  const funnel = await rows<{
    name: string
    cohort: number
    state: string
    reason: string | null
    number: number
  }>(
    db,
    `select c.name, c.cohort_size as cohort, f.state, f.reason, f.number
       from campaign c
       join funnel f on f.campaign_id = c.id
      order by c.id, f.state, f.reason`,
  )
  const campaigns = [...Map.groupBy(funnel, (line) => line.name)].map(([name, states]) => ({
    name,
    cohort: states[0]!.cohort,
    states: states.map(({ state, reason, number }) => ({ state, reason, number })),
  }))
  const sent = new Map(
    (
      await rows<{ channel: string; n: number }>(
        db,
        `select channel, count(*)::int as n from message where sent_at is not null group by channel`,
      )
    ).map((r) => [r.channel, r.n]),
  )
  const received: Record<string, string[]> = {
    sms: readJournal<{ reference: string }>(stage.smsJournal).map((sms) => sms.reference),
    email: readJournal<{ reference: string }>(stage.mailJournal).map((mail) => mail.reference),
    letter: await printedLetters(printFolder),
  }
  const channels = Object.entries(received).map(([channel, references]) => ({
    channel,
    sent: sent.get(channel) ?? 0,
    received: references.length,
    twice: references.length - new Set(references).size,
  }))
  const bookings = await rows<{ madeBy: string; number: number }>(
    db,
    `select made_by as "madeBy", count(*)::int as number
       from appointment
      where state = 'booked'
      group by made_by
      order by made_by`,
  )
  const addsUp =
    campaigns.every((c) => c.cohort === c.states.reduce((sum, s) => sum + s.number, 0)) &&
    channels.every((c) => c.sent === c.received && c.twice === 0)
  return { campaigns, channels, bookings, addsUp }
}

/** The letter ids in all manifests that lie in the print folder. */
export async function printedLetters(folder: string): Promise<string[]> {
  const ids: string[] = []
  for (const name of (await readdir(folder).catch(() => [])).filter(
    (n) => n.endsWith('.ndjson') && !n.startsWith('.'),
  )) {
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n').filter(Boolean)) {
      const { id, firstPage } = JSON.parse(line) as { id?: string; firstPage?: number }
      if (id && firstPage !== undefined) ids.push(id)
    }
  }
  return ids
}

export function summaryText(summary: Summary): string {
  const n = (value: number) => value.toLocaleString('sv-SE').padStart(8)
  return [
    ...summary.campaigns.flatMap((c) => [
      `${c.name}: ${c.cohort.toLocaleString('sv-SE')} people in the cohort`,
      ...c.states.map((s) => `${n(s.number)}  ${s.state}${s.reason ? `: ${s.reason}` : ''}`),
    ]),
    '',
    'Sent, and counted at the other end',
    ...summary.channels.map(
      (c) =>
        `${n(c.sent)}  ${c.channel.padEnd(7)} sent, ${c.received.toLocaleString('sv-SE')} received, ${c.twice} twice`,
    ),
    '',
    'Times booked',
    ...summary.bookings.map(
      (b) =>
        `${n(b.number)}  by ${b.madeBy === 'person' ? 'the residents themselves' : 'us, as fixed times'}`,
    ),
    '',
    summary.addsUp ? 'The figures add up.' : 'THE FIGURES DO NOT ADD UP.',
  ].join('\n')
}
