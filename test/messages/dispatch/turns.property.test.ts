import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Turns, usedShare } from '../../../src/messages/dispatch/turns.ts'

/** The most calls in any second that begins with one. */
function mostInASecond(calls: readonly number[]): number {
  let most = 0
  for (let from = 0, to = 0; from < calls.length; from++) {
    while (to < calls.length && calls[to]! < calls[from]! + 1000) to++
    most = Math.max(most, to - from)
  }
  return most
}

/** A worker that takes the turns of sets that follow each other, and is held up for some milliseconds now and then. */
function play(limit: number, delays: readonly number[]): number[] {
  const step = 1000 / (limit * usedShare)
  const turns = new Turns(step)
  const calls: number[] = []
  let now = 0
  let reserved = 0
  for (const delay of delays) {
    now += delay
    if (turns.next(now) === undefined) {
      const size = turns.wanted(limit / 10)
      const first = Math.max(reserved + step, now)
      turns.add(first, size)
      reserved = first + (size - 1) * step
    }
    now = Math.max(now, turns.next(now)!)
    if (turns.take(now) !== undefined) calls.push(now)
  }
  return calls
}

const limits = fc.oneof(
  fc.integer({ min: 1, max: 2000 }),
  fc.double({ min: 0.1, max: 50, noNaN: true }),
)
const delays = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 29 }), fc.integer({ min: 0, max: 400 })),
  {
    minLength: 50,
    maxLength: 400,
  },
)

it('holds in every second, however long calls are held up', () => {
  fc.assert(
    fc.property(limits, delays, (limit, delays) => {
      expect(mostInASecond(play(limit, delays))).toBeLessThanOrEqual(Math.ceil(limit))
    }),
  )
})

it('uses 95 % of the limit and more when nothing is held up', () => {
  for (const limit of [1, 30, 50, 777]) {
    const calls = play(
      limit,
      Array.from({ length: 2000 }, () => 0),
    )
    expect((1000 * (calls.length - 1)) / (calls.at(-1)! - calls[0]!) / limit).toBeGreaterThan(0.95)
  }
})

it('reserves no more than it has used when some were missed, and twice as many when none was', () => {
  const turns = new Turns(10)
  expect(turns.wanted(100)).toBe(1)
  turns.add(0, 8)
  expect([0, 10, 20].map((now) => turns.take(now))).toEqual([0, 10, 20])
  expect(turns.wanted(100)).toBe(16)
  expect(turns.take(1000)).toBeUndefined()
  expect(turns.wanted(100)).toBe(3)
  expect(turns.wanted(2.5)).toBe(2)
})
