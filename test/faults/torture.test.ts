import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { check } from '../../bench/torture/checker.ts'
import { prepareGround, type Ground } from '../../bench/torture/ground.ts'
import { play, type Played } from '../../bench/torture/play.ts'
import { scheduleOf } from '../../bench/torture/schedule.ts'

// A short run of `npm run torture`: two hosts, pages and PostgreSQL as processes that are killed, on lines that are cut.
const people = 200
const seed = 3
let ground: Ground
let played: Played
beforeAll(async () => {
  ground = await prepareGround(people)
  played = await play(ground, scheduleOf(seed, people))
}, 300_000)
afterAll(() => ground.close())

const nothing = { lost: [], twice: [], outage: [], astray: [], leaks: [] }

describe('a campaign while everything goes wrong', () => {
  it('reaches everybody once and leaks nothing', () => {
    expect(played.found).toEqual(nothing)
    expect(played.stuck).toBeUndefined()
    expect(played.forged).toBe(0)
    expect(played.world.arrived.length).toBeGreaterThanOrEqual(people - 10)
  })

  it('is found out when one message is lost, doubled or logged', () => {
    const { world } = played
    const one = world.arrived.find(({ way }) => way === 'letter')!
    const without = world.arrived.filter((a) => a !== one)
    expect(check({ ...world, arrived: without }).lost).toHaveLength(1)
    expect(check({ ...world, arrived: [...world.arrived, one] }).twice).toHaveLength(1)
    const [phone] = world.ownersOf.keys()
    const logs = new Map([...world.logs, ['host 2', `{"reason":"no answer from ${phone}"}`]])
    expect(check({ ...world, logs }).leaks).toHaveLength(1)
  })
})
