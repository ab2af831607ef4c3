import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  emptyTally,
  withEvents,
  withWave,
  type AnswerEvent,
} from '../../../src/release/model/tally.ts'
import { liveOf } from '../../../src/release/model/state.ts'
import { today } from './days.ts'

const sent = withWave(emptyTally, today - 3, 100)
const event = (more: Partial<AnswerEvent>): AnswerEvent => ({
  area: 'a',
  released: today - 3,
  on: today - 1,
  booked: 0,
  failedSearches: 0,
  declined: 0,
  ...more,
})
const live = (ledger: typeof sent): number =>
  ledger.waves.reduce((sum, wave) => sum + liveOf(wave), 0)

describe('the ledger of waves', () => {
  it('counts bookings, failed searches and no-thanks as answers', () => {
    expect(
      live(
        withEvents(sent, [event({ booked: 20, failedSearches: 5, declined: 2 })], {
          today,
          waiting: 5,
          displaced: 0,
        }),
      ),
    ).toBe(73)
  })

  it('does not count a person who waited and then booked twice', () => {
    const waiting = withEvents(sent, [event({ failedSearches: 10 })], {
      today,
      waiting: 10,
      displaced: 0,
    })
    const booked = withEvents(waiting, [event({ on: today, booked: 12 })], {
      today: today + 1,
      waiting: 0,
      displaced: 0,
    })
    expect(live(booked)).toBe(100 - 10 - 2)
  })

  it('ignores answers to letters it never sent', () => {
    expect(
      withEvents(emptyTally, [event({ booked: 9 })], { today, waiting: 0, displaced: 0 }).waves,
    ).toEqual([])
  })

  it('never lets live letters rise by an event or fall below none', () => {
    const any = fc.record({
      released: fc.integer({ min: today - 4, max: today - 2 }),
      on: fc.integer({ min: today - 4, max: today }),
      booked: fc.nat(90),
      failedSearches: fc.nat(90),
      declined: fc.nat(90),
    })
    fc.assert(
      fc.property(fc.array(any), fc.nat(50), fc.nat(50), (events, waiting, displaced) => {
        const after = withEvents(sent, events.map(event), { today, waiting, displaced })
        expect(live(after)).toBeGreaterThanOrEqual(0)
        expect(live(after)).toBeLessThanOrEqual(live(sent))
      }),
    )
  })

  it('replaces a day’s number, never adds to it', () => {
    expect(live(withWave(withWave(sent, today - 3, 60), today - 3, 80))).toBe(80)
  })
})
