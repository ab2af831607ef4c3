import type { Day } from './calendar.ts'
import type { AreaState } from './state.ts'

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
  const booked = new Map<string, number>()
  for (const event of events) booked.set(event.area, (booked.get(event.area) ?? 0) + event.booked)
  return now.reduce((sum, area) => {
    const was = before.get(area.id)
    if (!was) return sum
    const vanished = upcoming(was, today) - upcoming(area, today) - (booked.get(area.id) ?? 0)
    return sum + Math.max(0, vanished) + Math.max(0, area.displaced - was.displaced)
  }, 0)
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
