import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decide, shareOut } from '../../../src/release/model/controller.ts'
import { liveLetters } from '../../../src/release/model/bounds.ts'
import { policies, type PolicyName } from '../../../src/release/model/policy.ts'
import type { AreaState } from '../../../src/release/model/state.ts'
import { anyDay, ordinaryArea, ordinaryDay, today } from './days.ts'

const names: PolicyName[] = ['strict', 'steady', 'eager']
const only = (area: Partial<AreaState>) => ({
  ...ordinaryDay,
  areas: [{ ...ordinaryArea, ...area }],
})
const invites = (area: Partial<AreaState>, name: PolicyName = 'steady'): number =>
  decide(only(area), policies[name])[0]?.invite ?? NaN

describe('a decision', () => {
  it.each(names)(
    '%s: stays a whole number, within who remains and within the hard bound, whatever the day',
    (name) => {
      const policy = policies[name]
      fc.assert(
        fc.property(anyDay, (day) => {
          const decisions = decide(day, policy)
          expect(decisions.map((d) => d.id)).toEqual(day.areas.map((a) => a.id))
          decisions.forEach(({ invite, expected, p99 }, i) => {
            const area = day.areas[i] as AreaState
            expect(Number.isInteger(invite)).toBe(true)
            expect(invite).toBeGreaterThanOrEqual(0)
            expect(invite).toBeLessThanOrEqual(area.remaining)
            if (!day.working || day.paused) expect(invite).toBe(0)
            if (invite > 0) {
              const ahead = (days: readonly { on: number; n: number }[]): number =>
                days.reduce((sum, { on, n }) => (on > today ? sum + n : sum), 0)
              const free = ahead(area.free.map(({ on, places }) => ({ on, n: places })))
              const told =
                ahead(area.planned.map(({ on, expected }) => ({ on, n: expected }))) +
                ahead(area.said.map(({ on, places }) => ({ on, n: places })))
              // Plans that have always held count whole, however careful the policy starts; strict never counts them.
              const counted = policy.plannedShare === 0 ? 0 : told
              expect(
                invite + liveLetters(area, today, policy.liveDays) + area.waiting + area.displaced,
              ).toBeLessThanOrEqual(policy.hardFactor * (free + counted))
            }
            expected.forEach((x, k) => expect(p99[k]).toBeGreaterThanOrEqual(x))
          })
        }),
        { numRuns: 50 },
      )
    },
  )

  it.each(names)('%s: fewer free places never give more letters', (name) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.nat(120),
        fc.nat(300),
        (which, fewer, live) => {
          const waves = [{ sentOn: today - 2, sent: live, answers: [0, Math.floor(live / 10)] }]
          const less = ordinaryArea.free.map((f, i) =>
            i === which ? { ...f, places: f.places - fewer } : f,
          )
          expect(invites({ free: less, waves }, name)).toBeLessThanOrEqual(invites({ waves }, name))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('more people waiting never give more letters', () => {
    fc.assert(
      fc.property(
        fc.nat(700),
        fc.nat(700),
        (a, b) => invites({ waiting: Math.max(a, b) }) <= invites({ waiting: Math.min(a, b) }),
      ),
      { numRuns: 20 },
    )
  })

  it('sends nothing where there is no place and none is planned', () => {
    for (const name of names) expect(invites({ free: [], planned: [], usualDay: 0 }, name)).toBe(0)
  })

  it('strict keeps live letters and today’s within the free places', () => {
    const waves = [{ sentOn: today - 1, sent: 250, answers: [] }]
    expect(invites({ waves }, 'strict')).toBe(350)
  })

  it('opens more to people who answer less', () => {
    const wave = (share: number) =>
      [9, 8, 7, 6, 5].map((ago) => ({
        sentOn: today - ago,
        sent: 100,
        answers: [0, 0, share * 30, share * 25, share * 20].map(Math.floor),
      }))
    expect(invites({ waves: wave(0.4) })).toBeGreaterThan(invites({ waves: wave(1.2) }))
  })

  it('lets scarce phones bind, and says so', () => {
    const [area] = decide({ ...ordinaryDay, phoneCapacity: 20 }, policies.steady)
    expect(area?.bound).toBe('phone')
    expect(area?.invite).toBeLessThan(invites({}))
  })

  it('names each bound', () => {
    expect(decide({ ...ordinaryDay, working: false }, policies.steady)[0]?.bound).toBe(
      'not-working',
    )
    expect(decide({ ...ordinaryDay, paused: 'supply-cut' }, policies.steady)[0]?.bound).toBe(
      'paused',
    )
    expect(decide(only({ remaining: 10 }), policies.steady)[0]).toMatchObject({
      invite: 10,
      bound: 'remaining',
    })
    expect(decide(only({}), policies.strict)[0]).toMatchObject({ invite: 600, bound: 'hard' })
    expect(decide(only({}), policies.steady)[0]?.bound).toBe('capacity')
  })

  it('says the same twice', () => {
    fc.assert(
      fc.property(anyDay, (day) =>
        expect(decide(day, policies.steady)).toEqual(decide(day, policies.steady)),
      ),
      { numRuns: 10 },
    )
  })
})

describe('sharing the phones', () => {
  it('never exceeds the room or a wish, and leaves none unused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }),
        fc.nat(20_000),
        (wishes, room) => {
          const shares = shareOut(wishes, room)
          const total = shares.reduce((a, b) => a + b, 0)
          expect(total).toBe(
            Math.min(
              room,
              wishes.reduce((a, b) => a + b, 0),
            ),
          )
          shares.forEach((n, i) => expect(n).toBeLessThanOrEqual(wishes[i] ?? 0))
        },
      ),
    )
  })
})
