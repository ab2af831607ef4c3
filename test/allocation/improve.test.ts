import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { allocate } from '../../src/allocation/allocate.ts'
import type { AllocationSlot, Waiting } from '../../src/allocation/allocate-person.ts'
import { cheapestFlow } from '../../src/allocation/min-cost-flow.ts'
import { improve } from '../../src/allocation/improve.ts'
import { mayHave } from '../../src/allocation/improve-problem.ts'
import { areTogether } from '../../src/allocation/plan-cost.ts'

const at = (hours: number) => new Date(Date.UTC(2021, 2, 15, 7) + hours * 3_600_000)
const clinics = [1, 2, 3, 4].map((n) => ({
  clinicId: n,
  hsaId: `SE2321000180-${n}`,
  area: n < 4 ? 'falun' : 'mora',
  central: n === 2,
  accessible: n !== 3,
  position: { latitude: 60 + n / 5, longitude: 15 },
}))
const slots = fc
  .uniqueArray(
    fc.record({
      clinic: fc.constantFrom(...clinics),
      half: fc.integer({ min: 0, max: 800 }),
      free: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: (s) => `${s.clinic.clinicId} ${s.half}`, maxLength: 25 },
  )
  .map((all): AllocationSlot[] =>
    all.map(({ clinic, half, free }, i) => ({
      id: i + 1,
      ...clinic,
      startsAt: at(half / 2),
      free,
    })),
  )
const people = fc
  .array(
    fc.record({
      area: fc.constantFrom('falun', 'falun', 'mora'),
      listedClinic: fc.constantFrom(...clinics.map((c) => c.hsaId), null),
      household: fc.constantFrom('a', 'b', 'c', 'd', null, null),
      priority: fc.integer({ min: 0, max: 9 }),
      needs: fc.constantFrom<string[]>([], [], ['anaphylaxis'], ['wheelchair']),
      earliest: fc.constantFrom(at(0), at(30)),
      hours: fc.constantFrom(null, null, { from: 600 }, { weekdays: [1, 3] }),
      home: fc.constantFrom(
        null,
        { latitude: 60.3, longitude: 15 },
        { latitude: 60.7, longitude: 15.2 },
      ),
    }),
    { maxLength: 30 },
  )
  .map((all): Waiting[] => all.map((p, i) => ({ id: i + 1, ...p })))

/** The greedy plan of a region, and what is left beside it. */
function planned(p: Waiting[], s: AllocationSlot[]) {
  const given = allocate(p, s)
  const left = s.map((slot) => ({
    ...slot,
    free: slot.free - [...given.values()].filter((id) => id === slot.id).length,
  }))
  return {
    given,
    left,
    seated: p.filter((x) => given.has(x.id)).map((x) => ({ ...x, slotId: given.get(x.id)! })),
  }
}

describe('the improvement of a plan', () => {
  it('never costs more, never goes below the bound, and breaks no rule', () => {
    fc.assert(
      fc.property(people, slots, (p, s) => {
        const { given, left, seated } = planned(p, s)
        const found = improve(seated, left)
        expect(found.after.total).toBeLessThanOrEqual(found.before.total)
        expect(found.after.total).toBeGreaterThanOrEqual(found.bound - 1e-6)
        const now = new Map([...given, ...found.moves])
        expect([...now.keys()].sort()).toEqual([...given.keys()].sort())
        for (const slot of s)
          expect([...now.values()].filter((id) => id === slot.id).length).toBeLessThanOrEqual(
            slot.free,
          )
        for (const [id, slotId] of now)
          expect(
            mayHave(
              [p.find((x) => x.id === id)!],
              s.find((x) => x.id === slotId)!,
            ),
          ).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('parts no household that is together', () => {
    fc.assert(
      fc.property(people, slots, (p, s) => {
        const { given, left, seated } = planned(p, s)
        const now = new Map([...given, ...improve(seated, left).moves])
        const of = (plan: Map<number, number>, members: Waiting[]) =>
          members.map((x) => s.find((slot) => slot.id === plan.get(x.id))!)
        for (const members of Map.groupBy(
          seated.filter((x) => x.household),
          (x) => `${x.area} ${x.household}`,
        ).values()) {
          if (areTogether(of(given, members))) expect(areTogether(of(now, members))).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is the same whatever the order of people and slots, and done again finds nothing more to move', () => {
    fc.assert(
      fc.property(people, slots, (p, s) => {
        const { left, seated } = planned(p, s)
        const found = improve(seated, left)
        expect(improve([...seated].reverse(), [...left].reverse()).after.total).toBeCloseTo(
          found.after.total,
        )
        const moved = seated.map((x) => ({ ...x, slotId: found.moves.get(x.id) ?? x.slotId }))
        const load = (list: { slotId: number }[], slot: AllocationSlot) =>
          list.filter((x) => x.slotId === slot.id).length
        const again = improve(
          moved,
          left.map((slot) => ({
            ...slot,
            free: slot.free + load(seated, slot) - load(moved, slot),
          })),
        )
        expect(again.after.total).toBeLessThanOrEqual(found.after.total)
      }),
    )
  })

  it("lets two who were pushed out of each other's clinics change places", () => {
    const one = (id: number, listed: number, slotId: number) => ({
      id,
      area: 'falun',
      listedClinic: `SE2321000180-${listed}`,
      household: null,
      priority: id,
      needs: [],
      earliest: at(0),
      slotId,
    })
    const slot = (id: number, clinic: number): AllocationSlot => ({
      id,
      ...clinics[clinic - 1]!,
      startsAt: at(1),
      free: 0,
    })
    const found = improve([one(1, 1, 2), one(2, 2, 1)], [slot(1, 1), slot(2, 2)])
    expect([...found.moves]).toEqual([
      [1, 1],
      [2, 2],
    ])
    expect([found.before.listed, found.after.listed]).toEqual([0, 2])
  })
})

describe('the cheapest flow', () => {
  it('costs what the cheapest of all ways to place everybody costs', () => {
    const problem = fc.integer({ min: 2, max: 4 }).chain((sinks) =>
      fc.record({
        groups: fc.array(
          fc.array(fc.integer({ min: 0, max: 20 }), { minLength: sinks, maxLength: sinks }),
          { minLength: 1, maxLength: 3 },
        ),
        people: fc.array(
          fc.record({
            group: fc.nat(),
            wait: fc.integer({ min: 1, max: 3 }),
            sink: fc.nat({ max: sinks - 1 }),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        week: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: sinks, maxLength: sinks }),
        spare: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: sinks, maxLength: sinks }),
      }),
    )
    fc.assert(
      fc.property(problem, (given) => {
        const people = given.people.map((p) => ({ ...p, group: p.group % given.groups.length }))
        const capacity = given.spare.map((n, j) => n + people.filter((p) => p.sink === j).length)
        const cost = (plan: ArrayLike<number>) =>
          people.reduce(
            (sum, p, i) => sum + given.groups[p.group]![plan[i]!]! + p.wait * given.week[plan[i]!]!,
            0,
          )
        const fits = (plan: number[]) =>
          capacity.every((n, j) => plan.filter((x) => x === j).length <= n)
        const all = people
          .reduce<number[][]>(
            (plans) => plans.flatMap((plan) => capacity.map((_, j) => [...plan, j])),
            [[]],
          )
          .filter(fits)
        const flow = cheapestFlow({
          groups: given.groups.map((c) => ({ cost: Float64Array.from(c) })),
          people,
          capacity: Int32Array.from(capacity),
          week: Int32Array.from(given.week),
          stay: 0,
        })
        expect(fits([...flow])).toBe(true)
        expect(cost(flow)).toBe(Math.min(...all.map(cost)))
      }),
      { numRuns: 300 },
    )
  })
})
