import { describe, expect, it } from '@jest/globals'
import { check, type Arrived, type World } from '../../bench/torture/checker.ts'
import { scheduleOf, shown } from '../../bench/torture/schedule.ts'

const sms = (reference: string, over: Partial<Arrived> = {}): Arrived => ({
  way: 'sms',
  reference,
  to: '+46701740605',
  ...over,
})
const letter = (reference: string): Arrived => ({ way: 'letter', reference, to: null })

/** Anna and Bo share a phone; Bo has a letterbox too. */
const world = (over: Partial<World>, listed: Record<string, string> = {}): World => ({
  invited: [
    { person: 'Anna', ways: ['sms'], spoiled: [] },
    { person: 'Bo', ways: ['sms', 'letter'], spoiled: ['sms'] },
  ],
  arrived: [sms('a1'), letter('b2')],
  ownersOf: new Map([['+46701740605', ['Anna', 'Bo']]]),
  said: {
    personOf: new Map([
      ['a1', 'Anna'],
      ['b1', 'Bo'],
      ['b2', 'Bo'],
    ]),
    worklist: new Map(Object.entries(listed)),
  },
  logs: new Map(),
  personal: new Set(['194401019800', '46701740605']),
  ...over,
})
const none = { lost: [], twice: [], outage: [], astray: [], leaks: [] }

describe('the checker of a torture run', () => {
  it('finds nothing when each has got one message, whatever failed before it', () => {
    const arrived = [sms('a1'), sms('b1', { undelivered: true }), letter('b2')]
    expect(check(world({ arrived }))).toEqual(none)
  })

  it('names who got nothing and is on no list', () => {
    expect(check(world({ arrived: [letter('b2')] })).lost).toEqual([
      'Anna got nothing and is on no list.',
    ])
  })

  it('tells a reason of the person’s own from an outage', () => {
    const invited = [
      { person: 'Anna', ways: ['sms'] as const, spoiled: ['sms'] as const },
      { person: 'Bo', ways: ['sms', 'letter'] as const, spoiled: ['sms'] as const },
    ]
    const listed = { Anna: 'not-delivered', Bo: 'not-delivered' }
    expect(check(world({ invited, arrived: [] }, listed))).toEqual({
      ...none,
      outage: ['Bo was given up (not-delivered) and could be reached by letter.'],
    })
  })

  it('finds the same message twice, and two messages that both arrived', () => {
    expect(check(world({ arrived: [sms('a1'), sms('a1'), letter('b2')] })).twice).toEqual([
      'Anna got the same sms twice.',
    ])
    expect(check(world({ arrived: [sms('a1'), sms('b1'), letter('b2')] })).twice).toEqual([
      'Bo got sms and letter.',
    ])
  })

  it('finds what came to somebody else, and what no message is known for', () => {
    const arrived = [sms('a1', { to: '+46701740699' }), letter('b2'), letter('x')]
    expect(check(world({ arrived })).astray).toEqual([
      'The sms of Anna came to somebody else.',
      'A letter came that no message is known for: x.',
    ])
  })

  it('finds personal words in a log, without repeating them', () => {
    const logs = new Map([['serve', '{"msg":"sent to +46701740605."}']])
    expect(check(world({ logs })).leaks).toEqual([
      'The log of serve holds 1 personal words, e.g. +4…(13 signs).',
    ])
  })
})

describe('the schedule of a torture run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(shown(scheduleOf(7, 2000))).toBe(shown(scheduleOf(7, 2000)))
    expect(shown(scheduleOf(7, 2000))).not.toBe(shown(scheduleOf(8, 2000)))
  })

  it('has every kind of strike and illness in a hundred seeds', () => {
    const all = Array.from({ length: 100 }, (_, seed) => scheduleOf(seed, 2000))
    const strikes = new Set(all.flatMap((s) => s.strikes.map(({ what }) => what)))
    const illnesses = new Set(all.flatMap((s) => s.illnesses.map((i) => `${i.where} ${i.what}`)))
    expect(strikes.size).toBe(8)
    expect(illnesses.size).toBe(17)
  })
})
