import { Calendar } from './allocate-calendar.ts'
import type { Problem, Sink, Unit } from './improve-problem.ts'

/**
 * Gives each unit slots in its sink. Who stays in the sink keeps the very slot, unless a household that comes finds no
 * neighbouring places left; then the whole sink is seated again, households first.
 * @param given slot by invitation id, added to
 * @returns units that found no places together, by number
 */
export function seat(problem: Problem, sink: Int32Array, given: Map<number, number>): number[] {
  const inSink: number[][] = problem.sinks.map(() => [])
  problem.units.forEach((_, u) => inSink[sink[problem.first[u]!]!]!.push(u))
  return problem.sinks.flatMap((place, j) => {
    const [seats, failed] = seatsIn(problem, place, inSink[j]!, j)
    for (const [id, slotId] of seats) given.set(id, slotId)
    return failed
  })
}

function seatsIn(
  { units, people, first }: Problem,
  place: Sink,
  here: readonly number[],
  j: number,
): [Map<number, number>, number[]] {
  const stays = (u: number) => units[u]!.every((_, i) => people[first[u]! + i]!.sink === j)
  const seats = new Map(
    here.filter(stays).flatMap((u) => units[u]!.map((p) => [p.id, p.slotId] as const)),
  )
  const coming = here.filter((u) => !stays(u))
  if (coming.length === 0) return [seats, []]
  const kept = fill(place, seats, units, coming)
  return kept[1].length === 0 ? kept : fill(place, new Map(), units, here)
}

function fill(
  place: Sink,
  seats: Map<number, number>,
  units: readonly Unit[],
  coming: readonly number[],
): [Map<number, number>, number[]] {
  const calendar = new Calendar(
    [...place.slots].sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime()),
  )
  const at = new Map(calendar.slots.map((slot, i) => [slot.id, i]))
  calendar.take([...seats.values()].map((slotId) => at.get(slotId)!))
  const failed: number[] = []
  const order = [...coming].sort(
    (a, b) =>
      units[b]!.length - units[a]!.length ||
      units[a]![0]!.priority - units[b]![0]!.priority ||
      units[a]![0]!.id - units[b]![0]!.id,
  )
  for (const u of order) {
    const places = calendar.find(units[u]!)
    if (!places) {
      failed.push(u)
      continue
    }
    calendar.take(places)
    units[u]!.forEach((person, i) => seats.set(person.id, calendar.slots[places[i]!]!.id))
  }
  return [seats, failed]
}
