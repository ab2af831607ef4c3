import { costOfWeek, costs } from './allocate-cost.ts'
import { inUnits, type AllocationSlot } from './allocate-person.ts'
import { cheapestFlow } from './min-cost-flow.ts'
import { reunite } from './improve-households.ts'
import { mayHave, problemOf, type Problem, type Seated, type Unit } from './improve-problem.ts'
import { seat } from './improve-seats.ts'
import { areTogether, planCost, type PlanCost } from './plan-cost.ts'

export type { Seated } from './improve-problem.ts'

export interface Improvement {
  before: PlanCost
  after: PlanCost
  /** no plan that gives these people times costs less: the cheapest flow without regard to who lives with whom */
  bound: number
  /** slot by invitation id, only of those who get another one */
  moves: Map<number, number>
}

/** Kilometres a head that a change must be worth. */
const worth = 0.05

/**
 * The cheapest plan for people who have times nobody has told them of: minimum-cost flow over clinic × week in
 * each area, households brought together again, then slots. Everybody keeps a time, households that are
 * together stay together, the rules of `allocate` hold; whoever has a slot that the rules forbid or that is
 * overbooked stays where they are. Never worse than before: when it isn't better, nobody moves.
 * @param slots `free` is what is left beside these people's own places
 */
export function improve(
  people: readonly Seated[],
  slots: readonly AllocationSlot[],
  stay = worth,
): Improvement {
  const slotOf = new Map(slots.map((slot) => [slot.id, slot]))
  const now = new Map(people.map((p) => [p.id, p.slotId]))
  const before = planCost(people, slotOf, now)
  const week = costOfWeek(people)
  const better = new Map<number, number>()
  let gained = 0
  const slotsIn = Map.groupBy(slots, (slot) => slot.area)
  for (const [area, own] of Map.groupBy(people, (p) => p.area)) {
    const found = improveArea(own, slotsIn.get(area) ?? [], slotOf, week, stay)
    for (const [id, slotId] of found.given) better.set(id, slotId)
    gained += found.gained
  }
  const after = planCost(people, slotOf, new Map([...now, ...better]))
  const bound = before.total - gained - costs.apart * before.apart // even if all who are apart came together
  if (after.total >= before.total) return { before, after: before, bound, moves: new Map() }
  return {
    before,
    after,
    bound,
    moves: new Map([...better].filter(([id, slotId]) => now.get(id) !== slotId)),
  }
}

/** @returns slots of those who could move, and how much cheaper the cheapest flow is than what they have */
function improveArea(
  people: readonly Seated[],
  slots: readonly AllocationSlot[],
  slotOf: ReadonlyMap<number, AllocationSlot>,
  week: ReadonlyMap<number, number>,
  stay: number,
) {
  const seated = Map.groupBy(people, (p) => p.slotId)
  const movable = movableUnits(people, slotOf)
  const held = new Set<Unit>()
  let gained: number | undefined
  for (let round = 0; ; round++) {
    const units = movable.filter((unit) => !held.has(unit))
    const mine = new Set(units.flat())
    const open = slots
      .map((slot) => ({
        ...slot,
        free:
          Math.max(0, slot.free) + (seated.get(slot.id) ?? []).filter((p) => mine.has(p)).length,
      }))
      .filter((slot) => slot.free > 0)
    const given = new Map<number, number>()
    if (units.length === 0) return { given, gained: gained ?? 0 }
    const problem = problemOf(units, open, week, stay)
    const sink = cheapestFlow(problem)
    gained ??= gain(problem, sink)
    const failed = seatTogether(problem, sink, given)
    if (failed.length === 0) return { given, gained }
    // Households for which there are no neighbouring places anywhere else stay where they are; if that goes on,
    // all of them do.
    for (const unit of round < 2 ? failed.map((u) => units[u]!) : units.filter((u) => u.length > 1))
      held.add(unit)
  }
}

/**
 * Places households together; one that finds no neighbouring places in a sink tries the next best.
 * @returns those that could not be reunited
 */
function seatTogether(problem: Problem, sink: Int32Array, given: Map<number, number>): number[] {
  const closed = new Map<number, Set<number>>()
  for (let attempt = 0; ; attempt++) {
    const apart = reunite(problem, sink, closed)
    if (apart.length > 0) return apart
    given.clear()
    const failed = seat(problem, sink, given)
    if (failed.length === 0 || attempt === 20) return failed
    for (const u of failed)
      closed.set(u, (closed.get(u) ?? new Set()).add(sink[problem.first[u]!]!))
  }
}

function movableUnits(
  people: readonly Seated[],
  slotOf: ReadonlyMap<number, AllocationSlot>,
): Unit[] {
  const settled = (p: Seated): boolean => {
    const slot = slotOf.get(p.slotId)
    return slot !== undefined && slot.free >= 0 && mayHave([p], slot)
  }
  return inUnits(people).flatMap((unit): Unit[] => {
    if (
      unit.length > 1 &&
      unit.every((p) => slotOf.has(p.slotId)) &&
      areTogether(unit.map((p) => slotOf.get(p.slotId)!))
    ) {
      return unit.every((p) => settled(p) && mayHave(unit, slotOf.get(p.slotId)!)) ? [unit] : []
    }
    return unit.filter(settled).map((p) => [p])
  })
}

function gain({ people, groups, week, stay }: Problem, sink: Int32Array): number {
  const cost = (i: number, j: number) =>
    groups[people[i]!.group]!.cost[j]! +
    people[i]!.wait * week[j]! -
    (people[i]!.sink === j ? stay : 0)
  // What staying saves is not counted before, only after: the bound lies a little too low, never too high.
  return people.reduce((sum, p, i) => sum + cost(i, p.sink) + stay - cost(i, sink[i]!), 0)
}
