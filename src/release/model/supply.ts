import type { Day } from './calendar.ts'
import { HORIZON } from './forecast.ts'
import type { Policy } from './policy.ts'
import type { AreaState, Kept } from './state.ts'

/** Bookings by area. */
export function bookedByArea(
  events: readonly { area: string; booked: number }[],
): ReadonlyMap<string, number> {
  const booked = new Map<string, number>()
  for (const event of events) booked.set(event.area, (booked.get(event.area) ?? 0) + event.booked)
  return booked
}

/** Places after today that were known, free or planned. */
const upcoming = (area: AreaState, today: Day): number =>
  area.free.reduce((sum, { on, places }) => (on > today ? sum + places : sum), 0) +
  area.planned.reduce((sum, { on, expected }) => (on > today ? sum + expected : sum), 0)

export const placesKnown = (areas: readonly AreaState[], today: Day): number =>
  areas.reduce((sum, area) => sum + upcoming(area, today), 0)

/**
 * Places that vanished without being booked, summed over the areas that lost some. People who lost their time
 * count too.
 */
export function placesLost(
  before: ReadonlyMap<string, AreaState>,
  now: readonly AreaState[],
  events: readonly { area: string; booked: number }[],
  today: Day,
): number {
  const booked = bookedByArea(events)
  return now.reduce((sum, area) => {
    const was = before.get(area.id)
    if (!was) return sum
    const vanished = upcoming(was, today) - upcoming(area, today) - (booked.get(area.id) ?? 0)
    return sum + Math.max(0, vanished) + Math.max(0, area.displaced - was.displaced)
  }, 0)
}

/** Days ahead that said places can be on to serve an answer within the horizon: bookable a week ahead. */
export const SAID_AHEAD = HORIZON + 7

/** The said places that count: whoever tells of months serves no letter of today's with them. */
export const saidAhead = (area: Pick<AreaState, 'said'>, today: Day): AreaState['said'] =>
  area.said.filter(({ on }) => on > today && on <= today + SAID_AHEAD)

/**
 * How plans have held, with what has been published since the last line: a planned day that is planned no longer has
 * become what is free now, and what was booked meanwhile. Days of the same line are judged together.
 */
export function withPlans(
  plans: Kept,
  before: Pick<AreaState, 'free' | 'planned'> | undefined,
  now: Pick<AreaState, 'free' | 'planned'>,
  booked: number,
): Kept {
  const still = new Set(now.planned.map(({ on }) => on))
  const due = (before?.planned ?? []).filter(({ on }) => !still.has(on))
  if (!before || due.length === 0) return plans
  const on = new Set(due.map((plan) => plan.on))
  const free = (of: AreaState['free']): number =>
    of.reduce((sum, f) => (on.has(f.on) ? sum + f.places : sum), 0)
  const told = due.reduce((sum, { expected }) => sum + expected, 0)
  const came = Math.min(told, Math.max(0, free(now.free) - free(before.free) + booked))
  return { told: plans.told + told, came: plans.came + came }
}

/** Working days' places that the policy's own share is worth against the plans that have been seen. */
const PLANS_WORTH = 10

/**
 * Share of planned places that is counted on: the policy's until plans have been seen to hold or not. An area has few
 * plans to learn from, so the region's are its starting point.
 */
export function relianceOf(areas: readonly AreaState[], policy: Policy): number[] {
  if (policy.plannedShare === 0) return areas.map(() => 0)
  const learned = (share: number, usual: number, { told, came }: Kept): number =>
    usual + told > 0 ? (share * usual + came) / (usual + told) : share
  const usual = areas.map((area) => PLANS_WORTH * area.usualDay)
  const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)
  const region = learned(policy.plannedShare, sum(usual), {
    told: sum(areas.map(({ plans }) => plans.told)),
    came: sum(areas.map(({ plans }) => plans.came)),
  })
  return areas.map(({ plans }, i) => learned(region, usual[i] ?? 0, plans))
}

/** Places offered by date as first told; planned ones follow the plan, published ones stand when people book them. */
export type Offered = ReadonlyMap<Day, { places: number; published: boolean }>

export function withOffered(
  offered: Offered,
  area: Pick<AreaState, 'free' | 'planned'>,
  today: Day,
): Offered {
  const next = new Map([...offered].filter(([on]) => on > today - 7))
  for (const { on, expected } of area.planned) next.set(on, { places: expected, published: false })
  for (const { on, places } of area.free) {
    const known = next.get(on)
    if (!known?.published || known.places < places) next.set(on, { places, published: true })
  }
  return next
}

/** Places a working day over the last week told of: a cut that is told of counts from that day. */
export function usualDay(offered: Offered): number {
  const last = [...offered.keys()].reduce((max, on) => Math.max(max, on), -Infinity)
  if (last === -Infinity) return 0
  const first = [...offered.keys()].reduce((min, on) => Math.min(min, on), Infinity)
  const week = [...offered].reduce((sum, [on, o]) => (on > last - 7 ? sum + o.places : sum), 0)
  // A first line may tell of less than a week.
  return week / Math.max(1, Math.min(5, last - first + 1))
}
