import { describe, expect, it } from '@jest/globals'
import { addWorkingDays, parseDay } from '../../../src/release/model/calendar.ts'
import { AGES, candidates, curvesFor } from '../../../src/release/model/curve.ts'
import { scenarios, type PooledWave } from '../../../src/release/model/estimate.ts'

const start = parseDay('2021-04-12')

/** Waves of 500 a working day whose answers follow `pmf` (days from sending) exactly. */
function waves(uptake: number, pmf: (age: number) => number, days: number): PooledWave[] {
  return Array.from({ length: days }, (_, i) => addWorkingDays(start, i)).map((sentOn) => {
    const seen = Math.min(AGES - 1, addWorkingDays(start, days) - 1 - sentOn)
    return {
      sentOn,
      sent: 500,
      seen,
      answers: Float64Array.from({ length: AGES }, (_, a) =>
        a <= seen ? 500 * uptake * pmf(a) : 0,
      ),
    }
  })
}

const meanUptake = (uptake: number, pmf: (age: number) => number, days: number): number =>
  scenarios(waves(uptake, pmf, days), addWorkingDays(start, days), {
    phoneShare: 0,
    postDays: null,
  }).reduce((sum, s) => sum + s.weight * s.uptake, 0)

const fast = (age: number): number => (age < 1 ? 0 : 0.4 * 0.6 ** (age - 1))
const late = (age: number): number => (age < 3 || age > 17 ? 0 : 1 / 15)

describe('what the estimate learns', () => {
  it.each([0.4, 0.6, 0.85, 0.95])(
    'finds an uptake of %f within 0.07 after three weeks',
    (uptake) => {
      expect(Math.abs(meanUptake(uptake, fast, 15) - uptake)).toBeLessThan(0.07)
    },
  )

  it('keeps open for a while whether people answer late or not at all, and then knows', () => {
    // Letters spread over one to six days of post look the same for a week: no scenario may be ruled out before that.
    const atSix = scenarios(waves(0.9, late, 6), addWorkingDays(start, 6), {
      phoneShare: 0,
      postDays: null,
    })
    expect(Math.max(...atSix.map((s) => s.uptake))).toBeGreaterThanOrEqual(0.7)
    expect(meanUptake(0.9, late, 12)).toBeGreaterThan(0.7)
  })

  it('is open-minded before anything is seen', () => {
    const found = scenarios([], start, { phoneShare: 0.5, postDays: null })
    expect(Math.max(...found.map((s) => s.uptake))).toBeGreaterThanOrEqual(0.9)
    expect(Math.min(...found.map((s) => s.uptake))).toBeLessThanOrEqual(0.4)
  })

  /** Share of a letter's answers that are expected in its first four days. */
  const soon = (postDays: number | null, days: number): number => {
    const sentOn = addWorkingDays(start, days)
    const { cdf } = curvesFor(sentOn)
    return scenarios(days ? waves(0.8, fast, days) : [], sentOn, {
      phoneShare: 0,
      postDays,
    }).reduce((sum, s) => sum + s.weight * (cdf[s.candidate * AGES + 3] ?? 0), 0)
  }

  it('expects answers later where the post is told to be slow, before any have come', () => {
    expect(soon(6, 0)).toBeLessThan(soon(null, 0) / 2)
    expect(soon(1, 0)).toBeGreaterThan(soon(null, 0) * 1.5)
  })

  it('believes the answers, not what was told of the post', () =>
    expect(soon(6, 8)).toBeGreaterThan(0.9 * soon(null, 8)))

  it('gives weights that sum to 1', () => {
    for (const days of [0, 2, 9]) {
      expect(
        scenarios(waves(0.7, fast, days), addWorkingDays(start, days), {
          phoneShare: 0.3,
          postDays: null,
        }).reduce((sum, s) => sum + s.weight, 0),
      ).toBeCloseTo(1)
    }
  })
})

describe('answer curves', () => {
  it('are distributions, over a normal week and over Easter', () => {
    for (const sentOn of [start, parseDay('2021-03-31')]) {
      const { pmf, cdf } = curvesFor(sentOn)
      candidates.forEach((_, c) => {
        const total = cdf[c * AGES + AGES - 1] ?? 0
        expect(total).toBeLessThanOrEqual(1 + 1e-9)
        expect(total).toBeGreaterThan(0.85)
        expect(Math.min(...pmf.subarray(c * AGES, (c + 1) * AGES))).toBeGreaterThan(0)
      })
    }
  })
})
