import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { needsOperator, type Channel, type Sent } from '../../channels/channel.ts'
import { firstNoticeWaiting, noticesBelow } from '../claim.ts'
import { Aside } from './aside.ts'
import { Calling, takeFromSilent } from './calling.ts'
import { claim, type Claimed } from './claim-chunk.ts'
import type { DispatchDeps } from './dispatch-deps.ts'
import { noteTaken, paceOf, type Pace } from './rate.ts'
import { verdict } from './record.ts'
import { Records } from './records.ts'
import {
  endTrouble,
  gateOf,
  giveBackProbe,
  noteTrouble,
  pauseInTrouble,
  type Said,
} from './trouble.ts'

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
/** So many messages put off one after the other, and none taken between them: it is not about each of them. */
const putOffAtMost = 5

/**
 * Sends what is due in a lane until nothing is: claim → compose → store the bytes → (committed) → call → record. A kill
 * between any two lines leaves a message queued, or in doubt with its bytes; never sent without a trace. The next
 * messages are claimed while those before are sent, as many calls are under way as the channel can have, and results
 * are recorded in sets. A provider in trouble (trouble.ts) is left alone, or tried with one message.
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
  #chunk: number
  readonly #worker = randomUUID()
  readonly #pace: Pace
  readonly #records: Records
  readonly #calling: Calling
  #ready: Mine[] = []
  #count = 0
  #claiming: Promise<void> | undefined
  #more = true
  /** what the last look has found: who may leave, until when that holds, and whether notices go first */
  #look = { may: new Set<string>(), holds: -Infinity, aside: false }
  readonly #aside = new Aside()
  #calls = 0
  #onEnd = () => {}
  /** when the provider last took a message, as far as is known; and whether it has in this run */
  #takenAt: Date | null = null
  #hasTaken = false
  /** what the provider said that is no message's fault: nothing more is sent */
  #trouble: Said | undefined
  /** the last ones, put off for what may be reasons of their own, and none was taken after them */
  #putOff: { message: Claimed; sent: Sent & { kind: 'later' } }[] = []
  #fault: { error: unknown } | undefined

  constructor(deps: DispatchDeps, chunk: number) {
    this.#deps = deps
    this.#chunk = chunk
    this.#pace = paceOf(deps.pool, deps.channel)
    this.#calling = new Calling(deps.pool, deps.channel.name, this.#worker)
    this.#records = new Records(deps, this.#worker, (ids) => this.#calling.recorded(ids))
  }

  async run(): Promise<number> {
    try {
      return await this.#run()
    } catch (error) {
      this.#calling.breakOff()
      throw error
    }
  }

  async #run(): Promise<number> {
    const { channel, pool, clock } = this.#deps
    await takeFromSilent(pool, channel.name)
    const { gate, takenAt } = await gateOf(pool, channel.name, clock.now(), this.#deps.inDoubtAfter)
    this.#takenAt = takenAt
    if (gate === 'shut') return 0
    if (gate === 'probe') {
      if (await this.#probe()) await endTrouble(this.#deps, channel.name)
      else return this.#end('probe')
    }
    for (let next = await this.#next(); next; next = await this.#next()) {
      while (this.#calls >= channel.connections) await this.#aCallEnds()
      if (await this.#mayGo(next)) void this.#send(next)
      else this.#records.unsent(next.id)
    }
    return this.#end(gate)
  }

  /** Sends one message. @returns whether the provider takes messages again */
  async #probe(): Promise<boolean> {
    const { pool, channel, clock } = this.#deps
    this.#chunk = 1
    const next = await this.#next()
    if (!next || !(await this.#mayGo(next))) {
      if (next) this.#records.unsent(next.id)
      await giveBackProbe(pool, channel.name, clock.now())
      return false
    }
    await this.#send(next)
    const [putOff] = this.#putOff
    if (putOff) this.#trouble = { code: putOff.sent.code }
    this.#chunk = chunkOf(channel)
    return !this.#trouble && !this.#fault
  }

  async #end(gate: 'open' | 'probe'): Promise<number> {
    const { pool, channel, clock } = this.#deps
    while (this.#calls > 0) await this.#aCallEnds()
    await this.#claiming
    for (const { id } of this.#ready) this.#records.unsent(id)
    this.#recordPutOff()
    await this.#records.end()
    if (this.#hasTaken) await noteTaken(pool, channel.name, clock.now())
    if (this.#trouble) {
      await noteTrouble(pool, channel.name, this.#trouble, clock.now(), gate === 'probe')
      if (needsOperator(this.#trouble.code)) await pauseInTrouble(this.#deps, Infinity)
    }
    const fault = this.#fault ?? this.#records.fault
    if (fault) throw fault.error
    await this.#calling.end()
    return this.#count
  }

  get #halted(): boolean {
    return Boolean(
      this.#deps.stop.aborted ||
      this.#trouble ||
      this.#fault ||
      this.#records.fault ||
      this.#calling.lost,
    )
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
      const { claimed, more } = await claim(this.#deps, this.#worker, limit, this.#calling)
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
      this.#calling.next(ids),
      next.priority >= noticesBelow
        ? firstNoticeWaiting(pool, channel.name, clock.now())
        : undefined,
    ])
    this.#look = { may, holds, aside: this.#aside.look(notice, performance.now()) }
  }

  async #send(message: Mine): Promise<void> {
    this.#calls++
    this.#calling.callBegins(message.id)
    try {
      const sent = await this.#deps.channel.send({
        reference: message.id,
        recipient: message.recipient!,
        content: message.content,
      })
      this.#answered(message, sent)
    } catch (error) {
      this.#fault ??= { error } // it stays as being sent, and is in doubt
    }
    this.#calls--
    this.#onEnd()
  }

  #answered(message: Claimed, sent: Sent): void {
    if (sent.kind === 'later') {
      this.#putOff.push({ message, sent })
      if (this.#putOff.length >= putOffAtMost) this.#trouble ??= { code: sent.code }
      return
    }
    if (sent.kind === 'retry' || sent.kind === 'unsure') this.#trouble ??= sent
    else this.#recordPutOff()
    if (sent.kind === 'accepted') {
      this.#hasTaken = true
      this.#takenAt = this.#deps.clock.now()
    }
    this.#tried(message, sent)
  }

  /** Those that were put off: for reasons of their own if others were taken, else for the provider's. */
  #recordPutOff(): void {
    for (const { message, sent } of this.#putOff)
      this.#tried(message, this.#trouble ? { kind: 'retry', code: sent.code } : sent)
    this.#putOff = []
  }

  #tried(message: Claimed, sent: Sent): void {
    // That others are taken meanwhile tells that the reason is the message's own.
    const { refusedSince } = message
    const own = refusedSince && this.#takenAt && this.#takenAt > refusedSince ? refusedSince : null
    this.#records.tried(verdict({ ...message, refusedSince: own, sent }, this.#deps.clock.now()))
  }

  #aCallEnds(): Promise<void> {
    return new Promise((resolve) => (this.#onEnd = resolve))
  }
}
