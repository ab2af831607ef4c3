import { rows, run, type Db } from '../../db/pool.ts'
import { keepReceipts, type Receipt } from '../receipts.ts'
import { judge, type Judged, type NamedMessage } from './judge.ts'
import type { Report } from './report.ts'

/** A report as it came. */
export interface CameIn {
  /** of its bytes: the same one again is one */
  sha256: Buffer
  source: 'mailbox' | 'file' | 'webhook'
  place: string
  /** null: it can't be read, and is for a person */
  report: Report | null
}

export type Taken = Judged & { place: string; again: boolean }

/**
 * Turns reports into receipts, in the caller's transaction; what is not sure enough is kept for a person. Of one that was
 * taken before nothing is done.
 */
export async function takeReports(
  tx: Db,
  cameIn: readonly CameIn[],
  now: Date,
  dryRun = false,
): Promise<Taken[]> {
  const bySha = new Map(cameIn.map((one) => [one.sha256.toString('hex'), one]))
  const all = [...bySha].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  const ours = await namedMessages(tx, all)
  const judged = all.map((one) => ({
    one,
    said: one.report
      ? judge(one.report, ours)
      : ({ outcome: 'kept', why: 'unreadable', messageId: null } satisfies Judged),
  }))
  const fresh = dryRun ? await newOnes(tx, all) : await insertBounces(tx, judged, now)
  const isNew = ({ one }: { one: CameIn }) => fresh.has(one.sha256.toString('hex'))
  if (!dryRun) {
    const news = judged.filter(isNew)
    await keepReceipts(
      tx,
      news.flatMap(({ one, said }) => receiptOf(one, said, now)),
    )
    await markAddresses(
      tx,
      news.flatMap(({ said }) => (said.outcome === 'failed' && said.hard ? said.messageId : [])),
      now,
    )
  }
  return judged.map((j) => ({ ...j.said, place: j.one.place, again: !isNew(j) }))
}

/** The messages that reports name, locked in one order with dispatch and the receipts of others. */
async function namedMessages(
  tx: Db,
  all: readonly CameIn[],
): Promise<ReadonlyMap<string, NamedMessage>> {
  const references = all.flatMap(({ report }) =>
    report ? [...report.returnedTo, ...report.returned] : [],
  )
  const found = await rows<NamedMessage>(
    tx,
    `select id, case when channel = 'email' and sending_since is not null then recipient end as recipient
       from message
      where id = any($1::uuid[])
      order by id
        for update`,
    [references],
  )
  return new Map(found.map((message) => [message.id, message]))
}

const newOnes = async (db: Db, all: readonly CameIn[]): Promise<Set<string>> =>
  setOf(
    await rows<{ sha256: string }>(
      db,
      `select encode(sha256, 'hex') as sha256
         from unnest($1::bytea[]) as x(sha256)
        where not exists (select from bounce b where b.sha256 = x.sha256)`,
      [all.map(({ sha256 }) => sha256)],
    ),
  )

const setOf = (found: { sha256: string }[]) => new Set(found.map(({ sha256 }) => sha256))

const insertBounces = async (
  tx: Db,
  judged: readonly { one: CameIn; said: Judged }[],
  now: Date,
): Promise<Set<string>> =>
  setOf(
    await rows<{ sha256: string }>(
      tx,
      `insert into bounce (sha256, source, place, at, outcome, why_kept, message_id, code, hard)
       select x.sha256, x.source, x.place, $9, x.outcome, x.why, x.message, x.code, x.hard
         from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::boolean[])
              as x(sha256, source, place, outcome, why, message, code, hard)
       on conflict (sha256) do nothing
       returning encode(sha256, 'hex') as sha256`,
      [
        judged.map(({ one }) => one.sha256),
        judged.map(({ one }) => one.source),
        judged.map(({ one }) => one.place),
        judged.map(({ said }) => said.outcome),
        judged.map(({ said }) => (said.outcome === 'kept' ? said.why : null)),
        judged.map(({ said }) => said.messageId),
        judged.map(({ said }) => (said.outcome === 'failed' ? said.code : null)),
        judged.map(({ said }) => (said.outcome === 'failed' ? said.hard : null)),
        now,
      ],
    ),
  )

/** A date in a mail is believed when it can be true: servers try for days, not for months. */
const oldest = 60 * 86_400_000

/** `raw` holds none of the server's words: they quote addresses. */
function receiptOf({ source, report }: CameIn, said: Judged, now: Date): Receipt[] {
  if (said.outcome === 'kept') return []
  const failed = said.outcome === 'failed'
  const written = report?.writtenAt
  const age = written ? now.getTime() - written.getTime() : -1
  return [
    {
      messageId: said.messageId,
      status: said.outcome === 'delayed' ? 'other' : said.outcome,
      at: written && age >= 0 && age < oldest ? written : now,
      errorCode: failed ? said.code : null,
      raw: { bounce: said.outcome, source, ...(failed ? { hard: said.hard } : {}) },
    },
  ]
}

/** An address that is wrong is written to no more, until the person has another one. */
const markAddresses = (tx: Db, messages: readonly string[], now: Date): Promise<number> =>
  run(
    tx,
    `with wrong as materialized (
       select p.id
         from message m
         join person p on p.id = m.person_id and p.email = m.recipient
        where m.id = any($1::uuid[])
        order by p.id
          for update of p)
     update person p
        set email_bounced_on = ($2::timestamptz at time zone 'Europe/Stockholm')::date
       from wrong
      where p.id = wrong.id`,
    [messages, now],
  )

/** How many of each outcome; `again` were taken before. */
export function countTaken(taken: readonly Taken[]): Record<string, number> {
  const counts = { failed: 0, delayed: 0, delivered: 0, kept: 0, again: 0 }
  for (const one of taken) counts[one.again ? 'again' : one.outcome]++
  return counts
}
