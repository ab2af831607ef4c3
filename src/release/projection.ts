import { DateTime } from 'luxon'
import type { Campaign } from '../campaigns/store.ts'
import { zone, type Clock } from '../clock.ts'
import type { Db } from '../db/pool.ts'
import { eveningOf } from './model/advise.ts'
import { answerTo } from './model/day-line.ts'
import { linesOf } from './line-store.ts'
import { policies } from './model/policy.ts'
import { todaysLine } from './wave.ts'
import { project, type Cut, type Projection } from './model/whatif.ts'

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
  return project(
    { ...eveningOf(state, line.phone?.capacity ?? Infinity), paused: null },
    policies[state.policy],
    cut,
  )
}
