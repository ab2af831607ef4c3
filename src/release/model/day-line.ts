import { advise, freshState, type AdviceState } from './advise.ts'
import type { AreaPlaces } from './doses.ts'
import type { KeptLine } from '../line-store.ts'
import type { Line, LineOut } from './protocol.ts'

/** What a day's line is made of. Dates are YYYY-MM-DD. */
export interface DayFacts {
  date: string
  policy: 'strict' | 'steady' | 'eager'
  resumed: boolean
  /** working days until letters are with their people; null: few get one */
  postDays: number | null
  phone: { capacity?: number; callsYesterday?: number }
  areas: { area: string; remaining: number; waiting: number; displaced: number; others: number }[]
  places: ReadonlyMap<string, AreaPlaces>
  /** by area and day: where somebody has said that supply continues as usual */
  said: ReadonlyMap<string, Record<string, number>>
  events: {
    area: string
    released: string
    on: string
    booked: number
    failedSearches: number
    declined: number
  }[]
  /** what really left since the last line: the controller advised it, but a pause or a crash may have come between */
  sent: { area: string; on: string; count: number }[]
}

/** The line of `release advise` for a day: a brake holds until a person resumes. Pure. */
export function dayLine({
  date,
  policy,
  resumed,
  postDays,
  phone,
  areas,
  places,
  said,
  events,
  sent,
}: DayFacts): Line {
  return {
    date,
    ...(postDays === null ? {} : { postDays }),
    phone,
    areas: areas.map(({ area, remaining, waiting, displaced, others }) => ({
      id: area,
      remaining,
      ...lessOthers(places.get(area), said.get(area), others),
      waiting,
      displaced,
    })),
    events,
    sent,
    settings: { policy, pauses: 'hold', ...(resumed ? { resume: true } : {}) },
  }
}

/**
 * Unanswered letters of other campaigns count on the first places, one each: on free ones, then on those planned, then on
 * those that are said.
 */
function lessOthers(
  { free, planned }: AreaPlaces = { free: {}, planned: {} },
  said: Record<string, number> = {},
  others: number,
): Pick<Line['areas'][number], 'free' | 'planned' | 'said'> {
  let owed = others
  const less = (places: number): number => {
    const taken = Math.min(places, owed)
    owed -= taken
    return places - taken
  }
  const inOrder = <T>(days: Record<string, T>, left: (places: T) => T): Record<string, T> =>
    Object.fromEntries(
      Object.entries(days)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([day, places]) => [day, left(places)]),
    )
  return {
    free: inOrder(free, less),
    planned: inOrder(planned, (plan) => ({ ...plan, expected: less(plan.expected) })),
    ...(Object.keys(said).length ? { said: inOrder(said, less) } : {}),
  }
}

/**
 * What the controller remembers after these days, and its answer to the next line: calculated from the lines
 * alone, so that any day's number can be calculated again (promise 10).
 */
export function answerTo(
  kept: readonly Pick<KeptLine, 'line'>[],
  line: Line,
): { state: AdviceState; answer: LineOut } {
  let state = freshState
  for (const { line: earlier } of kept) state = advise(state, JSON.stringify(earlier)).state
  const { state: next, out } = advise(state, JSON.stringify(line))
  if ('error' in out)
    throw new Error(`the controller could not read the day's line: ${out.error.message}`)
  return { state: next, answer: out }
}
