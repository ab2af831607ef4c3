import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { allocate } from '../../src/allocation/allocate.ts'
import type { Waiting } from '../../src/allocation/allocate-person.ts'
import { improve } from '../../src/allocation/improve.ts'
import type { OpenSlot } from '../../src/ledger/appointments.ts'
import { makeRegion } from '../../bench/allocate/region.ts'

const at = (minutes: number) => new Date(Date.UTC(2021, 2, 15, 7) + minutes * 60_000)
const clinics = [
  { clinicId: 1, hsaId: 'SE2321000180-1', area: 'falun', central: false },
  { clinicId: 2, hsaId: 'SE2321000180-2', area: 'falun', central: true },
  { clinicId: 3, hsaId: 'SE2321000180-3', area: 'mora', central: false },
]
const slots = fc
  .uniqueArray(
    fc.record({
      clinic: fc.constantFrom(...clinics),
      time: fc.integer({ min: 0, max: 30 }),
      free: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: (s) => `${s.clinic.clinicId} ${s.time}`, maxLength: 20 },
  )
  .map((all): OpenSlot[] =>
    all.map(({ clinic, time, free }, i) => ({
      id: i + 1,
      ...clinic,
      startsAt: at(time * 10),
      free,
    })),
  )
const person = fc.record({
  area: fc.constantFrom('falun', 'mora'),
  listedClinic: fc.constantFrom(
    'SE2321000180-1',
    'SE2321000180-2',
    'SE2321000180-3',
    'SE2321000180-9',
    null,
  ),
  household: fc.constantFrom('a', 'b', 'c', null),
  priority: fc.integer({ min: 0, max: 3 }),
  needs: fc.constantFrom<string[]>([], ['anaphylaxis'], ['home-care']),
  earliest: fc.integer({ min: 0, max: 30 }).map((t) => at(t * 10)),
})
const people = fc
  .array(person, { maxLength: 25 })
  .map((all): Waiting[] => all.map((p, i) => ({ id: i + 1, ...p })))
const mayHave = (p: Waiting, s: OpenSlot) =>
  s.area === p.area && s.startsAt >= p.earliest && !(s.central && p.needs.includes('anaphylaxis'))

describe('the allocation of fixed times', () => {
  it('never gives more than is free, nor a slot that the person may not have', () => {
    fc.assert(
      fc.property(people, slots, (p, s) => {
        const given = allocate(p, s)
        for (const slot of s)
          expect([...given.values()].filter((id) => id === slot.id).length).toBeLessThanOrEqual(
            slot.free,
          )
        for (const [id, slotId] of given)
          expect(
            mayHave(
              p.find((x) => x.id === id)!,
              s.find((x) => x.id === slotId)!,
            ),
          ).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('leaves nobody without while a slot that they may have has room', () => {
    fc.assert(
      fc.property(people, slots, (p, s) => {
        const given = allocate(p, s)
        const left = (slot: OpenSlot) =>
          slot.free - [...given.values()].filter((id) => id === slot.id).length
        for (const x of p)
          if (!given.has(x.id))
            expect(s.filter((slot) => mayHave(x, slot) && left(slot) > 0)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('gives the same answer whatever the order of people and slots', () => {
    fc.assert(
      fc.property(people, slots, (p, s) => {
        const sorted = (given: Map<number, number>) => [...given].sort((a, b) => a[0] - b[0])
        expect(sorted(allocate([...p].reverse(), [...s].reverse()))).toEqual(sorted(allocate(p, s)))
      }),
    )
  })

  it('keeps a household together when slots within half an hour at one clinic have room for it', () => {
    const household = fc
      .array(person, { minLength: 2, maxLength: 4 })
      .map((all): Waiting[] =>
        all.map((p, i) => ({ ...p, id: i + 1, area: 'falun', household: 'a' })),
      )
    fc.assert(
      fc.property(household, slots, (p, s) => {
        const open = s.filter((slot) => p.every((x) => mayHave(x, slot)))
        const near = (a: OpenSlot, b: OpenSlot) =>
          a.clinicId === b.clinicId &&
          b.startsAt >= a.startsAt &&
          b.startsAt.getTime() - a.startsAt.getTime() <= 30 * 60_000
        const fits = open.some(
          (first) =>
            open.filter((slot) => near(first, slot)).reduce((sum, slot) => sum + slot.free, 0) >=
            p.length,
        )
        const got = [...allocate(p, s).values()]
          .map((id) => s.find((slot) => slot.id === id)!)
          .sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
        if (fits) {
          expect(got).toHaveLength(p.length)
          expect(got.every((slot) => near(got[0]!, slot))).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  const slot = (id: number, clinic: number, minutes: number, free: number): OpenSlot => ({
    id,
    ...clinics[clinic - 1]!,
    startsAt: at(minutes),
    free,
  })
  const one = (id: number, more: Partial<Waiting> = {}): Waiting => ({
    id,
    area: 'falun',
    listedClinic: null,
    household: null,
    priority: 0,
    needs: [],
    earliest: at(0),
    ...more,
  })

  it('gives the listed clinic before an earlier time elsewhere, and another clinic when the listed one is full', () => {
    const listed = { listedClinic: 'SE2321000180-1' }
    expect([
      ...allocate([one(1, listed), one(2, listed)], [slot(1, 2, 0, 5), slot(2, 1, 60, 1)]),
    ]).toEqual([
      [1, 2],
      [2, 1],
    ])
  })

  it('gives the last place to the most urgent', () => {
    expect([
      ...allocate([one(1, { priority: 2 }), one(2, { priority: 1 })], [slot(1, 1, 0, 1)]),
    ]).toEqual([[2, 1]])
  })

  it('places a household member by member when it fits nowhere together', () => {
    const given = allocate(
      [one(1, { household: 'a' }), one(2, { household: 'a' })],
      [slot(1, 1, 0, 1), slot(2, 1, 120, 1)],
    )
    expect([...given]).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  it('places 20 000 people in a few seconds at most', () => {
    const many = Array.from({ length: 20_000 }, (_, i) =>
      one(i + 1, {
        priority: i % 7,
        household: i % 2 ? `h${i >> 2}` : null,
        listedClinic: `SE2321000180-${(i % 2) + 1}`,
      }),
    )
    const open = Array.from({ length: 6000 }, (_, i) =>
      slot(i + 1, (i % 2) + 1, Math.floor(i / 2) * 5, 3),
    )
    const started = performance.now()
    expect(allocate(many, open).size).toBe(18_000)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('the plan of an invented region', () => {
  it.each([0.1, 0.33])(
    'costs at most 3 %% more than any plan could, with households together, when supply is %p off',
    (spread) => {
      const { people, slots } = makeRegion({
        people: 6000,
        clinics: 12,
        weeks: 5,
        areas: 1,
        places: 1.05,
        spread,
      })
      const given = allocate(people, slots)
      const taken = Map.groupBy(given.values(), (id) => id)
      expect(given.size).toBe(people.length)
      for (const slot of slots)
        expect(taken.get(slot.id)?.length ?? 0).toBeLessThanOrEqual(slot.free)
      const { before, bound } = improve(
        people.map((p) => ({ ...p, slotId: given.get(p.id)! })),
        slots.map((slot) => ({ ...slot, free: slot.free - (taken.get(slot.id)?.length ?? 0) })),
      )
      expect(before.total / bound).toBeLessThanOrEqual(1.03)
      expect(before.together / before.households).toBeGreaterThanOrEqual(0.995)
    },
  )

  it('sends nobody of the most urgent third away from the clinic they are listed at, when it is a third short', () => {
    const { people, slots } = makeRegion({
      people: 6000,
      clinics: 12,
      weeks: 5,
      areas: 1,
      places: 1.05,
      spread: 0.33,
    })
    const slotOf = new Map(slots.map((slot) => [slot.id, slot]))
    const given = allocate(people, slots)
    const urgent = people.filter(
      (p) =>
        p.priority <= 2000 &&
        slots.some(
          (slot) =>
            slot.hsaId === p.listedClinic &&
            !slot.central &&
            (slot.accessible || !p.needs.includes('wheelchair')),
        ),
    )
    const alone = urgent.filter((p) => p.household === null && !p.hours)
    expect(alone.length).toBeGreaterThan(1000)
    for (const p of alone) expect(slotOf.get(given.get(p.id)!)!.hsaId).toBe(p.listedClinic)
  })
})
