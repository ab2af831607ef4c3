import { describe, expect, it } from '@jest/globals'
import {
  hiddenOfOverlapping,
  hiddenOfWhole,
  hiddenPaces,
  isSmall,
  shownDays,
} from '../../../src/reports/goals/small-numbers.ts'

const cells = (...counts: [members: number, covered: number][]) =>
  counts.map(([members, covered]) => ({ members, covered }))
const hidden = (...counts: [number, number][]) => [...hiddenOfWhole(cells(...counts))].sort()

describe('a small number', () => {
  it.each([
    [4, 2, true],
    [100, 4, true],
    [100, 96, true],
    [100, 5, false],
    [100, 95, false],
    [100, 0, false],
    [100, 100, false],
    [19, 0, true], // that not one of so few is covered says it of each
    [19, 19, true],
    [20, 0, false],
    [0, 0, false],
  ])('of %d people %d covered: %s', (members, covered, small) => {
    expect(isSmall({ members, covered })).toBe(small)
  })
})

describe('the parts of a whole', () => {
  it('are all shown when none is small', () => {
    expect(hidden([100, 50], [30, 10], [20, 10])).toEqual([])
  })

  it('hide the next smallest with a single small one, which could be found by subtraction', () => {
    expect(hidden([100, 50], [30, 10], [20, 3], [200, 60])).toEqual([1, 2])
  })

  it('hide one more when those that are hidden are few together', () => {
    expect(hidden([100, 50], [30, 10], [2, 1], [1, 1])).toEqual([1, 2, 3])
  })

  it('hide no more than two small ones that are many together', () => {
    expect(hidden([100, 50], [30, 3], [25, 4], [60, 20])).toEqual([1, 2])
  })

  it('take no notice of parts without people', () => {
    expect(hidden([0, 0], [20, 3], [50, 10])).toEqual([1, 2])
  })
})

describe('groups that overlap', () => {
  const whole = { members: 100, covered: 50 }
  it('are hidden when they are small, or all but a few', () => {
    const groups = cells([40, 20], [4, 2], [97, 50], [60, 47], [100, 50])
    expect([...hiddenOfOverlapping(groups, whole)]).toEqual([1, 2, 3])
  })
})

describe('the paces of parts', () => {
  it('are hidden where few were covered of late, with the next smallest', () => {
    expect([...hiddenPaces([40, 3, 10, 0], new Set())].sort()).toEqual([1, 2])
  })
  it('are hidden where the part is, and with it one more', () => {
    expect([...hiddenPaces([40, 30, 10, 0], new Set([0]))].sort()).toEqual([0, 2])
  })
})

describe('the days', () => {
  it('are shown when at least five have come, and as many are still to come or none', () => {
    const days = [3, 5, 8, 10, 22, 23, 28, 30].map((covered, i) => ({ day: i, covered }))
    expect(shownDays(days, 100).map((day) => day.covered)).toEqual([5, 10, 22, 30])
  })
})
