import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { prepared, rows, run, type Db } from '../db/pool.ts'
import { dayOf } from '../people/dates.ts'
import { networksOf } from './network.ts'

/**
 * Where something is asked for: a booking code with a birth date, a check code, the form for fraud reports.
 * What happens at one closes no other.
 */
export type Door = 'booking' | 'check' | 'fraud-report'

/**
 * What wrong answers lead to. Who is right is never turned away because of others' wrong ones: an address may be a
 * library's, a phone company's or a proxy's.
 */
export const guessLimits = {
  /** From one network (networksOf, narrowest first) in a quarter of an hour: beyond it wrong answers come slowly. */
  from: { numbers: [20, 40, 80], minutes: 15 },
  /** For one booking code from one network: then the phone. A code in the wrong hands is tried with birth dates. */
  codeFrom: { number: 10, minutes: 60 },
  /** For one booking code from anywhere: then the phone. */
  code: { number: 100, minutes: 24 * 60 },
  /** At a door from anywhere: an alarm. */
  all: { number: 3000, minutes: 60 },
} as const

/** An API key that asks for people who are not there. */
const byKey = { number: 30, minutes: 60 }

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

/** Milliseconds that a wrong answer waits, by how many more the network has given than it may. */
const waitAfter = (over: number): number => (over <= 0 ? 0 : Math.min(8000, 250 * 2 ** (over / 4)))
/** So many of a network's wrong answers wait at once; more are answered now, for each holds a connection. */
const waitingAtMost = 1000

/**
 * Turns away when too many answers were wrong. A burst does not slip past: as many are looked up at once as may still be
 * wrong, the others wait for them in this process. Several processes together may look up as many more as they have at
 * work just then.
 */
class Limits {
  readonly #pool: pg.Pool
  /** by bucket: how many are being looked up, and who waits until one of them is done */
  readonly #atWork = new Map<string, { number: number; waiting: (() => void)[] }>()

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /**
   * @param shutting turn away when they are full; `counted` only count
   * @returns the answer, and how many wrong ones each bucket holds if it was one
   */
  async ask<T>(
    now: Date,
    shutting: readonly Bucket[],
    counted: readonly Bucket[],
    look: () => Promise<{ answer: T; wrong: boolean }>,
  ): Promise<{ answer: T; wrong: ReadonlyMap<string, number> } | 'too-many'> {
    if (!(await this.#enter(now, shutting))) return 'too-many'
    try {
      const { answer, wrong } = await look()
      const sums = wrong
        ? await countWrong(this.#pool, now, [...shutting, ...counted])
        : new Map<string, number>()
      return { answer, wrong: sums }
    } finally {
      this.#leave(shutting, 1)
    }
  }

  /** Waits until so few are at work that all of them may be wrong. @returns false: too many were wrong */
  async #enter(now: Date, buckets: readonly Bucket[]): Promise<boolean> {
    while (buckets.length > 0) {
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
    return true
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

/**
 * Counts wrong answers at a door. A right answer writes nothing that another visitor waits for: at fifty visitors a
 * second, a shared counter was what most of them waited for.
 */
export class DoorGuard {
  readonly #pool: pg.Pool
  readonly #door: Door
  readonly #limits: Limits
  readonly #wait: (ms: number) => Promise<unknown>
  /** by network: how many wrong answers wait */
  readonly #slow = new Map<string, number>()

  constructor(pool: pg.Pool, door: Door, wait: (ms: number) => Promise<unknown> = sleep) {
    this.#pool = pool
    this.#door = door
    this.#limits = new Limits(pool)
    this.#wait = wait
  }

  /**
   * Looks something up by a code.
   * @param address the network address it came from; the code as it was typed, known or not
   * @param find undefined: the answer was wrong, and counts
   * @param rest called before a wrong answer is kept waiting: who waits here needs no place among those at work
   * @returns what was found; 'too-many': the booking code was tried so often that nothing was looked up
   */
  async tryCode<T>(
    now: Date,
    { address, code }: { address: string; code: string },
    find: () => Promise<T | undefined>,
    rest: () => void = () => {},
  ): Promise<T | 'too-many' | undefined> {
    const networks = networksOf(address)
    // A check code has no second secret: an unknown one in a fraudster's letter is asked about by many.
    const shutting = this.#door === 'booking' ? this.#ofCode(code, networks.at(-1)!) : []
    const slowing = networks.map((network, n) => ({
      bucket: `${this.#door} from ${network}`,
      number: guessLimits.from.numbers[n]!,
      minutes: guessLimits.from.minutes,
    }))
    const all = { bucket: `${this.#door} all`, ...guessLimits.all }
    const answer = await this.#count(now, shutting, [...slowing, all], find)
    if (answer === 'too-many') return 'too-many'
    if (answer.found !== undefined) return answer.found
    const over = slowing.map(({ bucket, number }) => (answer.wrong.get(bucket) ?? 0) - number)
    rest()
    await this.#slowDown(networks[0]!, waitAfter(Math.max(...over)))
    return undefined
  }

  /** Counts a fraud report. @returns whether it may be kept */
  async mayReport(now: Date, address: string): Promise<boolean> {
    const buckets = [
      { bucket: `${this.#door} all`, ...reportLimits.all },
      { bucket: `${this.#door} from ${networksOf(address)[0]!}`, ...reportLimits.from },
    ]
    return (await this.#count(now, buckets, [], () => Promise.resolve(undefined))) !== 'too-many'
  }

  #ofCode(code: string, network: string): Bucket[] {
    const short = createHash('sha256').update(code).digest('hex').slice(0, 32)
    return [
      { bucket: `${this.#door} code ${short}`, ...guessLimits.code },
      { bucket: `${this.#door} code ${short} from ${network}`, ...guessLimits.codeFrom },
    ]
  }

  /** @param shutting turn away when they are full; `counted` only count */
  async #count<T>(
    now: Date,
    shutting: readonly Bucket[],
    counted: readonly Bucket[],
    find: () => Promise<T | undefined>,
  ): Promise<{ found: T | undefined; wrong: ReadonlyMap<string, number> } | 'too-many'> {
    const day = dayOf(now)
    const answer = await this.#limits.ask(now, shutting, counted, async () => {
      const found = await find()
      return { answer: found, wrong: found === undefined }
    })
    const known = answer !== 'too-many' && answer.answer !== undefined
    const outcome = answer === 'too-many' ? 'turned-away' : known ? 'known' : 'wrong'
    await noteAttempt(this.#pool, day, this.#door, outcome)
    return answer === 'too-many' ? answer : { found: answer.answer, wrong: answer.wrong }
  }

  async #slowDown(network: string, ms: number): Promise<void> {
    const waiting = this.#slow.get(network) ?? 0
    if (ms === 0 || waiting >= waitingAtMost) return
    this.#slow.set(network, waiting + 1)
    try {
      await this.#wait(ms)
    } finally {
      const left = this.#slow.get(network)! - 1
      if (left === 0) this.#slow.delete(network)
      else this.#slow.set(network, left)
    }
  }
}

/** API keys that ask for people who are not here: each may be wrong thirty times in an hour, whichever door it uses. */
export class KeyGuard {
  readonly #limits: Limits

  constructor(pool: pg.Pool) {
    this.#limits = new Limits(pool)
  }

  /** @param look what is asked for, and whether nobody was found @returns 'too-many': it was not looked for */
  async ask<T>(
    now: Date,
    keyId: number,
    look: () => Promise<{ answer: T; wrong: boolean }>,
  ): Promise<T | 'too-many'> {
    const asked = await this.#limits.ask(now, [{ bucket: `key ${keyId}`, ...byKey }], [], look)
    return asked === 'too-many' ? asked : asked.answer
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

/** Adds a wrong answer to each bucket, in one order: those at the same time wait for each other. @returns the sums */
async function countWrong(
  db: Db,
  now: Date,
  buckets: readonly Bucket[],
): Promise<ReadonlyMap<string, number>> {
  const sorted = buckets.toSorted((a, b) => (a.bucket < b.bucket ? -1 : 1))
  const sums = await rows<{ bucket: string; number: number }>(
    db,
    `insert into guess as g (bucket, ends_at, number)
     select b.bucket, $3::timestamptz + make_interval(mins => b.minutes), 1
       from unnest($1::text[], $2::int[]) as b(bucket, minutes)
     on conflict (bucket) do update
       set number = case when g.ends_at <= $3 then 1 else g.number + 1 end,
           ends_at = case when g.ends_at <= $3 then excluded.ends_at else g.ends_at end
     returning bucket, number`,
    [sorted.map((b) => b.bucket), sorted.map((b) => b.minutes), now],
  )
  return new Map(sums.map(({ bucket, number }) => [bucket, number]))
}

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

/**
 * Adds up what was tried, and forgets windows that are past.
 * @returns the doors at which there are so many wrong answers that somebody should know
 */
export async function settleGuesses(
  pool: pg.Pool,
  now: Date,
): Promise<{ door: string; wrong: number }[]> {
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
  return rows(
    pool,
    `select split_part(bucket, ' ', 1) as door, number as wrong
       from guess
      where bucket = any(array['booking all', 'check all'])
        and number >= $1`,
    [guessLimits.all.number],
  )
}
