import { isWorkingDay, type Day } from './calendar.ts'
import { HORIZON } from './forecast.ts'
import type { Policy } from './policy.ts'
import { saidAhead } from './supply.ts'
import type { AreaState } from './state.ts'

/** Places by day ahead (index 0 = today): `open` bookable now, `coming[p]` published on day p ahead. */
export interface Places {
  open: Float64Array
  coming: { day: number; published: number; places: number }[]
}

const SPAN = HORIZON + 42

/**
 * Counts places as the policy counts them: planned ones by how plans hold, distant ones less the insurance.
 * @param reliance share of planned places that is counted on
 */
export function countedPlaces(
  area: AreaState,
  today: Day,
  policy: Policy,
  reliance: number,
): Places {
  return places(
    area,
    today,
    (ahead) => (ahead > policy.insuredAfter ? 1 - policy.insurance : 1),
    reliance,
  )
}

/** Every place as if all plans came true. */
export const allPlaces = (area: AreaState, today: Day): Places => places(area, today, () => 1, 1)

function places(
  area: AreaState,
  today: Day,
  share: (ahead: number) => number,
  plannedShare: number,
): Places {
  const open = new Float64Array(SPAN)
  for (const { on, places: n } of area.free) {
    const ahead = Math.min(SPAN - 1, on - today)
    if (ahead >= 0) open[ahead] = (open[ahead] ?? 0) + n * share(ahead)
  }
  const coming = area.planned.flatMap(({ on, expected, publishedOn }) => {
    const day = Math.min(SPAN - 1, on - today)
    // A plan whose day of publication has passed is late: count on it tomorrow at the earliest.
    const published = Math.max(1, publishedOn - today)
    return day > published ? [{ day, published, places: expected * plannedShare }] : []
  })
  for (const { on, places: n } of saidAhead(area, today)) {
    const day = Math.min(SPAN - 1, on - today)
    // Bookable a week ahead, as most regions publish.
    coming.push({ day, published: Math.max(1, day - 7), places: n * plannedShare })
  }
  coming.push(...notYetPlanned(area, today, plannedShare))
  return { open, coming: coming.sort((a, b) => a.published - b.published) }
}

/**
 * After the last day anyone has told of, days like the usual one, bookable a week ahead as so far: they say when a
 * late answer could be served. How many letters leave never counts on them: `knownPlaces`.
 */
function notYetPlanned(area: AreaState, today: Day, plannedShare: number): Places['coming'] {
  const known = [...area.free, ...area.planned, ...saidAhead(area, today)].reduce(
    (last, { on }) => Math.max(last, on),
    today,
  )
  const days: Places['coming'] = []
  for (let on = known + 1; on < today + SPAN; on++) {
    const day = on - today
    if (isWorkingDay(on))
      days.push({ day, published: Math.max(1, day - 7), places: area.usualDay * plannedShare })
  }
  return days
}

/**
 * Places still bookable at the end of each day when `demand(k)` people book on day k, each the earliest place left;
 * negative once people found none. A place can be booked up to the day before; on its own day it is gone.
 * @param until only places up to this day ahead count
 */
export function stockAfter(
  demand: (k: number) => number,
  supply: Places,
  until = SPAN,
): Float64Array {
  const open = Float64Array.from(supply.open)
  const stock = new Float64Array(HORIZON)
  let owed = 0
  let first = 1
  let next = 0
  for (let k = 0; k < HORIZON; k++) {
    for (let c = supply.coming[next]; c && c.published <= k; c = supply.coming[++next])
      open[c.day] = (open[c.day] ?? 0) + c.places
    owed += demand(k)
    first = Math.max(first, k + 1)
    let left = 0
    for (let d = first; d < SPAN && d <= until; d++) {
      const here = open[d] ?? 0
      const taken = Math.min(here, owed)
      open[d] = here - taken
      owed -= taken
      left += here - taken
    }
    stock[k] = left - owed
  }
  return stock
}
