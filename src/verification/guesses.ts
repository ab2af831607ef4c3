import { createHash } from 'node:crypto'
import type pg from 'pg'
import { prepared, rows, run, type Db } from '../db/pool.ts'
import { dayOf } from '../people/dates.ts'

/**
 * Where something is asked for: a booking code with a birth date, a check code, the form for fraud reports.
 * What happens at one closes no other.
 */
export type Door = 'booking' | 'check' | 'fraud-report'

/**
 * How many wrong answers are allowed in a window of so many minutes. A code has 2^40 values and at the booking
 * page the birth date must fit, so the limits are about being left alone, not about being found out: one
 * address may be a library's or a phone company's.
 */
export const guessLimits = {
  from: { number: 20, minutes: 15 },
  code: { number: 10, minutes: 24 * 60 },
  all: { number: 3000, minutes: 60 },
} as const

/** Fraud reports are never right: all are counted. */
export const reportLimits = {
  from: { number: 5, minutes: 60 },
  all: { number: 300, minutes: 60 },
} as const

interface Bucket {
  bucket: string
  number: number
  minutes: number
}

/**
 * Counts wrong answers at a door, and turns people away when there were too many. A right answer writes nothing that
 * another visitor waits for: at fifty visitors a second, a shared counter was what most of them waited for.
 *
 * A burst does not slip past a limit: as many are looked up at once as may still be wrong, the others wait for them in
 * this process. Several processes together may look up as many more as they have at work just then.
 */
export class DoorGuard {
  readonly #pool: pg.Pool
  readonly #door: Door
  /** by bucket: how many are being looked up, and who waits until one of them is done */
  readonly #atWork = new Map<string, { number: number; waiting: (() => void)[] }>()

  constructor(pool: pg.Pool, door: Door) {
    this.#pool = pool
    this.#door = door
  }

  /**
   * Looks something up by a code.
   * @param address the network address it came from; the code as it was typed, known or not
   * @param find undefined: the answer was wrong, and counts
   * @returns what was found; 'too-many': nothing was looked up
   */
  tryCode<T>(
    now: Date,
    { address, code }: { address: string; code: string },
    find: () => Promise<T | undefined>,
  ): Promise<T | 'too-many' | undefined> {
    return this.#within(
      now,
      [
        { bucket: `${this.#door} all`, ...guessLimits.all },
        {
          bucket: `${this.#door} code ${createHash('sha256').update(code).digest('hex').slice(0, 32)}`,
          ...guessLimits.code,
        },
        { bucket: `${this.#door} from ${networkOf(address)}`, ...guessLimits.from },
      ],
      find,
    )
  }

  /** Counts a fraud report. @returns whether it may be kept */
  async mayReport(now: Date, address: string): Promise<boolean> {
    const buckets = [
      { bucket: `${this.#door} all`, ...reportLimits.all },
      { bucket: `${this.#door} from ${networkOf(address)}`, ...reportLimits.from },
    ]
    return (await this.#within(now, buckets, () => Promise.resolve(undefined))) !== 'too-many'
  }

  /** @param buckets in the order of their names: wrong answers at the same time wait for each other */
  async #within<T>(
    now: Date,
    buckets: readonly Bucket[],
    find: () => Promise<T | undefined>,
  ): Promise<T | 'too-many' | undefined> {
    const day = dayOf(now)
    if (!(await this.#enter(now, buckets))) {
      await noteAttempt(this.#pool, day, this.#door, 'turned-away')
      return 'too-many'
    }
    try {
      const found = await find()
      if (found === undefined) await countWrong(this.#pool, now, buckets)
      await noteAttempt(this.#pool, day, this.#door, found === undefined ? 'wrong' : 'known')
      return found
    } finally {
      this.#leave(buckets, 1)
    }
  }

  /** Waits until so few are at work that all of them may be wrong. @returns false: too many were wrong */
  async #enter(now: Date, buckets: readonly Bucket[]): Promise<boolean> {
    for (;;) {
      // Whoever is at work now is either still so, or counted by the time we read: nobody is missed.
      const before = buckets.map(({ bucket }) => this.#atWork.get(bucket)?.number ?? 0)
      this.#come(buckets)
      const wrong = await wrongAnswers(this.#pool, now, buckets).catch((error: unknown) => {
        this.#leave(buckets, 0)
        throw error
      })
      const room = buckets.map((bucket, i) => bucket.number - wrong[i]! - before[i]!)
      if (room.every((places) => places > 0)) return true
      this.#leave(buckets, 0)
      if (buckets.some((bucket, i) => wrong[i]! >= bucket.number)) return false
      const full = this.#atWork.get(buckets[room.findIndex((places) => places <= 0)]!.bucket)
      if (full) await new Promise<void>((woken) => full.waiting.push(woken))
    }
  }

  #come(buckets: readonly Bucket[]): void {
    for (const { bucket } of buckets) {
      const at = this.#atWork.get(bucket)
      if (at) at.number++
      else this.#atWork.set(bucket, { number: 1, waiting: [] })
    }
  }

  /** @param places that have become free: so many who wait look again; all of them when nobody is left at work */
  #leave(buckets: readonly Bucket[], places: 0 | 1): void {
    for (const { bucket } of buckets) {
      const at = this.#atWork.get(bucket)!
      if (--at.number === 0) this.#atWork.delete(bucket)
      for (const woken of at.waiting.splice(0, at.number === 0 ? Infinity : places)) woken()
    }
  }
}

/** How many wrong answers each bucket holds now. */
async function wrongAnswers(db: Db, now: Date, buckets: readonly Bucket[]): Promise<number[]> {
  const found = await prepared<{ bucket: string; number: number }>(
    db,
    `select bucket, number
       from guess
      where bucket = any($1)
        and ends_at > $2`,
    [buckets.map((b) => b.bucket), now],
  )
  return buckets.map(({ bucket }) => found.find((f) => f.bucket === bucket)?.number ?? 0)
}

const countWrong = (db: Db, now: Date, buckets: readonly Bucket[]): Promise<number> =>
  run(
    db,
    `insert into guess as g (bucket, ends_at, number)
     select b.bucket, $3::timestamptz + make_interval(mins => b.minutes), 1
       from unnest($1::text[], $2::int[]) as b(bucket, minutes)
     on conflict (bucket) do update
       set number = case when g.ends_at <= $3 then 1 else g.number + 1 end,
           ends_at = case when g.ends_at <= $3 then excluded.ends_at else g.ends_at end`,
    [buckets.map((b) => b.bucket), buckets.map((b) => b.minutes), now],
  )

const noteAttempt = (
  db: Db,
  day: string,
  door: Door,
  outcome: 'known' | 'wrong' | 'turned-away',
): Promise<unknown> =>
  prepared(db, 'insert into attempt (day, door, outcome) values ($1, $2, $3)', [day, door, outcome])

/** Attempts by day and door, from the rows of `attempt`. */
const addedUp = (from: string): string => `
  select day, door,
         count(*) filter (where outcome <> 'turned-away') as asked,
         count(*) filter (where outcome = 'known') as known,
         count(*) filter (where outcome = 'turned-away') as turned_away
    from ${from}
   group by day, door`

/** One line a day and door. */
export interface AttemptDay {
  day: string
  door: Door
  asked: number
  known: number
  turnedAway: number
}

/** @param since the first day, YYYY-MM-DD */
export const attemptDays = (pool: pg.Pool, since: string): Promise<AttemptDay[]> =>
  rows<AttemptDay>(
    pool,
    `select day, door,
            sum(asked)::int as asked, sum(known)::int as known, sum(turned_away)::int as "turnedAway"
       from (select day, door, asked, known, turned_away from attempt_day
             union all
             ${addedUp('attempt')}) d
      where day >= $1
      group by day, door
      order by day desc, door`,
    [since],
  )

/** Adds up what was tried, and forgets windows that are past. */
export async function settleGuesses(pool: pg.Pool, now: Date): Promise<void> {
  await run(
    pool,
    `with gone as (
       delete from attempt
       returning day, door, outcome)
     insert into attempt_day as d (day, door, asked, known, turned_away)
     ${addedUp('gone')}
     on conflict (day, door) do update
       set asked = d.asked + excluded.asked,
           known = d.known + excluded.known,
           turned_away = d.turned_away + excluded.turned_away`,
  )
  await run(pool, 'delete from guess where ends_at <= $1', [now])
}

/** An IPv4 address, or the /64 network of an IPv6 one: whoever has one address there has all of them. */
function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (v4) return v4[1]!
  const [head = '', tail] = address.split('::')
  const parts = head.split(':').filter(Boolean)
  if (tail !== undefined)
    while (parts.length + tail.split(':').filter(Boolean).length < 8) parts.push('0')
  return `${parts.slice(0, 4).join(':')}::/64`
}
