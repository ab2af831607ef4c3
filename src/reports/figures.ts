import type pg from 'pg'
import { row, transaction } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { goalsInForce } from '../goals/store.ts'
import { dayOf } from '../people/dates.ts'
import {
  bookingsByDay,
  clinicUse,
  failedSearches,
  type BookingLine,
  type ClinicLine,
  type SearchLine,
} from './booking-figures.ts'
import {
  batchLines,
  campaignFacts,
  funnels,
  messageCounts,
  shares,
  waveLines,
} from './campaign-figures.ts'
import type {
  BatchLine,
  CampaignFacts,
  FunnelLine,
  MessageLine,
  ShareLine,
  WaveLine,
} from './campaign-figures.ts'
import { goalCoverage, type GoalCoverage } from './goals/coverage.ts'

export interface CampaignFigures extends CampaignFacts {
  funnel: FunnelLine[]
  shares: ShareLine[]
  messages: MessageLine[]
  waves: WaveLine[]
  bookings: BookingLine[]
  searches: SearchLine[]
  batches: BatchLine[]
}

export interface Figures {
  campaigns: CampaignFigures[]
  clinics: ClinicLine[]
  /** without small numbers */
  goals: GoalCoverage[]
}

/**
 * All figures of the report, read from one snapshot: they add up also while messages leave.
 * @throws Refused `funnel-does-not-add-up`
 */
export async function readFigures(pool: pg.Pool, now: Date): Promise<Figures> {
  return transaction(pool, async (tx) => {
    await row(tx, 'set transaction isolation level repeatable read, read only')
    const campaigns = await campaignFacts(tx)
    const funnel = await funnels(tx)
    const share = await shares(tx)
    const messages = await messageCounts(tx)
    const waves = await waveLines(tx)
    const bookings = await bookingsByDay(tx)
    const searches = await failedSearches(tx)
    const batches = await batchLines(tx)
    const of = <T extends { campaign: number }>(lines: T[], id: number) =>
      lines.filter((line) => line.campaign === id)
    const figures = campaigns.map((c) => ({
      ...c,
      funnel: of(funnel, c.id),
      shares: of(share, c.id),
      messages: of(messages, c.id),
      waves: of(waves, c.id),
      bookings: of(bookings, c.id),
      searches: of(searches, c.id),
      batches: of(batches, c.id),
    }))
    for (const campaign of figures) checkFunnel(campaign)
    const goals: GoalCoverage[] = []
    for (const goal of await goalsInForce(tx)) goals.push(await goalCoverage(tx, goal, dayOf(now)))
    return { campaigns: figures, clinics: await clinicUse(tx), goals }
  })
}

/**
 * Promise 4, looked at once more before it is shown: every member of the cohort is in one state.
 * @throws Refused `funnel-does-not-add-up`
 */
export function checkFunnel(campaign: {
  name: string
  cohortSize: number | null
  funnel: { number: number }[]
}): void {
  const inStates = sum(campaign.funnel)
  if (inStates === (campaign.cohortSize ?? 0)) return
  throw new Refused(
    'funnel-does-not-add-up',
    `The funnel of ${campaign.name} has ${inStates} people, its cohort ${campaign.cohortSize ?? 0}: no ` +
      "report is made of figures that don't add up. Compare the table invitation with campaign.cohort_size.",
  )
}

export const sum = (lines: { number: number }[]): number =>
  lines.reduce((total, line) => total + line.number, 0)

/** One line for each different key, in the order of their first appearance, with the numbers added. */
export function countBy<T extends { number: number }>(
  lines: T[],
  key: (line: T) => string,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(key(line), (counts.get(key(line)) ?? 0) + line.number)
  return counts
}
