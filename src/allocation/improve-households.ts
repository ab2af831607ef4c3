import type { Waiting } from './allocate-person.ts'
import type { FlowProblem } from './min-cost-flow.ts'

/** A flow with those who are to be together. */
export interface Households extends FlowProblem {
  units: readonly (readonly Waiting[])[]
  /** the first of each unit's people in `people`; the others follow */
  first: readonly number[]
}

/**
 * Brings together the households that the flow has separated: at the sink of one of them, or one with room for
 * all, a person who lives alone changing places with each who comes where it is full; whichever costs least.
 * The same for households that have to leave a sink because it has no neighbouring places for them.
 * @param sink of each person; changed in place
 * @param closed sinks in which the unit of that number may not be
 * @returns units that could not be brought together, by number
 */
export function reunite(
  problem: Households,
  sink: Int32Array,
  closed: ReadonlyMap<number, ReadonlySet<number>>,
): number[] {
  const { units, first, people, groups, capacity, week } = problem
  const costAt = (person: number, j: number) =>
    groups[people[person]!.group]!.cost[j]! + people[person]!.wait * week[j]!
  const room = Int32Array.from(capacity)
  for (const j of sink) room[j]! -= 1
  const alone: Set<number>[] = Array.from({ length: capacity.length }, () => new Set())
  units.forEach((unit, u) => {
    if (unit.length === 1) alone[sink[first[u]!]!]!.add(first[u]!)
  })
  const failed: number[] = []
  units.forEach((unit, u) => {
    const members = unit.map((_, i) => first[u]! + i)
    const own = new Set(members.map((person) => sink[person]!))
    const barred = closed.get(u)
    const leaving = barred?.has(sink[first[u]!]!) ?? false
    if (own.size === 1 && !leaving) return
    let best: { cost: number; to: number; swaps: (number | null)[] } | undefined
    for (let to = 0; to < capacity.length; to++) {
      if (barred?.has(to) || (!leaving && !own.has(to) && room[to]! < members.length)) continue
      const option = cheapestSwaps(
        members.filter((person) => sink[person] !== to),
        to,
      )
      if (option && option.cost < (best?.cost ?? Infinity)) best = { ...option, to }
    }
    if (!best) {
      failed.push(u)
      return
    }
    const { to, swaps } = best
    members
      .filter((person) => sink[person] !== to)
      .forEach((person, i) => {
        const [left, other] = [sink[person]!, swaps[i]!]
        sink[person] = to
        if (other === null) {
          room[to]! -= 1
          room[left]! += 1
        } else {
          sink[other] = left
          alone[to]!.delete(other)
          alone[left]!.add(other)
        }
      })
  })
  return failed

  function cheapestSwaps(
    coming: readonly number[],
    to: number,
  ): { cost: number; swaps: (number | null)[] } | undefined {
    let [cost, free] = [0, room[to]!]
    const swaps: (number | null)[] = []
    for (const person of coming) {
      const left = sink[person]!
      cost += costAt(person, to) - costAt(person, left)
      if (free-- > 0) {
        swaps.push(null)
        continue
      }
      let [swap, least] = [-1, Infinity]
      for (const other of alone[to]!) {
        const change = costAt(other, left) - costAt(other, to)
        if (change < least && !swaps.includes(other)) [swap, least] = [other, change]
      }
      if (swap < 0) return undefined
      cost += least
      swaps.push(swap)
    }
    return cost < Infinity ? { cost, swaps } : undefined
  }
}
