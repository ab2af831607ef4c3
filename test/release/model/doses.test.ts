import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { DosesLeft, type SpanLeft } from '../../../src/clinics/doses/left.ts'
import { placesByArea, type ClinicDay, type LikelyDoses } from '../../../src/release/model/doses.ts'

const day = (d: number) => `2021-03-${String(d).padStart(2, '0')}`
const slots = (d: number, free: number, clinicId = 1): ClinicDay => ({
  clinicId,
  area: 'falun',
  day: day(d),
  startsAt: new Date(`${day(d)}T08:00:00Z`),
  free,
})
const span = (from: number, until: number, left: number, clinicId = 1): SpanLeft => ({
  clinicId,
  startsAt: new Date(`${day(from)}T00:00:00Z`),
  endsAt: new Date(`${day(until)}T00:00:00Z`),
  left,
})
const left = (...spans: SpanLeft[]) => new DosesLeft(spans)
const likely = (d: number, doses: number, publishedOn: string, clinicId = 1): LikelyDoses => ({
  clinicId,
  day: day(d),
  doses,
  publishedOn,
})

describe('places that can be counted on', () => {
  it('are the published ones where doses do not limit', () => {
    expect(placesByArea([slots(15, 10), slots(16, 5)], left(), []).get('falun')).toEqual({
      free: { [day(15)]: 10, [day(16)]: 5 },
      planned: {},
    })
  })

  it('are no more than the doses that are left, and what one day leaves is the next day’s', () => {
    expect(
      placesByArea([slots(15, 2), slots(16, 10)], left(span(10, 31, 9)), []).get('falun'),
    ).toEqual({ free: { [day(15)]: 2, [day(16)]: 7 }, planned: {} })
  })

  it('count planned deliveries as planned, with the day on which they are to be confirmed', () => {
    const places = placesByArea([slots(15, 100), slots(22, 100)], left(span(10, 31, 50)), [
      likely(15, 10, day(15)),
      likely(22, 60, day(17)),
    ]).get('falun')
    expect(places).toEqual({
      free: { [day(15)]: 50 },
      planned: {
        [day(15)]: { expected: 10, publishedOn: day(15) },
        [day(22)]: { expected: 60, publishedOn: day(17) },
      },
    })
  })

  it('are none while those who have a time lack doses', () => {
    expect(placesByArea([slots(15, 10)], left(span(10, 31, -4)), []).get('falun')).toEqual({
      free: {},
      planned: {},
    })
  })

  it('never exceed free slots or doses, whatever comes', () => {
    const days = fc.array(fc.tuple(fc.integer({ min: 10, max: 20 }), fc.nat(50)), { maxLength: 20 })
    const spans = fc.array(
      fc.tuple(fc.integer({ min: 11, max: 25 }), fc.integer({ min: -5, max: 80 })),
      {
        maxLength: 5,
      },
    )
    const hoped = fc.array(fc.tuple(fc.integer({ min: 10, max: 20 }), fc.nat(60)), { maxLength: 5 })
    fc.assert(
      fc.property(days, spans, hoped, (given, limits, more) => {
        const distinct = [...new Map(given).entries()].map(([d, free]) => slots(d, free))
        const { free = {}, planned = {} } =
          placesByArea(
            distinct,
            left(...limits.map(([until, n]) => span(10, until, n))),
            more.map(([d, n]) => likely(d, n, day(d))),
          ).get('falun') ?? {}
        for (const { day: on, free: places } of distinct)
          expect((free[on] ?? 0) + (planned[on]?.expected ?? 0)).toBeLessThanOrEqual(places)
        for (const [until, n] of limits) {
          const before = Object.entries(free).reduce(
            (sum, [on, places]) => (on < day(until) ? sum + places : sum),
            0,
          )
          expect(before).toBeLessThanOrEqual(Math.max(0, n))
        }
        const hopedFor = more.reduce((sum, [, n]) => sum + n, 0)
        const counted = Object.values(planned).reduce((sum, p) => sum + p.expected, 0)
        expect(counted).toBeLessThanOrEqual(hopedFor)
      }),
    )
  })
})
