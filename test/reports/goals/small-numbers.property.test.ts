import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  hiddenOfWhole,
  isSmall,
  shownDays,
  type Count,
} from '../../../src/reports/goals/small-numbers.ts'

const count = fc
  .tuple(fc.oneof(fc.nat(12), fc.nat(400)), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([members, share]): Count => ({ members, covered: Math.round(members * share) }))
const sum = (cells: Count[]): Count => ({
  members: cells.reduce((n, cell) => n + cell.members, 0),
  covered: cells.reduce((n, cell) => n + cell.covered, 0),
})

describe('what is shown of the parts of a whole, together with the whole', () => {
  it('is never small, nor is what is left when it is taken from the whole', () => {
    fc.assert(
      fc.property(fc.array(count, { maxLength: 12 }), (cells) => {
        const out = hiddenOfWhole(cells)
        const [shown, hidden] = [
          cells.filter((_, i) => !out.has(i)),
          cells.filter((_, i) => out.has(i)),
        ]
        expect(shown.filter(isSmall)).toEqual([])
        const allOut = shown.every((cell) => cell.members === 0)
        if (hidden.length > 0 && !allOut) {
          expect(hidden.length).toBeGreaterThan(1)
          const [all, known] = [sum(cells), sum(shown)]
          const rest = {
            members: all.members - known.members,
            covered: all.covered - known.covered,
          }
          expect(isSmall(rest)).toBe(false)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('hides nothing when nothing is small', () => {
    fc.assert(
      fc.property(fc.array(count), (cells) => {
        const large = cells.filter((cell) => !isSmall(cell))
        expect(hiddenOfWhole(large).size).toBe(0)
      }),
    )
  })
})

describe('the days that are shown', () => {
  it('are never one to four people apart, and end with the last', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }), (more) => {
        let covered = 0
        const days = more.map((n, day) => ({ day, covered: (covered += n) }))
        const members = covered + 100
        const shown = shownDays(days, members)
        if (covered >= 5) expect(shown.at(-1)).toEqual(days.at(-1))
        shown.reduce((before, day) => {
          expect([1, 2, 3, 4]).not.toContain(day.covered - before)
          return day.covered
        }, 0)
      }),
    )
  })
})
