import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Channel } from '../../channels/channel.ts'
import { row, run } from '../../db/pool.ts'
import { lateAtMost, Turns, usedShare } from './turns.ts'

/** Milliseconds ahead that sends are reserved at most: so soon does a limit hold that is set anew. */
const ahead = 1000
/** Milliseconds of sends that a worker reserves at once. */
const atOnce = 100

interface Reserved {
  /** the database's time, milliseconds */
  now: number
  /** of the first send */
  first: number
  /** how many; 0 or less: all of the near future is taken */
  n: number
}

/**
 * The next sends at a provider, one after another at even distances, on one row by the database's time: so the rate
 * holds in every second, for all processes together and across restarts.
 * @param n how many
 * @param step milliseconds between two
 * @param lead milliseconds until the first at least
 */
async function reserve(
  pool: pg.Pool,
  provider: string,
  n: number,
  step: number,
  lead: number,
): Promise<Reserved> {
  const reserved = await row<Reserved>(
    pool,
    `with held as materialized (
       select last_at
         from provider_rate
        where provider = $1
          for update
     ), line as materialized (
       select at.now,
              greatest(
                at.now + $4 * interval '1 ms',
                case -- further ahead than anybody reserves: the server's clock was set back
                  when held.last_at < at.now + interval '${2 * ahead} ms'
                  then held.last_at + $3 * interval '1 ms'
                end) as first
         from held
        cross join lateral (select clock_timestamp() as now) at
     ), granted as materialized (
       select now, first,
              least($2, 1 + floor((${ahead} - extract(epoch from first - now)::float8 * 1000) / $3))::int as n
         from line
     ), moved as (
       update provider_rate r
          set last_at = g.first + (g.n - 1) * $3 * interval '1 ms'
         from granted g
        where r.provider = $1
          and g.n > 0
     )
     select (extract(epoch from now) * 1000)::float8 as now,
            (extract(epoch from first) * 1000)::float8 as first,
            n
       from granted`,
    [provider, n, step, lead],
  )
  if (reserved) return reserved
  await run(
    pool,
    `insert into provider_rate (provider, last_at) values ($1, '-infinity') on conflict do nothing`,
    [provider],
  )
  return reserve(pool, provider, n, step, lead)
}

/** The provider has taken a message: noted once a minute, so that nobody waits for it. */
export const noteTaken = (pool: pg.Pool, provider: string, now: Date): Promise<number> =>
  run(
    pool,
    `update provider_rate
        set taken_at = $2
      where provider = $1
        and (taken_at is null or taken_at < $2::timestamptz - interval '1 minute')`,
    [provider, now],
  )

const paces = new WeakMap<Channel, Pace>()

/**
 * The pace of a channel, shared by its lanes in this process: a turn that one has no use for is another's. With one each,
 * a campaign beside single confirmations got out 58 % of what the limit allows.
 */
export function paceOf(pool: pg.Pool, channel: Channel): Pace {
  const pace = paces.get(channel) ?? new Pace(pool, channel.name, channel.perSecond)
  paces.set(channel, pace)
  return pace
}

/** Says when a worker may send at a provider. */
export class Pace {
  readonly #pool: pg.Pool
  readonly #provider: string
  readonly #step: number
  readonly #most: number
  readonly #turns: Turns
  #asking: Promise<number> | undefined
  /** how long the last reservation took: the first time of the next is so much later, or it would be over at once */
  #lead = 0
  /** the database's time less ours, as the quickest answer of the last minute told it */
  #shift = { by: 0, took: Infinity, at: 0 }

  /** @param perSecond sends a second at most, of all processes together */
  constructor(pool: pg.Pool, provider: string, perSecond: number) {
    this.#pool = pool
    this.#provider = provider
    this.#step = 1000 / (perSecond * usedShare)
    this.#turns = new Turns(this.#step)
    this.#most = (perSecond * atOnce) / 1000
  }

  /** Waits until a call may leave, which must be now. @returns its time, or undefined when told to stop */
  async turn(stop: AbortSignal): Promise<number | undefined> {
    while (!stop.aborted) {
      const taken = this.#turns.take(performance.now())
      if (taken !== undefined) {
        if (this.#turns.low) this.#more().catch(() => {}) // the next turn asks again, and hears of it
        return taken
      }
      const at = this.#turns.next(performance.now()) ?? (await this.#more())
      const wait = at - performance.now()
      if (wait > 0) await sleep(Math.min(wait, ahead), undefined, { signal: stop }).catch(() => {})
    }
    return undefined
  }

  /** Whether a turn is still good for a call that leaves now. */
  isGood(turn: number): boolean {
    return performance.now() - turn <= lateAtMost(this.#step)
  }

  /** @returns when it is worth while to look again */
  #more(): Promise<number> {
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)))
  }

  async #ask(): Promise<number> {
    const wanted = this.#turns.wanted(this.#most)
    const asked = performance.now()
    const reserved = await reserve(this.#pool, this.#provider, wanted, this.#step, this.#lead)
    const answered = performance.now()
    this.#lead = answered - asked
    if (this.#lead < this.#shift.took || answered - this.#shift.at > 60_000)
      this.#shift = { by: reserved.now - (asked + answered) / 2, took: this.#lead, at: answered }
    const first = reserved.first - this.#shift.by
    if (reserved.n <= 0) return first - ahead + 1
    this.#turns.add(first, reserved.n)
    return first
  }
}
