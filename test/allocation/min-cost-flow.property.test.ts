import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  cheapestFlow,
  type FlowPerson,
  type FlowProblem,
} from '../../src/allocation/min-cost-flow.ts'
import { optimum } from '../support/highs.ts'

/** What it costs that somebody is in a sink. */
const costOf = ({ groups, week, stay }: FlowProblem, person: FlowPerson, sink: number) =>
  groups[person.group]!.cost[sink]! + person.wait * week[sink]! - (person.sink === sink ? stay : 0)

/** The least cost by linear programming: shares of people come out whole, for it is a transport problem. */
function leastCost(problem: FlowProblem): number | undefined {
  const { people, capacity } = problem
  const arcs = people.flatMap((person, who) =>
    [...capacity.keys()].map((sink) => ({ who, sink, cost: costOf(problem, person, sink) })),
  )
  const possible = arcs.filter(({ cost }) => cost < Infinity)
  const where = (fits: (arc: { who: number; sink: number }) => boolean) =>
    possible.flatMap((arc, variable) => (fits(arc) ? [[1, variable] as const] : []))
  const seats = [...capacity]
    .map((limit, j) => ({ terms: where(({ sink }) => sink === j), is: '<=' as const, limit }))
    .filter(({ terms }) => terms.length > 0)
  return optimum('Minimize', {
    value: possible.map(({ cost }) => cost),
    rows: [
      ...people.map((_, i) => ({
        terms: where(({ who }) => who === i),
        is: '=' as const,
        limit: 1,
      })),
      ...seats,
    ],
  })
}

/** Everybody is somewhere already, and their present places fit. */
const problem: fc.Arbitrary<FlowProblem> = fc
  .record({
    sinks: fc.array(fc.record({ free: fc.nat(3), week: fc.nat(4) }), {
      minLength: 1,
      maxLength: 6,
    }),
    costs: fc.array(
      fc.array(fc.oneof({ weight: 5, arbitrary: fc.nat(40) }, fc.constant(Infinity)), {
        minLength: 6,
        maxLength: 6,
      }),
      { minLength: 1, maxLength: 4 },
    ),
    people: fc.array(
      fc.record({ group: fc.nat(3), wait: fc.integer({ min: -4, max: 24 }), sink: fc.nat(5) }),
      { minLength: 1, maxLength: 25 },
    ),
    stay: fc.constantFrom(0, 0.5, 3),
  })
  .map(({ sinks, costs, people, stay }) => {
    const capacity = Int32Array.from(sinks, ({ free }) => free)
    const groups = costs.map((cost) => ({
      cost: Float64Array.from(cost.slice(0, sinks.length), (each) => each / 4),
    }))
    const placed = people.map(({ group, wait, sink }) => ({
      group: group % groups.length,
      wait: wait / 4,
      sink: sink % sinks.length,
    }))
    for (const { group, sink } of placed) {
      capacity[sink]! += 1
      if (groups[group]!.cost[sink] === Infinity) groups[group]!.cost[sink] = 20
    }
    return { groups, people: placed, capacity, week: Int32Array.from(sinks, (s) => s.week), stay }
  })

describe('the cheapest flow', () => {
  it('fits, and costs what HiGHS finds to be the least', () => {
    let moved = 0
    fc.assert(
      fc.property(problem, (given) => {
        const { people, capacity } = given
        const sinks = cheapestFlow(given)
        for (const [sink, places] of capacity.entries())
          expect(sinks.filter((at) => at === sink).length).toBeLessThanOrEqual(places)
        const cost = people.reduce((sum, person, i) => sum + costOf(given, person, sinks[i]!), 0)
        const least = leastCost(given)
        fc.pre(least !== undefined)
        expect(cost).toBeCloseTo(least, 6)
        moved += people.filter((person, i) => person.sink !== sinks[i]).length
      }),
      { numRuns: 400 },
    )
    expect(moved).toBeGreaterThan(400)
  })
})
