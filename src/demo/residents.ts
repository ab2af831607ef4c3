import { createHash } from 'node:crypto'
import type pg from 'pg'
import { bookByCode } from '../bookings/book.ts'
import { recordFailedSearch } from '../bookings/cancel.ts'
import { freeTimes, type FreeTime } from '../bookings/find.ts'
import type { Clock } from '../clock.ts'
import { rows } from '../db/pool.ts'
import { Refused } from '../errors.ts'

interface Invited {
  code: string
  area: string
  route: string
  releasedAt: Date
}

/** What the residents did in a day. */
export interface Answers {
  booked: number
  foundNone: number
}

/**
 * Plays the residents who answer on this day: each has made up their mind by their code, so that the same play, broken
 * off and
 * begun again, goes the same way. 88 in 100 answer; most within two days of getting the letter, which takes one to
 * three.
 */
export async function playResidents(
  pool: pg.Pool,
  clock: Clock,
  areasShown = 400,
): Promise<Answers> {
  const now = clock.now()
  const invited = await rows<Invited>(
    pool,
    `select i.code, i.area, i.route, i.released_at as "releasedAt"
       from invitation i
       join campaign c on c.id = i.campaign_id
      where c.way = 'open'
        and i.state = 'released'
        and not exists (select from failed_search f where f.invitation_id = i.id)
      order by i.id`,
  )
  const today = invited.filter(
    (i) => answersAfter(i) <= (now.getTime() - i.releasedAt.getTime()) / 86_400_000,
  )
  const shown = new Map<string, FreeTime[]>()
  for (const area of new Set(today.map((i) => i.area)))
    shown.set(area, await freeTimes(pool, { area, from: now, limit: areasShown }))
  const answers: Answers = { booked: 0, foundNone: 0 }
  const queue = today.values()
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const person of queue)
        answers[
          (await book(pool, clock, person, shown.get(person.area)!)) ? 'booked' : 'foundNone'
        ]++
    }),
  )
  return answers
}

/** Days from release to answer; infinity for those who never do. */
function answersAfter({ code, route }: Invited): number {
  const [will, post, wait] = draws(code)
  if (will > 0.88) return Infinity
  const arrives = route === 'brev' ? 1 + Math.floor(post * 3) : 0
  return arrives + Math.floor(-Math.log(1 - wait) * 1.6) // 60 in 100 within the second day
}

function draws(code: string): [number, number, number] {
  const bytes = createHash('sha256').update(code).digest()
  return [0, 4, 8].map((at) => bytes.readUInt32BE(at) / 2 ** 32) as [number, number, number]
}

/** Takes one of the first times that suit; one that somebody else was quicker to is passed over. */
async function book(
  pool: pg.Pool,
  clock: Clock,
  { code }: Invited,
  times: FreeTime[],
): Promise<boolean> {
  const start = Math.floor(draws(code)[2] * Math.min(40, times.length))
  for (const time of [...times.slice(start), ...times.slice(0, start)]) {
    if (time.free <= 0) continue
    time.free-- // before asking: the others look at the same list
    try {
      await bookByCode(pool, clock, code, time.slotId, 'person')
      return true
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.code === 'already-booked') return true
      if (error.code === 'slot-full' || error.code === 'no-doses') time.free = 0
      else if (error.code === 'slot-central') time.free++
      else throw error
    }
  }
  await recordFailedSearch(pool, clock, code)
  return false
}
