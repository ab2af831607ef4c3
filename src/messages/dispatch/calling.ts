import type pg from 'pg'
import type { Channel } from '../../channels/channel.ts'
import { row, run, type Db } from '../../db/pool.ts'
import { freeFromSilent } from '../../ledger/messages-sending.ts'
import { mayLeave } from '../claim.ts'

/** Milliseconds between two signs of life. */
const beat = 2000
/** Seconds of silence after which a worker is taken for dead. One that was only slow finds its row gone, and stops. */
const silentAfter = 10
const beats = 'update calling set at = clock_timestamp() where worker = $1'

/**
 * What a worker is calling about, as the others read it (table `calling`). It is written before the calls of a tick, so
 * a kill leaves in doubt what was under way and no more.
 */
export class Calling {
  readonly #pool: pg.Pool
  readonly #channel: Channel['name']
  readonly #worker: string
  readonly #underWay = new Set<string>()
  #beats: NodeJS.Timeout | undefined
  /** it was taken for dead, and others have its messages: it must stop */
  lost = false

  constructor(pool: pg.Pool, channel: Channel['name'], worker: string) {
    this.#pool = pool
    this.#channel = channel
    this.#worker = worker
  }

  /**
   * Says that the worker has messages, in the transaction that claims them: until it ends nobody takes the worker for
   * dead.
   * @returns false: it was taken for dead already, and nobody would free what it claims now
   */
  async begin(tx: Db): Promise<boolean> {
    if (this.#beats) {
      this.lost = (await run(tx, beats, [this.#worker])) === 0
      return !this.lost
    }
    await run(tx, 'insert into calling (worker, channel) values ($1, $2)', [
      this.#worker,
      this.#channel,
    ])
    this.#beats = setInterval(() => void this.#live(), beat)
    this.#beats.unref()
    return true
  }

  /**
   * Those of the next messages that may leave now; from here on they count as being called.
   * @returns none when the worker was taken for dead: others have its messages
   */
  async next(ids: readonly string[]): Promise<Set<string>> {
    const { may, alive } = (await row<{ may: string[]; alive: boolean }>(
      this.#pool,
      `with may as materialized (
         select m.id
           from message m
           join campaign c on c.id = m.campaign_id and ${mayLeave}
          where m.id = any($1::uuid[])
       ), told as (
         update calling
            set ids = $3::uuid[] || array(select id from may), at = clock_timestamp()
          where worker = $2
         returning worker)
       select array(select id from may) as may, exists (select from told) as alive`,
      [ids, this.#worker, [...this.#underWay]],
    ))!
    if (!alive) this.lost = true
    return new Set(alive ? may : [])
  }

  callBegins(id: string): void {
    this.#underWay.add(id)
  }

  /** What became of the calls is recorded. */
  recorded(ids: readonly string[]): void {
    for (const id of ids) this.#underWay.delete(id)
  }

  /** Nothing is left to say. */
  async end(): Promise<void> {
    this.breakOff()
    if (this.#beats) await run(this.#pool, 'delete from calling where worker = $1', [this.#worker])
  }

  /** After a fault: others settle what is left when the silence has lasted. */
  breakOff(): void {
    clearInterval(this.#beats)
  }

  async #live(): Promise<void> {
    // A database that doesn't answer is noticed by whoever has something to write.
    await run(this.#pool, beats, [this.#worker]).catch(() => {})
  }
}

/**
 * Takes workers that have been silent for dead: what they were calling about is in doubt, what they only held is queued.
 * @returns how many messages were freed
 */
export const takeFromSilent = (db: Db, channel: Channel['name']): Promise<number> =>
  freeFromSilent(db, channel, silentAfter)
