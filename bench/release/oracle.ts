import { isWorkingDay } from '../../src/release/model/calendar.ts'
import { answerDay, finalPlaces, LAST, type World } from './world.ts'

/**
 * Knows every person and every cut: the most letters today such that everyone who answers finds a place and the
 * phones hold.
 */
export function oracle(world: World): number[] {
  const calls = callsKnown(world)
  return world.areas.map((area, a) => {
    const open = openPlaces(world, a)
    const demand = demandKnown(world, a)
    const coming: { day: number; phones: boolean }[] = []
    let n = 0
    // People are tried one at a time in priority order; every so often the whole plan is checked by bisection.
    for (let i = area.sent; i < area.people.length && coming.length < 20_000; i++) {
      const person = area.people[i]
      if (person) coming.push({ day: answerDay(world, person, world.day), phones: person.phones })
    }
    let low = 0
    let high = coming.length
    const phones = share(world, a)
    if (fits(coming, high)) low = high
    while (high - low > 1) {
      const mid = (low + high) >> 1
      if (fits(coming, mid)) low = mid
      else high = mid
    }
    n = low
    for (const { day, phones: calls1 } of coming.slice(0, n))
      if (day >= 0 && calls1) calls[day] = (calls[day] ?? 0) + 1
    return n

    function fits(people: typeof coming, count: number): boolean {
      const extra = new Int32Array(LAST + 60)
      const called = new Int32Array(LAST + 60)
      for (let i = 0; i < count; i++) {
        const at = people[i]
        if (!at || at.day < 0) continue
        extra[at.day] = (extra[at.day] ?? 0) + 1
        if (at.phones) called[at.day] = (called[at.day] ?? 0) + 1
      }
      for (let d = world.day; d < LAST; d++)
        if ((called[d] ?? 0) > phones * (world.scenario.phones - (calls[d] ?? 0))) return false
      return servable(world, open, (d) => (demand[d] ?? 0) + (extra[d] ?? 0), area.publishedOn)
    }
  })
}

/** Each area may use its share of what the areas before it left of the phones. */
function share(world: World, a: number): number {
  const left = world.scenario.areas.slice(a).reduce((x, y) => x + y, 0)
  return (world.scenario.areas[a] ?? 0) / left
}

function callsKnown(world: World): Float64Array {
  const calls = new Float64Array(LAST + 60)
  for (const [day, people] of world.due)
    for (const p of people)
      if (p.phones && isWorkingDay(world.scenario.start + day)) calls[day] = (calls[day] ?? 0) + 1
  return calls
}

function demandKnown(world: World, a: number): Int32Array {
  const demand = new Int32Array(LAST + 60)
  for (const [day, people] of world.due)
    for (const p of people) if (p.area === a) demand[day] = (demand[day] ?? 0) + 1
  const area = world.areas[a]
  demand[world.day] =
    (demand[world.day] ?? 0) + (area?.waiting.length ?? 0) + (area?.displaced.length ?? 0)
  return demand
}

function openPlaces(world: World, a: number): Float64Array {
  const area = world.areas[a]
  return Float64Array.from({ length: LAST + 40 }, (_, d) =>
    area ? Math.max(0, finalPlaces(world, area, d) - (area.booked[d]?.length ?? 0)) : 0,
  )
}

/** Earliest place first; a place exists from its publication to the day before. */
function servable(
  world: World,
  places: Float64Array,
  demand: (d: number) => number,
  publishedOn: Int32Array,
): boolean {
  const open = Float64Array.from(places)
  for (let d = world.day; d < LAST; d++) {
    let want = demand(d)
    if (want === 0) continue
    let free = 0
    for (let slot = d + 1; slot < d + 30; slot++)
      if ((publishedOn[slot] ?? LAST) <= d) free += open[slot] ?? 0
    if (want > free) return false
    // The choosy spread over all free places; what they leave behind early may stay empty.
    const spread = (world.scenario.choosy * want) / free
    for (let slot = d + 1; slot < d + 30; slot++) {
      if ((publishedOn[slot] ?? LAST) > d) continue
      const taken = spread * (open[slot] ?? 0)
      open[slot] = (open[slot] ?? 0) - taken
      want -= taken
    }
    for (let slot = d + 1; want > 0 && slot < d + 30; slot++) {
      if ((publishedOn[slot] ?? LAST) > d) continue
      const taken = Math.min(want, open[slot] ?? 0)
      open[slot] = (open[slot] ?? 0) - taken
      want -= taken
    }
  }
  return true
}
