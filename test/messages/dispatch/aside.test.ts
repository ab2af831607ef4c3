import { expect, it } from '@jest/globals'
import { Aside } from '../../../src/messages/dispatch/aside.ts'

it('lets a campaign go on beside single confirmations, each of which leaves soon', () => {
  const aside = new Aside()
  for (let now = 0; now < 10_000; now += 100)
    expect(aside.look(`confirmation ${Math.floor(now / 400)}`, now)).toBe(false)
})

it('has a campaign wait for a warning to many, from the first that waits half a second until the last has left', () => {
  const aside = new Aside()
  expect([0, 400, 500].map((now) => aside.look('the first', now))).toEqual([false, false, true])
  for (let now = 600; now < 60_000; now += 100)
    expect(aside.look(`number ${Math.floor(now / 4000)}`, now)).toBe(true)
  expect(aside.look(undefined, 60_000)).toBe(false)
  expect(aside.look('a confirmation', 60_100)).toBe(false)
})

it('does not have a campaign wait for one that cannot leave', () => {
  const aside = new Aside()
  aside.look('broken', 0)
  expect(aside.look('broken', 30_000)).toBe(true)
  for (const now of [60_000, 60_100, 600_000]) expect(aside.look('broken', now)).toBe(false)
})
