import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { maximise } from '../../../src/release/model/linear.ts'

describe('linear programming', () => {
  it('solves the textbook problem', () => {
    // Dantzig's example in Hillier & Lieberman: max 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18.
    expect(
      maximise(
        [3, 5],
        [
          [1, 0],
          [0, 2],
          [3, 2],
        ],
        [4, 12, 18],
      ),
    ).toBeCloseTo(36)
  })

  it('says when nothing binds', () => expect(maximise([1, 1], [[1, 0]], [4])).toBe(Infinity))

  it('is never below any point that fits, and reached by none above (two variables, by search)', () => {
    const row = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 4, maxLength: 4 }),
        (rows, limits) => {
          let best = 0
          for (let x = 0; x <= 60; x++) {
            const y = Math.min(...rows.map(([a = 0, b = 1], r) => ((limits[r] ?? 0) - a * x) / b))
            if (y >= 0) best = Math.max(best, x + y)
          }
          const found = maximise([1, 1], rows, limits.slice(0, rows.length))
          expect(found).toBeGreaterThanOrEqual(best - 1e-6)
          expect(found).toBeLessThanOrEqual(best + 1)
        },
      ),
    )
  })
})
