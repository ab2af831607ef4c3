import { calendars, type Calendar } from './allocate-calendar.ts'
import { clinicCostKey, costOfClinic, costOfWeek } from './allocate-cost.ts'
import { inUnits, type AllocationSlot, type Waiting } from './allocate-person.ts'
import { sendVisitors } from './allocate-visitors.ts'
import { planCost } from './plan-cost.ts'
import { swedishStart } from './swedish-start.ts'

/**
 * Gives each person a slot: by priority, the household as a unit. First greedily: a unit takes the cheapest
 * place that is left (allocate-cost.ts: the listed clinic first, then the nearest, weighed against the weeks of
 * waiting), as early as possible in its week, together: in one slot, or in slots of one clinic within half an
 * hour; only when no clinic has room for all of them, each takes the cheapest for themselves. A clinic keeps as
 * many places as it has listed people who are waiting: others get no more than the rest, so that nobody who is
 * pushed out of their own clinic pushes the next one out of theirs. What is left of them when all have had
 * their turn goes to whoever still has no time, again by priority.
 *
 * Then those who go elsewhere than to their own clinic get the clinics that are cheapest for them all together
 * (allocate-visitors.ts), and each clinic is seated again by priority. It is kept only if it costs less and
 * loses nobody.
 *
 * Never above what is free in a slot, nobody with anaphylaxis at a central reception or with a wheelchair where
 * there are stairs, nobody outside the hours they can, and nobody is left without while a slot that they may
 * have has room. The same input in any order gives the same answer.
 * @returns slot id by invitation id; who is missing found none
 */
export function allocate(
  people: readonly Waiting[],
  slots: readonly AllocationSlot[],
): Map<number, number> {
  const given = new Map<number, number>()
  const week = costOfWeek(people)
  const slotsIn = Map.groupBy(slots, (slot) => slot.area)
  for (const [area, own] of Map.groupBy(people, (p) => p.area)) {
    for (const [id, slotId] of allocateArea(own, slotsIn.get(area) ?? [], week))
      given.set(id, slotId)
  }
  return given
}

function allocateArea(
  people: readonly Waiting[],
  slots: readonly AllocationSlot[],
  week: ReadonlyMap<number, number>,
): Map<number, number> {
  const units = inUnits(people)
  const all = calendars(slots)
  const given = new Map<number, number>()
  const queue: Queue = { given, week, choices: chooser(all), spare: sparePlaces(all, people) }
  placeAll(
    units.filter((unit) => !place(unit, queue)),
    { ...queue, spare: null },
  )

  const slotOf = new Map(slots.map((slot) => [slot.id, slot]))
  const better = seatAnew(units, slots, slotOf, queue)
  const [before, after] = [given, better].map((plan) => planCost(people, slotOf, plan, week))
  const lost = [...given.keys()].some((id) => !better.has(id))
  const worse =
    after!.apart > before!.apart ||
    (after!.placed === before!.placed && after!.total >= before!.total)
  return lost || worse ? given : better
}

/** The plan with the visitors where it is cheapest for them all together, and every clinic seated again by priority. */
function seatAnew(
  units: readonly Waiting[][],
  slots: readonly AllocationSlot[],
  slotOf: ReadonlyMap<number, AllocationSlot>,
  { given: greedy, week }: Queue,
): Map<number, number> {
  const clinicsOf = (unit: readonly Waiting[]) =>
    unit.map((p) => slotOf.get(greedy.get(p.id) ?? 0)?.clinicId)
  const clinicOf = new Map<readonly Waiting[], number>()
  for (const unit of units) {
    const [clinic, ...others] = clinicsOf(unit)
    if (clinic !== undefined && others.every((other) => other === clinic))
      clinicOf.set(unit, clinic)
  }
  sendVisitors([...clinicOf.keys()], clinicOf, slots, week)
  const all = calendars(slots)
  const calendarOf = new Map(all.map((calendar) => [calendar.clinic.clinicId, calendar]))
  const given = new Map<number, number>()
  for (const [unit, clinicId] of clinicOf) {
    const calendar = calendarOf.get(clinicId)!
    const places = calendar.find(unit)
    if (!places) continue
    calendar.take(places)
    unit.forEach((person, i) => given.set(person.id, calendar.slots[places[i]!]!.id))
  }
  placeAll(
    units.filter((unit) => unit.some((p) => !given.has(p.id))),
    { given, week, choices: chooser(all), spare: null },
  )
  return given
}

/** Households apart, when it has to be. */
function placeAll(units: readonly (readonly Waiting[])[], queue: Queue): void {
  for (const unit of units) {
    if (unit.length > 1 && place(unit, queue)) continue
    for (const person of unit) place([person], queue)
  }
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
  for (const { listedClinic } of people)
    if (listedClinic !== null) listed.set(listedClinic, (listed.get(listedClinic) ?? 0) + 1)
  return new Map(
    all.map((calendar) => [calendar, calendar.room - (listed.get(calendar.clinic.hsaId) ?? 0)]),
  )
}

interface Choice {
  calendar: Calendar
  cost: number
}

/** The clinics that a unit may visit, the cheapest first; calculated once for all who live and are listed alike. */
function chooser(all: readonly Calendar[]): (unit: readonly Waiting[]) => Choice[] {
  const known = new Map<string, Choice[]>()
  return (unit) => {
    const key = unit.length === 1 ? clinicCostKey(unit[0]!) : unit.map(clinicCostKey).join('\n')
    let found = known.get(key)
    if (!found) {
      found = all
        .map((calendar) => ({
          calendar,
          cost: unit.reduce((sum, p) => sum + costOfClinic(p, calendar.clinic), 0),
        }))
        .filter((choice) => choice.cost < Infinity)
      found.sort(
        (a, b) => a.cost - b.cost || a.calendar.clinic.clinicId - b.calendar.clinic.clinicId,
      )
      known.set(key, found)
    }
    return found
  }
}

function place(
  unit: readonly Waiting[],
  { given, week: costOfWeek, choices, spare }: Queue,
): boolean {
  const aWeek = unit.reduce((sum, p) => sum + costOfWeek.get(p.id)!, 0)
  const since = swedishStart(Math.max(...unit.map((p) => p.earliest.getTime()))).week
  const visitors = ({ clinic }: Calendar) =>
    unit.filter((p) => p.listedClinic !== clinic.hsaId).length
  let best: { calendar: Calendar; places: number[]; cost: number; time: number } | undefined
  for (const { calendar, cost: road } of choices(unit)) {
    if (best && road > best.cost) break // no wait can be shorter than none
    if (spare && visitors(calendar) > Math.max(0, spare.get(calendar)!)) continue
    const places = calendar.find(unit)
    if (!places) continue
    const { time, week } = calendar.starts[places.at(-1)!]!
    const cost = road + aWeek * (week - since)
    if (!best || cost < best.cost || (cost === best.cost && time < best.time))
      best = { calendar, places, cost, time }
  }
  if (!best) return false
  const { calendar, places } = best
  calendar.take(places)
  spare?.set(calendar, spare.get(calendar)! - visitors(calendar))
  unit.forEach((person, i) => given.set(person.id, calendar.slots[places[i]!]!.id))
  return true
}
