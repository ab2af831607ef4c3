import { hash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { pauseCampaign } from '../../campaigns/actions.ts'
import { needsOperator, type Channel } from '../../channels/channel.ts'
import type { Clock } from '../../clock.ts'
import { row, transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import {
  markSending,
  putBack,
  recordTries,
  suppressMessages,
  type Ready,
} from '../../ledger/messages-sending.ts'
import type { Log } from '../../log.ts'
import type { Texts } from '../../texts/texts.ts'
import { lockDue, mayLeave, noticesBelow, noticesWait, urgentBelow, type Due } from '../claim.ts'
import type { Composer } from '../compose.ts'
import { textsChanged } from '../changed-texts.ts'
import { reserve } from './rate.ts'
import { isQuiet, type QuietHours } from './quiet-hours.ts'
import { verdict, type Tried } from './record.ts'

export interface DispatchDeps {
  pool: pg.Pool
  clock: Clock
  log: Log
  channel: Channel
  compose: Composer
  /** those that `compose` makes messages from */
  texts: Texts
  /** seconds after which others take this worker for dead; it stops calling well before */
  inDoubtAfter: number
  /** SMS that come due in these hours wait until they end, but for the urgent lane */
  quiet: QuietHours
  /** only what goes before this priority: a worker for notices (claim.ts) */
  below?: number
  /** true once the program is asked to stop: what is not sent goes back */
  stopping: () => boolean
}

interface Claimed extends Ready {
  campaignId: number
  priority: number
  attempts: number
}

/**
 * Sends a chunk of what is due on a channel: claim → compose → store the bytes → (committed) → call → record. A kill
 * between any two lines leaves a message queued, or in doubt with its bytes; never sent without a trace. When notices
 * come in, what is claimed of a campaign and not sent steps back behind them.
 * @returns how many were claimed (0: nothing is due)
 */
export async function dispatch(deps: DispatchDeps, limit: number): Promise<number> {
  const worker = randomUUID()
  const claimedAt = performance.now()
  const claimed = await claim(deps, worker, limit)
  const late = () => performance.now() - claimedAt > (deps.inDoubtAfter * 1000) / 2
  const tick = Math.max(1, Math.min(20, Math.floor(deps.channel.perSecond / 10))) // a tenth of a second's worth at once
  for (let at = 0; at < claimed.length;) {
    const next = claimed.slice(at, at + tick)
    const wait = await reserve(deps.pool, deps.channel.name, next.length, deps.channel.perSecond)
    if (wait > 0) await sleep(wait)
    if (
      deps.stopping() ||
      late() ||
      (next[0]!.priority >= noticesBelow &&
        (await noticesWait(deps.pool, deps.channel.name, deps.clock.now())))
    ) {
      await putBack(
        deps.pool,
        claimed.slice(at).map((c) => c.id),
        worker,
      )
      break
    }
    const tried = await sendTogether(deps, next, worker, late)
    const account = tried.filter(
      ({ sent }) => 'code' in sent && sent.kind !== 'unsure' && needsOperator(sent.code),
    )
    await recordTries(
      deps.pool,
      tried.filter((t) => !account.includes(t)).map(verdict),
      worker,
      deps.clock.now(),
    )
    at += tick
    if (account.length) {
      await holdForOperator(deps, account, next, worker)
      await putBack(
        deps.pool,
        claimed.slice(at).map((c) => c.id),
        worker,
      )
      break
    }
  }
  return claimed.length
}

/**
 * Our account or settings are at fault, not the messages: the campaigns pause, say so, and the messages wait
 * unharmed.
 */
async function holdForOperator(
  deps: DispatchDeps,
  failed: Tried[],
  sent: Claimed[],
  worker: string,
): Promise<void> {
  await putBack(
    deps.pool,
    failed.map((tried) => tried.id),
    worker,
  )
  const first = failed[0]!.sent
  const code = 'code' in first ? first.code : ''
  const campaigns = new Set(
    sent
      .filter((message) => failed.some((tried) => tried.id === message.id))
      .map((message) => message.campaignId),
  )
  deps.log.error(
    { channel: deps.channel.name, code },
    'the provider refuses our account or settings: the campaigns are paused',
  )
  await pauseAll(deps, new Map([...campaigns].map((id) => [id, `${deps.channel.name}: ${code}`])))
}

async function claim(deps: DispatchDeps, worker: string, limit: number): Promise<Claimed[]> {
  let faulty = new Map<number, string>()
  const claimed = await transaction(deps.pool, async (tx) => {
    const now = deps.clock.now()
    const due = await lockDue(
      tx,
      deps.channel.name,
      now,
      limit,
      deps.channel.name === 'sms' && isQuiet(now, deps.quiet) ? urgentBelow : (deps.below ?? null),
    )
    faulty = await textsChanged(tx, deps.texts, due)
    const found = due.filter(({ campaignId }) => !faulty.has(campaignId))
    const stopped = found
      .filter((due) => due.stop !== null)
      .map((due) => ({ id: due.id, reason: due.stop! }))
    const ready: Claimed[] = []
    for (const due of found.filter((d) => d.stop === null)) {
      try {
        ready.push({
          ...(await bytesOf(due, deps.compose)),
          campaignId: due.campaignId,
          priority: due.priority,
          attempts: due.attempts,
        })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        deps.log.error({ message: due.id, reason: error.code }, 'could not be composed')
        if (campaignFaults.has(error.code)) faulty.set(due.campaignId, error.message)
        else stopped.push({ id: due.id, reason: error.code })
      }
    }
    await suppressMessages(tx, stopped)
    await markSending(tx, ready, worker)
    return ready
  })
  await pauseAll(deps, faulty)
  return claimed
}

/** Faults of a campaign's texts, not of one person's data: nobody is left out for them, the campaign pauses. */
export const campaignFaults: ReadonlySet<string> = new Set([
  'unknown-template',
  'missing-fact',
  'bad-template',
])

/** Pauses campaigns that can't go on as they are; each with the reason that a person must see to. */
export async function pauseAll(
  deps: { pool: pg.Pool; clock: Clock },
  reasons: ReadonlyMap<number, string>,
): Promise<void> {
  for (const [id, why] of reasons) {
    const { name } = (await row<{ name: string }>(
      deps.pool,
      'select name from campaign where id = $1',
      [id],
    ))!
    await pauseCampaign(deps, name, 'kallelse', why).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error // cancelled meanwhile
    })
  }
}

/** The bytes to send: those of the first try if there was one (promise 6), else newly composed. */
export async function bytesOf(due: Due, compose: Composer): Promise<Ready> {
  if (due.content)
    return {
      id: due.id,
      content: due.content,
      sha256: sha256(due.content),
      templateVersion: null,
      recipient: due.recipient,
    }
  const { content, version, recipient } = await compose(due)
  return { id: due.id, content, sha256: sha256(content), templateVersion: version, recipient }
}

const sha256 = (bytes: Buffer): string => hash('sha256', bytes)

/** Promise 8: each message looks whether its campaign still runs just before it is sent. */
async function sendTogether(
  deps: DispatchDeps,
  messages: Claimed[],
  worker: string,
  late: () => boolean,
): Promise<Tried[]> {
  const unsent: string[] = []
  const tried: Tried[] = []
  await Promise.all(
    messages.map(async (message) => {
      // `late` is looked at last and without waiting: after it nobody else can have taken the message over.
      if (!(await stillMayLeave(deps.pool, message.id)) || late()) {
        unsent.push(message.id)
        return
      }
      const sent = await deps.channel.send({
        reference: message.id,
        recipient: message.recipient!,
        content: message.content,
      })
      tried.push({ id: message.id, sent, attempts: message.attempts })
    }),
  )
  await putBack(deps.pool, unsent, worker)
  return tried
}

const stillMayLeave = async (pool: pg.Pool, messageId: string): Promise<boolean> =>
  (
    await row<{ may: boolean }>(
      pool,
      `select ${mayLeave} as may from message m join campaign c on c.id = m.campaign_id where m.id = $1`,
      [messageId],
    )
  )?.may ?? false
