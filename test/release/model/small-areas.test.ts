import { describe, expect, it } from '@jest/globals'
import { hardFactor } from '../../../src/release/model/bounds.ts'
import { advise, freshState } from '../../../src/release/model/advise.ts'
import { decide } from '../../../src/release/model/controller.ts'
import { policies } from '../../../src/release/model/policy.ts'
import type { AreaState } from '../../../src/release/model/state.ts'
import { relianceOf, saidAhead, withPlans } from '../../../src/release/model/supply.ts'
import { formatDay } from '../../../src/release/model/calendar.ts'
import { iso, ordinaryArea, ordinaryDay, today } from './days.ts'

const area = (more: Partial<AreaState>): AreaState => ({ ...ordinaryArea, ...more })
describe('an area of 24 places with nothing planned behind them', () => {
  const small = { id: 'orsa', remaining: 234, usualDay: 5, planned: [] }

  it('promises each place once before anybody has answered, wave after wave', () => {
    let state = freshState
    let out = 0
    for (let day = today; day < today + 7; day++) {
      const step = advise(
        state,
        JSON.stringify({
          date: formatDay(day),
          areas: [{ id: 'orsa', remaining: 234 - out, free: { [iso(20)]: 12, [iso(21)]: 12 } }],
        }),
      )
      if ('error' in step.out) throw new Error(step.out.error.message)
      state = step.state
      out += step.out.areas[0]?.invite ?? NaN
    }
    expect(out).toBeGreaterThan(15)
    expect(out).toBeLessThanOrEqual(24)
  })

  it('sends more where somebody has said that supply continues, as far ahead as it can serve', () => {
    const free = [{ on: today + 5, places: 24 }]
    const said = [12, 19, 40].map((ahead) => ({ on: today + ahead, places: 24 }))
    const policy = { ...policies.steady, lead: Infinity }
    const [without] = decide({ ...ordinaryDay, areas: [area({ ...small, free })] }, policy)
    const [decision] = decide({ ...ordinaryDay, areas: [area({ ...small, free, said })] }, policy)
    expect(decision?.invite).toBeGreaterThan(without?.invite ?? NaN)
    expect([without?.hard.limit, decision?.hard.limit]).toEqual([24, Math.floor(24 + 0.9 * 48)])
    expect(saidAhead({ said }, today).map(({ on }) => on)).toEqual([today + 12, today + 19])
  })

  it('sends no second wave whose readers would answer after the last place', () => {
    const free = [{ on: today + 3, places: 24 }]
    const waves = [{ sentOn: today - 1, sent: 2, answers: [] }]
    const invite = (more: Partial<AreaState>) =>
      decide({ ...ordinaryDay, areas: [area({ ...small, free, ...more })] }, policies.steady)[0]
        ?.invite
    expect(invite({ waves })).toBe(0)
    expect(invite({ waves: [] })).toBeGreaterThan(0)
  })

  it('sends no first wave either where the post is told to be too slow for most readers', () => {
    const free = [{ on: today + 6, places: 24 }]
    const invite = (postDays: number | null) =>
      decide({ ...ordinaryDay, postDays, areas: [area({ ...small, free })] }, policies.steady)[0]
        ?.invite
    expect(invite(5)).toBe(0)
    expect(invite(1)).toBeGreaterThan(0)
    expect(invite(null)).toBeGreaterThan(0)
  })
})

describe('the hard factor', () => {
  const wave = (answered: number) => [{ sentOn: today - 5, sent: 200, answers: [answered] }]

  it('is 1 before anybody has answered, whatever is out', () =>
    expect(hardFactor([area({ waves: wave(0) })], policies.steady)).toBe(1))

  it('grows with the answers of all areas, never to more than the policy’s', () => {
    const half = hardFactor([area({ waves: wave(50) }), area({ waves: wave(50) })], policies.steady)
    expect(half).toBe(2.5)
    const many = Array.from({ length: 500 }, () => area({ waves: wave(200) }))
    expect(hardFactor(many, policies.steady)).toBeLessThan(policies.steady.hardFactor)
    expect(hardFactor(many, policies.strict)).toBe(1)
  })
})

describe('how far plans are relied on', () => {
  const before = { free: [], planned: [{ on: today + 7, expected: 100, publishedOn: today }] }
  const none = { told: 0, came: 0 }

  it('counts what came of a planned day, with what was booked the same day', () =>
    expect(
      withPlans(none, before, { free: [{ on: today + 7, places: 60 }], planned: [] }, 15),
    ).toEqual({ told: 100, came: 75 }))

  it('counts a planned day that never came as nothing, and one still planned not at all', () => {
    expect(withPlans(none, before, { free: [], planned: [] }, 0)).toEqual({ told: 100, came: 0 })
    expect(withPlans(none, before, before, 0)).toEqual(none)
  })

  it('starts at the policy’s share and follows the plans, the region’s where an area has few', () => {
    const quiet = area({ usualDay: 10 })
    const failing = area({ usualDay: 10, plans: { told: 900, came: 0 } })
    expect(relianceOf([quiet], policies.steady)).toEqual([0.9])
    const [few = 1, many = 1] = relianceOf([quiet, failing], policies.steady)
    expect(few).toBeCloseTo(0.16, 2)
    expect(many).toBeCloseTo(0.016, 3)
    expect(relianceOf([failing], policies.strict)).toEqual([0])
  })
})
