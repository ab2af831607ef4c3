import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { placesByArea, type ClinicDay, type Delivery } from '../../../src/release/model/doses.ts'

const day = (d: number) => `2021-03-${String(d).padStart(2, '0')}`
const slots = (d: number, free: number, booked = 0, clinicId = 1): ClinicDay => ({
  clinicId,
  area: 'falun',
  day: day(d),
  free,
  booked,
})
const doses = (
  d: number,
  min: number,
  expected = min,
  state: Delivery['state'] = 'confirmed',
  publishedOn: string | null = null,
): Delivery => ({ clinicId: 1, day: day(d), min, expected, state, publishedOn })

describe('places that can be counted on', () => {
  it('are the published ones where no delivery is known', () => {
    expect(placesByArea([slots(15, 10), slots(16, 5)], []).get('falun')).toEqual({
      free: { [day(15)]: 10, [day(16)]: 5 },
      planned: {},
    })
  })

  it('are no more than the confirmed doses, after those who are booked', () => {
    expect(placesByArea([slots(15, 10, 4), slots(16, 10)], [doses(15, 9)]).get('falun')).toEqual({
      free: { [day(15)]: 5 },
      planned: {},
    })
  })

  it('carry doses that are left over to the next day', () => {
    expect(placesByArea([slots(15, 2), slots(16, 10)], [doses(15, 9)]).get('falun')?.free).toEqual({
      [day(15)]: 2,
      [day(16)]: 7,
    })
  })

  it('count a sixth dose that can not always be drawn, and planned deliveries, as planned only', () => {
    const places = placesByArea(
      [slots(15, 100), slots(22, 100)],
      [doses(15, 50, 60), doses(22, 50, 60, 'planned', day(17))],
    ).get('falun')
    expect(places).toEqual({
      free: { [day(15)]: 50 },
      planned: {
        [day(15)]: { expected: 10, publishedOn: day(8) },
        [day(22)]: { expected: 60, publishedOn: day(17) },
      },
    })
  })

  it('are what is left when a delivery is halved: whoever is booked comes first', () => {
    expect(placesByArea([slots(15, 10, 8)], [doses(15, 9)]).get('falun')?.free).toEqual({
      [day(15)]: 1,
    })
    expect(placesByArea([slots(15, 10, 8)], [doses(15, 4)]).get('falun')?.free).toEqual({})
  })

  it('never exceed free slots or doses, whatever comes', () => {
    const days = fc.array(
      fc.record({
        clinicId: fc.integer({ min: 1, max: 3 }),
        d: fc.integer({ min: 10, max: 20 }),
        free: fc.nat(50),
        booked: fc.nat(50),
      }),
      { maxLength: 20 },
    )
    const deliveries = fc.array(
      fc.record({
        clinicId: fc.integer({ min: 1, max: 3 }),
        d: fc.integer({ min: 8, max: 20 }),
        min: fc.nat(100),
        more: fc.nat(30),
        state: fc.constantFrom('planned' as const, 'confirmed' as const),
      }),
      { maxLength: 10 },
    )
    fc.assert(
      fc.property(days, deliveries, (given, supply) => {
        const distinct = [...new Map(given.map((g) => [`${g.clinicId} ${g.d}`, g])).values()]
        const places = placesByArea(
          distinct.map((g) => ({
            clinicId: g.clinicId,
            area: `a${g.clinicId}`,
            day: day(g.d),
            free: g.free,
            booked: g.booked,
          })),
          supply.map((s) => ({
            clinicId: s.clinicId,
            day: day(s.d),
            min: s.min,
            expected: s.min + s.more,
            state: s.state,
            publishedOn: null,
          })),
        )
        for (const clinicId of [1, 2, 3]) {
          const { free = {}, planned = {} } = places.get(`a${clinicId}`) ?? {}
          for (const g of distinct.filter((x) => x.clinicId === clinicId))
            expect((free[day(g.d)] ?? 0) + (planned[day(g.d)]?.expected ?? 0)).toBeLessThanOrEqual(
              g.free,
            )
          const own = supply.filter((s) => s.clinicId === clinicId)
          if (!own.length) continue
          const first = Math.min(...own.map((s) => s.d))
          const bounded = Object.entries(free)
            .filter(([on]) => on >= day(first))
            .reduce((sum, [, n]) => sum + n, 0)
          expect(bounded).toBeLessThanOrEqual(
            own.filter((s) => s.state === 'confirmed').reduce((sum, s) => sum + s.min, 0),
          )
        }
      }),
    )
  })
})
