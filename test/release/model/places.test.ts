import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { HORIZON } from '../../../src/release/model/forecast.ts'
import {
  allPlaces,
  countedPlaces,
  stockAfter,
  type Places,
} from '../../../src/release/model/places.ts'
import { policies } from '../../../src/release/model/policy.ts'
import { anyArea, ordinaryArea, today } from './days.ts'

const supply = (byDay: Record<number, number>, coming: Places['coming'] = []): Places => {
  const open = new Float64Array(HORIZON + 42)
  for (const [day, n] of Object.entries(byDay)) open[Number(day)] = n
  return { open, coming }
}
const sum = (xs: ArrayLike<number>): number => Array.from(xs).reduce((a, b) => a + b, 0)

describe('places left after a demand', () => {
  it('books the earliest, and a place is gone on its own day', () => {
    const stock = stockAfter((k) => (k === 0 ? 3 : 0), supply({ 1: 5, 3: 10 }))
    expect(Array.from(stock.subarray(0, 4))).toEqual([12, 10, 10, 0])
  })

  it('lets who finds none wait for what is published later', () => {
    const stock = stockAfter(
      (k) => (k === 0 ? 4 : 0),
      supply({ 1: 1 }, [{ day: 6, published: 2, places: 10 }]),
    )
    expect(Array.from(stock.subarray(0, 4))).toEqual([-3, -3, 7, 7])
  })

  it('ignores places after the day asked about', () =>
    expect(stockAfter(() => 0, supply({ 2: 4, 9: 8 }), 5)[0]).toBe(4))

  it('never serves more than there is, and more demand never leaves more', () => {
    const demand = fc.array(fc.nat(40), { minLength: HORIZON, maxLength: HORIZON })
    fc.assert(
      fc.property(anyArea, demand, fc.nat(HORIZON - 1), (area, each, at) => {
        const all = allPlaces(area, today)
        const stock = stockAfter((k) => each[k] ?? 0, all)
        const more = stockAfter((k) => (each[k] ?? 0) + (k === at ? 7 : 0), all)
        stock.forEach((left, k) => {
          expect(left).toBeLessThanOrEqual(
            sum(all.open) + sum(all.coming.map((c) => c.places)) + 1e-6,
          )
          expect(more[k]).toBeLessThanOrEqual(left + 1e-6)
        })
      }),
    )
  })

  it('counts no more than all plans coming true', () => {
    for (const policy of Object.values(policies)) {
      expect(sum(countedPlaces(ordinaryArea, today, policy, 1).open)).toBeLessThanOrEqual(
        sum(allPlaces(ordinaryArea, today).open),
      )
    }
  })
})
