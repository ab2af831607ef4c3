import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { planReissue, type Move, type Seat } from '../../src/reissue/plan.ts'
import type { OpenSlot } from '../../src/ledger/appointments.ts'

const at = (minutes: number) => new Date(Date.UTC(2021, 2, 15, 7) + minutes * 60_000)
const day = 24 * 60
const clinics = [
  { clinicId: 1, hsaId: 'SE2321000180-1', area: 'falun', central: false },
  { clinicId: 2, hsaId: 'SE2321000180-2', area: 'falun', central: true },
  { clinicId: 3, hsaId: 'SE2321000180-3', area: 'falun', central: false },
]
const seat = (id: number, over: Partial<Seat> = {}): Seat => ({
  appointmentId: id,
  slotId: 1,
  clinicId: 1,
  startsAt: at(0),
  household: null,
  priority: id,
  madeAt: at(-10 * day + id),
  chosen: false,
  needs: [],
  earliest: at(-60),
  byHand: null,
  ...over,
})
const place = (id: number, clinic: number, minutes: number, free: number): OpenSlot => ({
  id,
  ...clinics[clinic - 1]!,
  startsAt: at(minutes),
  free,
})
const moved = (moves: Move[]) => moves.flatMap((m) => (m.outcome === 'moved' ? [m] : []))

// Slots 1–4 of clinic 1 are where people sit; places have ids from 100.
const seats = fc
  .array(
    fc.record({
      slotId: fc.integer({ min: 1, max: 4 }),
      household: fc.constantFrom('a', 'b', null),
      priority: fc.integer({ min: 0, max: 3 }),
      chosen: fc.boolean(),
      needs: fc.constantFrom<string[]>([], [], ['anaphylaxis']),
      byHand: fc.constantFrom(null, null, null, 'protected'),
      made: fc.integer({ min: 0, max: 5 }),
      earliest: fc.integer({ min: -3, max: 3 }),
    }),
    { maxLength: 24 },
  )
  .map((all): Seat[] =>
    all.map(({ made, earliest, ...s }, i) => ({
      ...s,
      appointmentId: i + 1,
      clinicId: 1,
      startsAt: at(s.slotId * 10),
      madeAt: at(-9 * day + made),
      earliest: at(earliest * day),
    })),
  )
const overflows = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 4, maxLength: 4 })
const places = fc
  .uniqueArray(
    fc.record({
      clinic: fc.constantFrom(...clinics),
      time: fc.integer({ min: -20, max: 60 }),
      free: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: (s) => `${s.clinic.clinicId} ${s.time}`, maxLength: 15 },
  )
  .map((all): OpenSlot[] =>
    all.map(({ clinic, time, free }, i) => ({
      id: 100 + i,
      ...clinic,
      startsAt: at(time * 180 + 5),
      free,
    })),
  )
const given = (all: Seat[], over: number[], free: OpenSlot[]) => {
  const bySlot = Map.groupBy(all, (s) => s.slotId)
  const overflow = new Map(
    over.flatMap((n, i) =>
      n > 0 && bySlot.has(i + 1) ? [[i + 1, Math.min(n, bySlot.get(i + 1)!.length)] as const] : [],
    ),
  )
  return { seats: all, overflow, places: free }
}
const mayHave = (s: Seat, p: OpenSlot) =>
  p.startsAt > s.earliest && !(p.central && s.needs.includes('anaphylaxis'))
const placeOf = (all: OpenSlot[], to: { clinicId: number; startsAt: Date }) =>
  all.find((p) => p.clinicId === to.clinicId && p.startsAt.getTime() === to.startsAt.getTime())!
const left = (all: OpenSlot[], moves: Move[], p: OpenSlot) =>
  p.free - moved(moves).filter((m) => placeOf(all, m.to) === p).length

describe('the plan of a reissue', () => {
  it('moves as many as are too many in each slot, and nobody else', () => {
    fc.assert(
      fc.property(seats, overflows, places, (s, o, p) => {
        const input = given(s, o, p)
        const { moves, overflow, kept } = planReissue(input)
        for (const slotId of [1, 2, 3, 4])
          expect(moves.filter((m) => m.fromSlotId === slotId).length).toBe(
            input.overflow.get(slotId) ?? 0,
          )
        expect(new Set(moves.map((m) => m.appointmentId)).size).toBe(moves.length)
        expect(moves.length).toBe(overflow)
        expect(kept).toBe(s.length - moves.filter((m) => m.outcome !== 'by-hand').length)
      }),
      { numRuns: 500 },
    )
  })

  it('moves nobody who booked themselves while one who was assigned could go, and nobody by hand while anybody else could', () => {
    fc.assert(
      fc.property(seats, overflows, places, (s, o, p) => {
        const { moves } = planReissue(given(s, o, p))
        const goes = new Set(moves.map((m) => m.appointmentId))
        for (const leaver of s.filter((x) => goes.has(x.appointmentId))) {
          const stays = s.filter((x) => x.slotId === leaver.slotId && !goes.has(x.appointmentId))
          if (leaver.chosen) expect(stays.filter((x) => !x.chosen && x.byHand === null)).toEqual([])
          if (leaver.byHand !== null) expect(stays.filter((x) => x.byHand === null)).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of people alike in that moves the less urgent, then the later booked', () => {
    const alone = seats.map((all) => all.map((s) => ({ ...s, household: null })))
    fc.assert(
      fc.property(alone, overflows, places, (s, o, p) => {
        const { moves } = planReissue(given(s, o, p))
        const goes = new Set(moves.map((m) => m.appointmentId))
        const keepsBefore = (a: Seat, b: Seat) =>
          a.priority < b.priority || (a.priority === b.priority && a.madeAt < b.madeAt)
        for (const leaver of s.filter((x) => goes.has(x.appointmentId))) {
          expect(
            s.filter(
              (x) =>
                x.slotId === leaver.slotId &&
                x.chosen === leaver.chosen &&
                x.byHand === leaver.byHand &&
                !goes.has(x.appointmentId) &&
                keepsBefore(leaver, x),
            ),
          ).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('gives only places that are free, late enough and allowed, and leaves nobody in the queue while there is one', () => {
    fc.assert(
      fc.property(seats, overflows, places, (s, o, p) => {
        const { moves } = planReissue(given(s, o, p))
        const of = (m: Move) => s.find((x) => x.appointmentId === m.appointmentId)!
        for (const m of moved(moves)) expect(mayHave(of(m), placeOf(p, m.to))).toBe(true)
        for (const one of p) expect(left(p, moves, one)).toBeGreaterThanOrEqual(0)
        for (const m of moves.filter((x) => x.outcome === 'queued'))
          expect(p.filter((one) => mayHave(of(m), one) && left(p, moves, one) > 0)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('is the same whatever the order of people and places', () => {
    fc.assert(
      fc.property(seats, overflows, places, (s, o, p) => {
        const sorted = (moves: Move[]) =>
          [...moves].sort((a, b) => a.appointmentId - b.appointmentId)
        const input = given(s, o, p)
        expect(
          sorted(
            planReissue({ ...input, seats: [...s].reverse(), places: [...p].reverse() }).moves,
          ),
        ).toEqual(sorted(planReissue(input).moves))
      }),
    )
  })

  it('looks at the same clinic the same day first, then near days, then other clinics, then the same clinic later, then the queue', () => {
    const free = [
      place(100, 3, 5, 1),
      place(101, 1, 20 * day, 1),
      place(102, 1, 2 * day, 1),
      place(103, 1, 300, 1),
      place(104, 1, -30, 1),
    ]
    const { moves } = planReissue({
      seats: [1, 2, 3, 4, 5, 6].map((id) => seat(id)),
      overflow: new Map([[1, 6]]),
      places: free,
    })
    expect(moved(moves).map((m) => [m.appointmentId, placeOf(free, m.to).id])).toEqual(
      expect.arrayContaining([
        [1, 104],
        [2, 103],
        [3, 102],
        [4, 100],
        [5, 101],
      ]),
    )
    expect(moves.filter((m) => m.outcome === 'queued').map((m) => m.appointmentId)).toEqual([6])
  })

  it('keeps a household together: who leaves, and where to', () => {
    const people = [
      seat(1, { priority: 1 }),
      seat(2, { priority: 5, household: 'a' }),
      seat(3, { priority: 9, household: 'a' }),
    ]
    const { moves } = planReissue({
      seats: people,
      overflow: new Map([[1, 2]]),
      places: [place(100, 1, 10, 1), place(101, 3, 60, 1), place(102, 3, 70, 1)],
    })
    expect(moved(moves).map((m) => [m.appointmentId, m.to.clinicId])).toEqual(
      expect.arrayContaining([
        [2, 3],
        [3, 3],
      ]),
    )
  })

  it('moves somebody else to make room only when asked, and only for one who can come nowhere else', () => {
    const allergic = seat(1, { needs: ['anaphylaxis'] })
    const other = seat(2, { slotId: 9, clinicId: 3, startsAt: at(day) })
    const input = { seats: [allergic], overflow: new Map([[1, 1]]), places: [place(100, 2, 0, 5)] }
    expect(planReissue(input).moves).toEqual([
      { appointmentId: 1, fromSlotId: 1, outcome: 'queued' },
    ])
    expect(planReissue({ ...input, chains: [other] }).moves).toEqual([
      {
        appointmentId: 1,
        fromSlotId: 1,
        outcome: 'moved',
        to: { clinicId: 3, startsAt: at(day) },
        chain: false,
      },
      {
        appointmentId: 2,
        fromSlotId: 9,
        outcome: 'moved',
        to: { clinicId: 2, startsAt: at(0) },
        chain: true,
      },
    ])
    expect(planReissue({ ...input, seats: [seat(1)], chains: [other] }).moves).toHaveLength(1)
  })

  it('halves a week of 20 000 in less than five seconds', () => {
    const times = 1000
    const people = Array.from({ length: 20_000 }, (_, i) => {
      const slot = i % times
      return seat(i + 1, {
        slotId: slot + 1,
        startsAt: at(Math.floor(slot / 200) * day + (slot % 200) * 2),
        priority: i % 97,
        household: i % 3 ? `h${slot}-${Math.floor(i / times / 2)}` : null,
        chosen: Math.floor(i / times) % 4 === 0,
      })
    })
    const free = Array.from({ length: 40 * 250 }, (_, i) => ({
      id: 5000 + i,
      clinicId: 1 + Math.floor(i / 250),
      hsaId: `SE2321000180-${i}`,
      area: 'falun',
      central: i < 500,
      startsAt: at(7 * day + (i % 250) * 5 + 1),
      free: 1 + (i % 2),
    }))
    const overflow = new Map(Array.from({ length: times }, (_, i) => [i + 1, 10]))
    const started = performance.now()
    const { moves } = planReissue({ seats: people, overflow, places: free })
    expect(performance.now() - started).toBeLessThan(5000)
    expect(moves).toHaveLength(10_000)
    expect(moved(moves)).toHaveLength(10_000)
    const chosen = new Set(people.filter((p) => p.chosen).map((p) => p.appointmentId))
    expect(moves.filter((m) => chosen.has(m.appointmentId))).toEqual([])
  })
})
