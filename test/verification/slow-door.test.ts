import { describe, expect, it } from '@jest/globals'
import { networksOf } from '../../src/verification/network.ts'
import { SlowDoor } from '../../src/verification/slow-door.ts'

/** Time is told by hand: waits end in their order when it is let go on. */
function timer() {
  const waits: { ms: number; over: () => void }[] = []
  const told: number[] = []
  return {
    told,
    wait: (ms: number) => {
      told.push(ms)
      return new Promise<void>((over) => waits.push({ ms, over }))
    },
    async goOn(): Promise<void> {
      while (waits.length) {
        waits.shift()!.over()
        await new Promise(setImmediate)
      }
    },
  }
}

describe('whoever gives wrong answers', () => {
  it('waits ever longer, is looked at a few at a time, and is turned away only in a flood', async () => {
    const time = timer()
    const door = new SlowDoor(time.wait)
    let looked = 0
    const wrong = () => {
      looked++
      return false
    }
    const answers = Array.from({ length: 200 }, () => door.ask('192.0.2.1', wrong))
    await new Promise(setImmediate)
    expect(looked).toBe(5)
    await time.goOn()
    expect(await Promise.all(answers)).toEqual([
      ...Array<boolean>(105).fill(false),
      ...Array<string>(95).fill('too-many'),
    ])
    expect(looked).toBe(105)
    expect(time.told.slice(0, 7)).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000])
  })

  it('keeps nobody of another network waiting, and who is right is answered at once', async () => {
    const time = timer()
    const door = new SlowDoor(time.wait)
    for (let i = 0; i < 50; i++) void door.ask('192.0.2.1', () => false)
    expect(await door.ask('192.0.2.2', () => true)).toBe(true)
    expect(time.told).toHaveLength(5)
    await time.goOn()
    expect(await door.ask('192.0.2.1', () => true)).toBe(true)
  })
})

it.each([
  ['192.0.2.1', ['192.0.2.1']],
  ['::ffff:192.0.2.1', ['192.0.2.1']],
  [
    '2001:db8:1234:5678:9::1',
    ['2001:db8:1234:5678::/64', '2001:db8:1234:5600::/56', '2001:db8:1234:0::/48'],
  ],
  ['2001:db8::1', ['2001:db8:0:0::/64', '2001:db8:0:0::/56', '2001:db8:0:0::/48']],
  ['::1', ['0:0:0:0::/64', '0:0:0:0::/56', '0:0:0:0::/48']],
])('the networks of %s', (address, networks) => {
  expect(networksOf(address)).toEqual(networks)
})
