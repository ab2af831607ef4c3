import { describe, expect, it } from '@jest/globals'
import { project } from '../../../src/release/model/whatif.ts'
import { policies } from '../../../src/release/model/policy.ts'
import { ordinaryArea, ordinaryDay, today } from './days.ts'

const state = {
  ...ordinaryDay,
  areas: [
    {
      ...ordinaryArea,
      remaining: 700,
      waves: [4, 3, 2, 1].map((ago) => ({
        sentOn: today - ago,
        sent: 80,
        answers: [0, 20, 15, 8].slice(0, ago),
      })),
    },
  ],
}

describe('what if', () => {
  const asPlanned = project(state, policies.steady, null)
  const halved = project(state, policies.steady, { from: today + 5, to: today + 9, share: 0.5 })

  it('sends everyone’s letter in the end, whatever happens', () => {
    for (const run of [asPlanned, halved]) {
      const total = run.days.reduce((sum, day) => sum + day.invite.mid, 0)
      expect(total).toBeGreaterThan(500)
      expect(run.lastWave.low <= run.lastWave.high && run.end.low <= run.end.high).toBe(true)
    }
  })

  it('sends fewer in the coming week when it is halved, and ends no sooner', () => {
    const week = (of: typeof halved): number =>
      of.days.slice(0, 7).reduce((sum, day) => sum + day.invite.mid, 0)
    expect(week(halved)).toBeLessThan(week(asPlanned))
    expect(halved.end.mid >= asPlanned.end.mid).toBe(true)
  })

  it('keeps every band in order', () => {
    for (const { invite, calls } of halved.days) {
      for (const band of [invite, calls])
        expect(band.low <= band.mid && band.mid <= band.high && band.low >= 0).toBe(true)
    }
  })

  it('ends at once where no place comes, and in time where they come one by one', () => {
    const nothing = {
      ...ordinaryArea,
      remaining: 700,
      usualDay: 0,
      free: [],
      planned: [],
      waves: [],
    }
    const stopped = project({ ...ordinaryDay, areas: [nothing] }, policies.steady, null)
    expect(stopped.days).toEqual([])
    const drops = { ...nothing, remaining: 1e6, usualDay: 1 }
    const dripping = project(
      { ...ordinaryDay, areas: [drops, { ...drops, id: 'b' }], phoneCapacity: 400 },
      policies.steady,
      null,
    )
    expect(dripping.days.length).toBeGreaterThan(150)
  })

  it('is the same as planned when nothing is cut', () => {
    expect(project(state, policies.steady, { from: today + 5, to: today + 9, share: 0 })).toEqual(
      asPlanned,
    )
  })
})
