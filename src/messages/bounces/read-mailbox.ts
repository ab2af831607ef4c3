import { createHash } from 'node:crypto'
import type pg from 'pg'
import {
  mailboxFault,
  mailboxName,
  readNewMails,
  type FoundMail,
  type ReadTo,
} from '../../channels/bounce-mailbox.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { transaction } from '../../db/pool.ts'
import type { Log } from '../../log.ts'
import { advance, claimLook, mailboxState, noteAway, noteRead, readToOf } from './mailbox-state.ts'
import { takeReports, type CameIn, type Taken } from './take-reports.ts'

export interface BounceDeps {
  pool: pg.Pool
  clock: Clock
  log: Log
  config: Pick<Config, 'BOUNCE_MAILBOX' | 'BOUNCE_MAILBOX_PASSWORD'>
}

export interface ReadBounces {
  taken: Taken[]
  /** mails that are no reports: left alone */
  others: number
}

/**
 * Reads what has come to the mailbox for undeliverable mail since the last time. When it can't be read, that is noted, and
 * it is left alone for a while.
 * @param anyway also when its time hasn't come
 * @returns undefined when there is none, it isn't time, or another reads it; `away`: why it could not be read
 */
export async function readMailbox(
  deps: BounceDeps,
  stop: AbortSignal,
  anyway = false,
): Promise<(ReadBounces & { away: string | null }) | undefined> {
  const { pool, clock, log, config } = deps
  if (!config.BOUNCE_MAILBOX) return undefined
  const mailbox = mailboxName(config.BOUNCE_MAILBOX)
  const look = await claimLook(pool, mailbox, clock.now(), anyway)
  if (!look) return undefined
  const { away, ...read } = await readFrom(deps, look.readTo, stop, false)
  if (stop.aborted) return { ...read, away: null }
  if (away === null) {
    const since = await noteRead(pool, mailbox, clock.now())
    if (since) log.info({ since }, 'the mailbox for undeliverable mail is read again')
  } else if (await noteAway(pool, mailbox, away, clock.now()))
    log.error({ code: away }, 'the mailbox for undeliverable mail can not be read')
  return { ...read, away }
}

/** What `readMailbox` would do now; nothing is changed. */
export async function tryMailbox(
  deps: BounceDeps,
  stop: AbortSignal,
): Promise<(ReadBounces & { away: string | null }) | undefined> {
  if (!deps.config.BOUNCE_MAILBOX) return undefined
  const state = await mailboxState(deps.pool, mailboxName(deps.config.BOUNCE_MAILBOX))
  return readFrom(deps, state ? readToOf(state) : null, stop, true)
}

/** What fails in the mailbox is `away`; what fails in our database is thrown. */
async function readFrom(
  { pool, clock, config }: BounceDeps,
  from: ReadTo | null,
  stop: AbortSignal,
  dryRun: boolean,
): Promise<ReadBounces & { away: string | null }> {
  const url = config.BOUNCE_MAILBOX!
  const { mostBytes } = await import('./read-mail.ts')
  const read: ReadBounces = { taken: [], others: 0 }
  let ours: unknown
  const take = async (mails: FoundMail[], to: ReadTo): Promise<void> => {
    const cameIn = await reportsIn(mails)
    read.others += mails.length - cameIn.length
    await transaction(pool, async (tx) => {
      read.taken.push(...(await takeReports(tx, cameIn, clock.now(), dryRun)))
      if (!dryRun) await advance(tx, mailboxName(url), to, clock.now())
    }).catch((error: unknown) => {
      ours = error
      throw error
    })
  }
  const settings = { url, password: config.BOUNCE_MAILBOX_PASSWORD ?? '', mostBytes }
  try {
    await readNewMails(settings, from, take, stop)
    return { ...read, away: null }
  } catch (error) {
    if (ours !== undefined) throw ours as Error
    return { ...read, away: mailboxFault(error) }
  }
}

async function reportsIn(mails: readonly FoundMail[]): Promise<CameIn[]> {
  const cameIn: CameIn[] = []
  for (const { folder, uidValidity, uid, content } of mails) {
    const one = await cameInBy(
      'mailbox',
      `${folder};UIDVALIDITY=${uidValidity};UID=${uid}`,
      content,
    )
    if (one) cameIn.push(one)
  }
  return cameIn
}

/** A mail as a report; null when it is none. One that can't be read is for a person. */
export async function cameInBy(
  source: 'mailbox' | 'file',
  place: string,
  content: Buffer,
): Promise<CameIn | null> {
  const { mostBytes, readMail } = await import('./read-mail.ts')
  const bytes = content.subarray(0, mostBytes)
  const sha256 = createHash('sha256').update(bytes).digest()
  try {
    const report = await readMail(bytes)
    return report && { sha256, source, place, report }
  } catch {
    return { sha256, source, place, report: null }
  }
}
