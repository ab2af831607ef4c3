import { calendars, type Calendar } from './allocate-calendar.ts'
import { clinicCostKey, costOfClinic, costOfWeek } from './allocate-cost.ts'
import { inUnits, type AllocationSlot, type Waiting } from './allocate-person.ts'
import { swedishStart } from './swedish-start.ts'

/**
 * Gives each person a slot: greedy, in order of priority, the household as a unit. A unit takes the cheapest place that is
 * left (allocate-cost.ts: the listed clinic first, then the nearest, weighed against the weeks of waiting), as early as
 * possible in its week, together: in one slot, or in slots of one clinic within half an hour; only when no clinic has room
 * for all of them, each takes the cheapest for themselves.
 *
 * A clinic keeps as many places as it has listed people who are waiting: others get no more than the rest, so that nobody
 * who is pushed out of their own clinic pushes the next one out of theirs (without this the plan costs a tenth more). What
 * is left of them when all have had their turn goes to whoever still has no time, again by priority. So of those who are
 * listed at one clinic and can come at the same hours, nobody has reason to envy a less urgent one.
 *
 * Never above what is free in a slot, nobody with anaphylaxis at a central reception or with a wheelchair where there are
 * stairs, nobody outside the hours they can, and nobody is left without while a slot that they may have has room. The same
 * input in any order gives the same answer.
 * @returns slot id by invitation id; who is missing found none
 */
export function allocate(people: readonly Waiting[], slots: readonly AllocationSlot[]): Map<number, number> {
  const given = new Map<number, number>()
  const all = calendars(slots)
  const queue: Queue = { given, week: costOfWeek(people), choices: chooser(all), spare: sparePlaces(all, people) }
  const units = inUnits(people)
  const later = units.filter((unit) => !place(unit, queue))
  const last = { ...queue, spare: null }
  for (const unit of later) {
    if (unit.length > 1 && place(unit, last)) continue
    for (const person of unit) place([person], last)
  }
  return given
}

interface Queue {
  given: Map<number, number>
  week: ReadonlyMap<number, number>
  choices: (unit: readonly Waiting[]) => Choice[]
  /** how many who are not listed at a clinic may come there; null: as many as there is room for */
  spare: Map<Calendar, number> | null
}

/** The places of each clinic beyond one for each who is listed there. */
function sparePlaces(all: readonly Calendar[], people: readonly Waiting[]): Map<Calendar, number> {
  const listed = new Map<string, number>()
  for (const { listedClinic } of people) if (listedClinic !== null) listed.set(listedClinic, (listed.get(listedClinic) ?? 0) + 1)
  return new Map(all.map((calendar) => [calendar, calendar.room - (listed.get(calendar.clinic.hsaId) ?? 0)]))
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

function place(unit: readonly Waiting[], { given, week: costOfWeek, choices, spare }: Queue): boolean {
  const aWeek = unit.reduce((sum, p) => sum + costOfWeek.get(p.id)!, 0)
  const since = swedishStart(Math.max(...unit.map((p) => p.earliest.getTime()))).week
  const visitors = ({ clinic }: Calendar) => unit.filter((p) => p.listedClinic !== clinic.hsaId).length
  let best: { calendar: Calendar; places: number[]; cost: number; time: number } | undefined
  for (const { calendar, cost: road } of choices(unit)) {
    if (best && road > best.cost) break // no wait can be shorter than none
    if (spare && visitors(calendar) > Math.max(0, spare.get(calendar)!)) continue
    const places = calendar.find(unit)
    if (!places) continue
    const { time, week } = calendar.starts[places.at(-1)!]!
    const cost = road + aWeek * (week - since)
    if (!best || cost < best.cost || (cost === best.cost && time < best.time)) best = { calendar, places, cost, time }
  }
  if (!best) return false
  const { calendar, places } = best
  calendar.take(places)
  spare?.set(calendar, spare.get(calendar)! - visitors(calendar))
  unit.forEach((person, i) => given.set(person.id, calendar.slots[places[i]!]!.id))
  return true
}
