import fc from 'fast-check'
import { formatDay, parseDay } from '../../../src/release/model/calendar.ts'
import type { AreaState, DayState, Wave } from '../../../src/release/model/state.ts'

export const today = parseDay('2021-04-14')

const wave = fc
  .record({
    ago: fc.integer({ min: 1, max: 30 }),
    sent: fc.nat(900),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    through: fc.nat(25),
  })
  .map(({ ago, sent, share, through }): Wave => {
    const answers = Array.from({ length: Math.min(ago, through + 1) }, (_, a) =>
      Math.floor(sent * share * 0.5 ** (a + 1)),
    )
    return { sentOn: today - ago, sent, answers }
  })

export const anyArea: fc.Arbitrary<AreaState> = fc.record({
  id: fc.string({ minLength: 1, maxLength: 5 }),
  remaining: fc.nat(20_000),
  free: fc
    .uniqueArray(fc.record({ on: fc.integer({ min: -2, max: 30 }), places: fc.nat(900) }), {
      selector: (f) => f.on,
      maxLength: 15,
    })
    .map((days) => days.map((f) => ({ on: today + f.on, places: f.places }))),
  planned: fc
    .uniqueArray(
      fc.record({
        on: fc.integer({ min: 1, max: 40 }),
        expected: fc.nat(900),
        publishedOn: fc.integer({ min: -3, max: 14 }),
      }),
      { selector: (p) => p.on, maxLength: 10 },
    )
    .map((days) =>
      days.map((p) => ({
        on: today + p.on,
        expected: p.expected,
        publishedOn: today + p.publishedOn,
      })),
    ),
  said: fc
    .uniqueArray(fc.record({ on: fc.integer({ min: 1, max: 60 }), places: fc.nat(300) }), {
      selector: (s) => s.on,
      maxLength: 5,
    })
    .map((days) => days.map((s) => ({ on: today + s.on, places: s.places }))),
  plans: fc.nat(2000).chain((told) => fc.record({ told: fc.constant(told), came: fc.nat(told) })),
  waiting: fc.oneof(fc.constant(0), fc.nat(500)),
  displaced: fc.oneof(fc.constant(0), fc.nat(500)),
  waves: fc.uniqueArray(wave, { selector: (w) => w.sentOn, maxLength: 12 }),
  usualDay: fc.nat(900),
  seenThrough: fc.constant(today - 1),
})

export const anyDay: fc.Arbitrary<DayState> = fc.record({
  day: fc.constant(today),
  working: fc.boolean(),
  phoneCapacity: fc.oneof(fc.constant(Infinity), fc.nat(2000)),
  calls: fc.array(
    fc.record({
      on: fc.integer({ min: today - 20, max: today - 1 }),
      calls: fc.nat(2000),
      answers: fc.nat(2000),
      afterClosed: fc.boolean(),
    }),
    { maxLength: 10 },
  ),
  postDays: fc.constantFrom(null, null, 1, 3, 6),
  areas: fc.uniqueArray(anyArea, { selector: (a) => a.id, minLength: 1, maxLength: 4 }),
  paused: fc.constantFrom(null, null, null, 'by-hand' as const),
})

export const iso = (ahead: number): string => formatDay(today + ahead)

/** A quiet, ordinary Wednesday in one area. */
export const ordinaryArea: AreaState = {
  id: 'falun',
  remaining: 5000,
  waiting: 0,
  displaced: 0,
  waves: [],
  said: [],
  plans: { told: 0, came: 0 },
  usualDay: 120,
  seenThrough: today - 1,
  free: [5, 6, 7, 8, 9].map((d) => ({ on: today + d, places: 120 })),
  planned: [12, 13, 14, 15, 16].map((d) => ({
    on: today + d,
    expected: 120,
    publishedOn: today + 7,
  })),
}
export const ordinaryDay: DayState = {
  day: today,
  working: true,
  phoneCapacity: 700,
  calls: [],
  postDays: null,
  areas: [ordinaryArea],
  paused: null,
}
