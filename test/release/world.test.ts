import { describe, expect, it } from '@jest/globals'
import { draw, scenarios } from '../../bench/release/scenarios.ts'
import {
  createWorld,
  finalPlaces,
  finished,
  LAST,
  morning,
  play,
  release,
} from '../../bench/release/world.ts'

const small = { ...scenarios[0]!, people: 900, daily: 30, phones: 60 }

function playAll(scenario: typeof small, each: number) {
  const world = createWorld(scenario, 5)
  do {
    morning(world)
    world.areas.forEach((_, a) => release(world, a, each))
    play(world)
  } while (world.day < LAST && !finished(world))
  return world
}

describe('the simulated world', () => {
  it('plays every named scenario’s rules: no place above its capacity, nobody lost', () => {
    for (const scenario of [
      small,
      { ...small, cut: { told: 9, from: 12, to: 20, share: 0.5 } },
      { ...draw(3), people: 900, daily: 30 },
    ]) {
      const world = playAll(scenario, 40)
      for (const area of world.areas) {
        area.booked.forEach((people, d) =>
          expect(people.length).toBeLessThanOrEqual(
            Math.max(finalPlaces(world, area, d), area.capacity[d] ?? 0),
          ),
        )
      }
      const used = world.history.used.reduce((a, b) => a + b, 0)
      expect(used).toBe(world.history.searched)
    }
  })

  it('lets every policy meet the same people', () => {
    const people = (each: number) =>
      playAll(small, each).areas.flatMap((a) => a.people.map(({ sentOn: _, ...p }) => p))
    expect(people(20)).toEqual(people(200))
  })

  it('has nobody without a time when there is plenty, and many when all are asked at once', () => {
    expect(playAll({ ...small, daily: 300 }, 10).history.metNone).toBe(0)
    const crowded = playAll(small, 900).history
    expect(crowded.metNone / crowded.searched).toBeGreaterThan(0.4)
  })
})
