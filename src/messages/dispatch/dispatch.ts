import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { needsOperator, type Channel } from '../../channels/channel.ts'
import { rows } from '../../db/pool.ts'
import { putBack } from '../../ledger/messages-sending.ts'
import { mayLeave, firstNoticeWaiting, noticesBelow } from '../claim.ts'
import { Aside } from './aside.ts'
import { claim, pauseAll, type Claimed } from './claim-chunk.ts'
import type { DispatchDeps } from './dispatch-deps.ts'
import { paceOf, type Pace } from './rate.ts'
import { verdict } from './record.ts'
import { Records } from './records.ts'

/**
 * Messages are claimed in chunks of what the limit lets out in some seconds: what comes first (a confirmation in the
 * lane of a long notice) is in the next one.
 */
const chunkSeconds = 4
const chunkAtMost = 200
/** The first chunk is small: its messages leave while the next is composed. */
const firstChunk = 20
/** Milliseconds for which it holds that a campaign still runs: so soon does a pause take effect. */
const tick = 100
const tickAtMost = 100

/**
 * Sends what is due in a lane until nothing is: claim → compose → store the bytes → (committed) → call → record. A kill
 * between any two lines leaves a message queued, or in doubt with its bytes; never sent without a trace. The next
 * messages are claimed while those before are sent, as many calls are under way as the channel can have, and results
 * are recorded in sets.
 * @param chunk how many are claimed at once
 * @returns how many were claimed (0: nothing is due)
 */
export const dispatch = (deps: DispatchDeps, chunk = chunkOf(deps.channel)): Promise<number> =>
  new Dispatch(deps, chunk).run()

const chunkOf = ({ perSecond }: Channel): number =>
  Math.max(1, Math.min(chunkAtMost, Math.ceil(perSecond * chunkSeconds)))

/** A message that may be sent until a moment (performance.now): after it others may take it over. */
interface Mine extends Claimed {
  until: number
}

class Dispatch {
  readonly #deps: DispatchDeps
  readonly #chunk: number
  readonly #worker = randomUUID()
  readonly #pace: Pace
  readonly #records: Records
  #ready: Mine[] = []
  #count = 0
  #claiming: Promise<void> | undefined
  #more = true
  /** what the last look has found: who may leave, until when that holds, and whether notices go first */
  #look = { may: new Set<string>(), holds: -Infinity, aside: false }
  readonly #aside = new Aside()
  #calls = 0
  #onEnd = () => {}
  /** our account or settings are at fault, with the first code that said so */
  #refused: { code: string; messages: Claimed[] } | undefined
  #fault: { error: unknown } | undefined

  constructor(deps: DispatchDeps, chunk: number) {
    this.#deps = deps
    this.#chunk = chunk
    this.#pace = paceOf(deps.pool, deps.channel)
    this.#records = new Records(deps, this.#worker)
  }

  async run(): Promise<number> {
    const { connections } = this.#deps.channel
    for (let next = await this.#next(); next; next = await this.#next()) {
      while (this.#calls >= connections) await this.#aCallEnds()
      if (await this.#mayGo(next)) void this.#send(next)
      else this.#records.unsent(next.id)
    }
    while (this.#calls > 0) await this.#aCallEnds()
    for (const { id } of this.#ready) this.#records.unsent(id)
    await this.#records.end()
    if (this.#refused) await this.#holdForOperator(this.#refused)
    const fault = this.#fault ?? this.#records.fault
    if (fault) throw fault.error
    return this.#count
  }

  get #halted(): boolean {
    return Boolean(this.#deps.stop.aborted || this.#refused || this.#fault || this.#records.fault)
  }

  /** The next message, while there is one and nothing has happened that ends the sending. */
  async #next(): Promise<Mine | undefined> {
    for (;;) {
      if (this.#halted) {
        await this.#claiming
        return undefined
      }
      if (this.#more && this.#ready.length <= this.#chunk) this.#claiming ??= this.#claim()
      if (this.#ready.length) return this.#ready.shift()
      if (!this.#claiming) return undefined
      await this.#claiming
    }
  }

  async #claim(): Promise<void> {
    const until = performance.now() + (this.#deps.inDoubtAfter * 1000) / 2
    try {
      const limit = this.#count ? this.#chunk : Math.min(this.#chunk, firstChunk)
      const { claimed, more } = await claim(this.#deps, this.#worker, limit)
      this.#ready.push(...claimed.map((message) => ({ ...message, until })))
      this.#count += claimed.length
      this.#more = more
    } catch (error) {
      this.#fault ??= { error }
    }
    this.#claiming = undefined
  }

  /**
   * Waits for the message's turn. Promise 8: whether its campaign still runs is looked up then, for the messages of a
   * tick at once; when notices come in, a campaign's messages wait until those are out.
   * @returns false: it goes back
   */
  async #mayGo(message: Mine): Promise<boolean> {
    const { stop } = this.#deps
    const over = () => this.#halted || performance.now() > message.until
    while (!over()) {
      if (this.#look.aside) {
        await sleep(tick, undefined, { signal: stop }).catch(() => {})
        await this.#lookUp(message)
        continue
      }
      const turn = await this.#pace.turn(stop)
      if (turn === undefined) return false
      if (performance.now() > this.#look.holds || !this.#look.may.has(message.id))
        await this.#lookUp(message)
      if (this.#look.aside) continue
      if (!this.#look.may.has(message.id)) return false
      // Looked at last and without waiting: after `until` somebody else can have taken the message over.
      if (this.#pace.isGood(turn)) return !over()
    }
    return false
  }

  /** Looks up who of the next messages may leave. */
  async #lookUp(next: Mine): Promise<void> {
    const { pool, channel, clock } = this.#deps
    const holds = performance.now() + tick
    const size = Math.max(1, Math.min(tickAtMost, Math.floor((channel.perSecond * tick) / 1000)))
    const ids = [next, ...this.#ready.slice(0, size - 1)].map(({ id }) => id)
    const [may, notice] = await Promise.all([
      thatMayLeave(pool, ids),
      next.priority >= noticesBelow
        ? firstNoticeWaiting(pool, channel.name, clock.now())
        : undefined,
    ])
    this.#look = { may, holds, aside: this.#aside.look(notice, performance.now()) }
  }

  async #send(message: Mine): Promise<void> {
    this.#calls++
    try {
      const sent = await this.#deps.channel.send({
        reference: message.id,
        recipient: message.recipient!,
        content: message.content,
      })
      if ('code' in sent && sent.kind !== 'unsure' && needsOperator(sent.code)) {
        this.#refused ??= { code: sent.code, messages: [] }
        this.#refused.messages.push(message)
      } else this.#records.tried(verdict({ id: message.id, sent, attempts: message.attempts }))
    } catch (error) {
      this.#fault ??= { error } // it stays as being sent, and is in doubt
    }
    this.#calls--
    this.#onEnd()
  }

  #aCallEnds(): Promise<void> {
    return new Promise((resolve) => (this.#onEnd = resolve))
  }

  /**
   * Our account or settings are at fault, not the messages: the campaigns pause, say so, and the messages wait
   * unharmed.
   */
  async #holdForOperator({ code, messages }: { code: string; messages: Claimed[] }): Promise<void> {
    const { pool, log, channel } = this.#deps
    await putBack(
      pool,
      messages.map(({ id }) => id),
      this.#worker,
    )
    log.error(
      { channel: channel.name, code },
      'the provider refuses our account or settings: the campaigns are paused',
    )
    const campaigns = new Set(messages.map(({ campaignId }) => campaignId))
    await pauseAll(
      this.#deps,
      new Map([...campaigns].map((id) => [id, `${channel.name}: ${code}`])),
    )
  }
}

const thatMayLeave = async (pool: pg.Pool, ids: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await rows<{ id: string }>(
        pool,
        `select m.id
           from message m
           join campaign c on c.id = m.campaign_id and ${mayLeave}
          where m.id = any($1::uuid[])`,
        [ids],
      )
    ).map(({ id }) => id),
  )
