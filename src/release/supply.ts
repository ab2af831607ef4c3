import type { Day } from './calendar.ts'
import type { AnswerEvent } from './ledger.ts'
import type { AreaState } from './state.ts'

/** Places after today that were known, free or planned. */
const upcoming = (area: AreaState, today: Day): number =>
  area.free.reduce((sum, { on, places }) => (on > today ? sum + places : sum), 0) +
  area.planned.reduce((sum, { on, expected }) => (on > today ? sum + expected : sum), 0)

export const placesKnown = (areas: readonly AreaState[], today: Day): number =>
  areas.reduce((sum, area) => sum + upcoming(area, today), 0)

/** Places that vanished without being booked, summed over the areas that lost some. People who lost their time count too. */
export function placesLost(
  before: ReadonlyMap<string, AreaState>, now: readonly AreaState[], events: readonly AnswerEvent[], today: Day,
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
