import { createHash } from 'node:crypto'
import type pg from 'pg'
import { rows, run, transaction, type Db } from '../db/pool.ts'
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

/** Fraud reports are never wrong: all are counted. */
export const reportLimits = {
  from: { number: 5, minutes: 60 },
  all: { number: 300, minutes: 60 },
} as const

export interface Attempt {
  /** false: too many wrong answers; nothing was looked up */
  allowed: boolean
  /** The answer was right: it does not count. */
  right(): Promise<void>
}

interface Bucket {
  bucket: string
  number: number
  minutes: number
}

/**
 * Counts an attempt as wrong before it is looked at, and takes it back when it was right: so a burst can't slip
 * past the limit. In the database: it holds across processes and restarts.
 * @param address the network address it came from; the code as it was typed, known or not
 */
export const countAttempt = (
  pool: pg.Pool,
  now: Date,
  door: 'booking' | 'check',
  address: string,
  code: string,
): Promise<Attempt> =>
  count(pool, now, door, [
    { bucket: `${door} all`, ...guessLimits.all },
    {
      bucket: `${door} code ${createHash('sha256').update(code).digest('hex').slice(0, 32)}`,
      ...guessLimits.code,
    },
    { bucket: `${door} from ${networkOf(address)}`, ...guessLimits.from },
  ])

/** Counts a fraud report. @returns whether it may be kept */
export const countReport = async (pool: pg.Pool, now: Date, address: string): Promise<boolean> =>
  (
    await count(pool, now, 'fraud-report', [
      { bucket: 'fraud-report all', ...reportLimits.all },
      { bucket: `fraud-report from ${networkOf(address)}`, ...reportLimits.from },
    ])
  ).allowed

/** @param buckets in the order of their names: attempts at the same time wait for each other */
async function count(
  pool: pg.Pool,
  now: Date,
  door: Door,
  buckets: readonly Bucket[],
): Promise<Attempt> {
  const names = buckets.map((b) => b.bucket)
  const day = dayOf(now)
  // Whoever is over the limit already costs one look and one number: a flood of guesses must not keep the
  // others waiting.
  if (await overLimit(pool, now, buckets)) {
    await noteAttempt(pool, day, door, false)
    return { allowed: false, right: () => Promise.resolve() }
  }
  const allowed = await transaction(pool, async (tx) => {
    const counted = await rows<{ bucket: string; number: number }>(
      tx,
      `insert into guess as g (bucket, ends_at, number)
       select b.bucket, $3::timestamptz + make_interval(mins => b.minutes), 1
         from unnest($1::text[], $2::int[]) as b(bucket, minutes)
       on conflict (bucket) do update
         set number = case when g.ends_at <= $3 then 1 else g.number + 1 end,
             ends_at = case when g.ends_at <= $3 then excluded.ends_at else g.ends_at end
       returning bucket, number`,
      [names, buckets.map((b) => b.minutes), now],
    )
    const within = buckets.every(
      (b) => counted.find((c) => c.bucket === b.bucket)!.number <= b.number,
    )
    // What is turned away is not a guess: it fills no other bucket.
    if (!within)
      await run(tx, 'update guess set number = number - 1 where bucket = any($1)', [names])
    await noteAttempt(tx, day, door, within)
    return within
  })
  return {
    allowed,
    right: () =>
      transaction(pool, async (tx) => {
        await run(
          tx,
          `update guess
              set number = greatest(0, number - 1)
            where bucket in (select bucket from guess where bucket = any($1) order by bucket for update)`,
          [names],
        )
        await run(tx, 'update attempt_day set known = known + 1 where day = $1 and door = $2', [
          day,
          door,
        ])
      }),
  }
}

const overLimit = async (db: Db, now: Date, buckets: readonly Bucket[]): Promise<boolean> =>
  (
    await rows(
      db,
      `select from unnest($1::text[], $2::int[]) as b(bucket, most)
         join guess g using (bucket)
        where g.ends_at > $3 and g.number >= b.most
        limit 1`,
      [buckets.map((b) => b.bucket), buckets.map((b) => b.number), now],
    )
  ).length > 0

const noteAttempt = (db: Db, day: string, door: Door, asked: boolean): Promise<number> =>
  run(
    db,
    `insert into attempt_day as d (day, door, asked, turned_away)
     values ($1, $2, $3::int, 1 - $3::int)
     on conflict (day, door) do update
       set asked = d.asked + excluded.asked,
           turned_away = d.turned_away + excluded.turned_away`,
    [day, door, asked ? 1 : 0],
  )

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
    `select day, door, asked, known, turned_away as "turnedAway"
       from attempt_day
      where day >= $1
      order by day desc, door`,
    [since],
  )

/** Forgets windows that are past. */
export const forgetGuesses = (pool: pg.Pool, now: Date): Promise<number> =>
  run(pool, 'delete from guess where ends_at <= $1', [now])

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
