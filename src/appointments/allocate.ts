import { calendars, type Calendar } from './allocate-calendar.ts'
import { clinicCostKey, costOfClinic, costOfWeek } from './allocate-cost.ts'
import { inUnits, type AllocationSlot, type Waiting } from './allocate-person.ts'
import { swedishStart } from './swedish-start.ts'

/**
 * Gives each person a slot: greedy, in order of priority, the household as a unit. A unit takes the cheapest place that is
 * left (allocate-cost.ts: the listed clinic first, then the nearest, weighed against the weeks of waiting), as early as
 * possible in its week, together: in one slot, or in slots of one clinic within half an hour; only when no clinic has room
 * for all of them, each takes the cheapest for themselves. So nobody has reason to envy a less urgent one.
 *
 * Never above what is free in a slot, nobody with anaphylaxis at a central reception or with a wheelchair where there are
 * stairs, nobody outside the hours they can, and nobody is left without while a slot that they may have has room. The same
 * input in any order gives the same answer.
 * @returns slot id by invitation id; who is missing found none
 */
export function allocate(people: readonly Waiting[], slots: readonly AllocationSlot[]): Map<number, number> {
  const given = new Map<number, number>()
  const week = costOfWeek(people)
  const choices = chooser(calendars(slots))
  for (const unit of inUnits(people)) {
    if (unit.length > 1 && place(unit, choices(unit), week, given)) continue
    for (const person of unit) place([person], choices([person]), week, given)
  }
  return given
}

interface Choice {
  calendar: Calendar
  cost: number
}

/** The clinics that a unit may visit, the cheapest first; reckoned once for all who live and are listed alike. */
function chooser(all: readonly Calendar[]): (unit: readonly Waiting[]) => Choice[] {
  const known = new Map<string, Choice[]>()
  return (unit) => {
    const key = unit.length === 1 ? clinicCostKey(unit[0]!) : unit.map(clinicCostKey).join('\n')
    let found = known.get(key)
    if (!found) {
      found = all.map((calendar) => ({ calendar, cost: unit.reduce((sum, p) => sum + costOfClinic(p, calendar.clinic), 0) })).filter((choice) => choice.cost < Infinity)
      found.sort((a, b) => a.cost - b.cost || a.calendar.clinic.clinicId - b.calendar.clinic.clinicId)
      known.set(key, found)
    }
    return found
  }
}

function place(unit: readonly Waiting[], choices: readonly Choice[], costOfWeek: ReadonlyMap<number, number>, given: Map<number, number>): boolean {
  const aWeek = unit.reduce((sum, p) => sum + costOfWeek.get(p.id)!, 0)
  const since = swedishStart(Math.max(...unit.map((p) => p.earliest.getTime()))).week
  let best: { calendar: Calendar; places: number[]; cost: number; time: number } | undefined
  for (const { calendar, cost: road } of choices) {
    if (best && road > best.cost) break // no wait can be shorter than none
    const places = calendar.find(unit)
    if (!places) continue
    const { time, week } = calendar.starts[places.at(-1)!]!
    const cost = road + aWeek * (week - since)
    if (!best || cost < best.cost || (cost === best.cost && time < best.time)) best = { calendar, places, cost, time }
  }
  if (!best) return false
  const { calendar, places } = best
  calendar.take(places)
  unit.forEach((person, i) => given.set(person.id, calendar.slots[places[i]!]!.id))
  return true
}
