import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { DateTime } from 'luxon'
import type { Campaign } from '../campaigns/store.ts'
import { zone, type Clock } from '../clock.ts'
import type { Db } from '../db/pool.ts'
import { eveningOf } from './model/advise.ts'
import { answerTo } from './model/day-line.ts'
import { linesOf } from './line-store.ts'
import { policies } from './model/policy.ts'
import type { Projected } from './model/whatif-thread.ts'
import { todaysLine } from './wave.ts'
import type { Cut, Projection } from './model/whatif.ts'

/**
 * How a campaign will go from here, by what its people, clinics and phones have shown so far: coming waves, calls, the
 * last day, who finds no time, each with a band. Nothing is written.
 * @param cut places that are taken away, or null
 */
export async function projectCampaign(
  db: Db,
  clock: Clock,
  campaign: Campaign,
  phoneCapacity: number | undefined,
  cut: Cut | null,
): Promise<Projection> {
  const kept = await linesOf(db, campaign.id)
  const day = DateTime.fromJSDate(clock.now(), { zone }).toISODate()!
  const last = kept.at(-1)
  // A day that has been calculated already is told again as it is now: what was imported since counts.
  const before = last?.day === day ? kept.slice(0, -1) : kept
  const line = await todaysLine(db, campaign, day, clock.now(), before.at(-1), phoneCapacity)
  const { state } = answerTo(before, line)
  return projected({
    state: { ...eveningOf(state, line.phone?.capacity ?? Infinity), paused: null },
    policy: policies[state.policy],
    cut,
  })
}

let before: Promise<unknown> = Promise.resolve()

/** Plays in a thread of its own, one play at a time: it takes seconds, in which nobody else would get a page. */
function projected(given: Projected): Promise<Projection> {
  const played = before.then(async () => {
    const thread = new Worker(new URL('model/whatif-thread.ts', import.meta.url), {
      workerData: given,
    })
    const [projection] = (await once(thread, 'message')) as [Projection]
    return projection
  })
  before = played.catch(() => undefined)
  return played
}
