import { hash } from 'node:crypto'
import { setImmediate as yieldToPages } from 'node:timers/promises'
import type pg from 'pg'
import { pauseCampaign } from '../../campaigns/actions.ts'
import type { Clock } from '../../clock.ts'
import { row, transaction, type Db } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import {
  doubtRestored,
  markSending,
  suppressMessages,
  type Ready,
  type Stopped,
} from '../../ledger/messages-sending.ts'
import { lockDue, urgentBelow, type Due } from '../claim.ts'
import type { Composer } from '../compose.ts'
import { textsChanged } from '../changed-texts.ts'
import { openRestore } from '../restored.ts'
import type { Calling } from './calling.ts'
import type { DispatchDeps } from './dispatch-deps.ts'
import { isQuiet } from './quiet-hours.ts'

export interface Claimed extends Ready {
  campaignId: number
  priority: number
  attempts: number
  refusedSince: Date | null
}

export interface Claim {
  claimed: Claimed[]
  /** it was as many as asked for: there may be more */
  more: boolean
}

/**
 * In a database that was put back, messages may have left after the moment that it holds: each is in doubt until the
 * provider has been asked (settle.ts).
 * @returns those that are
 */
async function askFirst(tx: Db, found: readonly Due[]): Promise<ReadonlySet<string>> {
  const restored = await openRestore(tx)
  if (!restored) return new Set()
  const unasked = found.filter(
    ({ stop, sendingSince }) => !stop && (!sendingSince || sendingSince < restored.point),
  )
  const ids = unasked.map(({ id }) => id)
  await doubtRestored(tx, ids, restored.point)
  return new Set(ids)
}

/** The claim is not made: the worker's earlier messages are others' by now, and it stops. */
class TakenForDead extends Error {}

/** Milliseconds of composing after which pages of the same process are answered first. */
const composingAtMost = 5

/** Takes messages that are due, composes them and stores their bytes; from the commit on they are this worker's. */
export async function claim(
  deps: DispatchDeps,
  worker: string,
  limit: number,
  calling: Calling,
): Promise<Claim> {
  await deps.refresh()
  let faulty = new Map<number, string>()
  const result = await transaction(deps.pool, async (tx) => {
    const now = deps.clock.now()
    const quiet = deps.channel.name === 'sms' && isQuiet(now, deps.quiet)
    const below = quiet ? urgentBelow : (deps.below ?? null)
    const due = await lockDue(tx, deps.channel.name, now, limit, below)
    if (!due.length) return { claimed: [], more: false }
    faulty = await textsChanged(tx, deps.texts, due)
    const found = due.filter(({ campaignId }) => !faulty.has(campaignId))
    const stopped: Stopped[] = found
      .filter((due) => due.stop !== null)
      .map((due) => ({ id: due.id, reason: due.stop! }))
    const claimed: Claimed[] = []
    let since = performance.now()
    for (const due of found.filter((d) => d.stop === null)) {
      try {
        const { campaignId, priority, attempts, refusedSince } = due
        claimed.push({
          ...(await bytesOf(due, deps.compose)),
          campaignId,
          priority,
          attempts,
          refusedSince,
        })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        deps.log.error({ message: due.id, reason: error.code }, 'could not be composed')
        if (campaignFaults.has(error.code)) faulty.set(due.campaignId, error.message)
        else stopped.push({ id: due.id, reason: error.code })
      }
      if (performance.now() - since > composingAtMost) {
        await yieldToPages()
        since = performance.now()
      }
    }
    await suppressMessages(tx, stopped)
    await markSending(tx, claimed, worker)
    const more = due.length === limit && claimed.length + stopped.length > 0
    const unasked = await askFirst(tx, found)
    const mine = claimed.filter(({ id }) => !unasked.has(id))
    if (mine.length && !(await calling.begin(tx))) throw new TakenForDead()
    return { claimed: mine, more }
  }).catch((error: unknown) => {
    if (error instanceof TakenForDead) return { claimed: [], more: false }
    throw error
  })
  await pauseAll(deps, faulty)
  return result
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
