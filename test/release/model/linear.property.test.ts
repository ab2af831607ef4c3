import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { maximise } from '../../../src/release/model/linear.ts'
import { optimum } from '../../support/highs.ts'

const variables = 5
const each = fc.integer({ min: -3, max: 9 })
const row = fc.record({
  coefficients: fc.array(each, { minLength: variables, maxLength: variables }),
  limit: fc.nat(100),
})

describe('linear programming', () => {
  it('finds what HiGHS finds, also that nothing binds', () => {
    let unbound = 0
    fc.assert(
      fc.property(
        fc.array(each, { minLength: variables, maxLength: variables }),
        fc.array(row, { minLength: 1, maxLength: 8 }),
        (value, rows) => {
          const found = maximise(
            value,
            rows.map(({ coefficients }) => coefficients),
            rows.map(({ limit }) => limit),
          )
          const best = optimum('Maximize', {
            value,
            rows: rows.map(({ coefficients, limit }) => ({
              terms: coefficients.map((c, variable) => [c, variable] as const),
              is: '<=',
              limit,
            })),
          })
          fc.pre(best !== undefined)
          if (best === Infinity) unbound++
          if (best === Infinity) expect(found).toBe(Infinity)
          else expect(found).toBeCloseTo(best, 6)
        },
      ),
      { numRuns: 400 },
    )
    expect(unbound).toBeGreaterThan(20)
    expect(unbound).toBeLessThan(380)
  })
})
