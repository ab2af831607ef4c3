import { describe, expect, it } from '@jest/globals'
import { lineOf } from '../../bench/release/line.ts'
import { draw, drawSmall, scenarios, smallKinds } from '../../bench/release/scenarios.ts'
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

  it('draws small areas of 10–60 places a week, with places after the week only where supply continues', () => {
    for (const kind of smallKinds)
      for (const seed of [1, 2, 3]) {
        const world = createWorld(drawSmall(kind, seed), seed)
        for (const area of world.areas) {
          const weeks = Array.from({ length: 8 }, (_, w) =>
            area.planned.slice(7 * w + 5, 7 * w + 12).reduce((sum, n) => sum + n, 0),
          ).filter((places) => places > 0)
          if (kind.startsWith('weekly')) expect(weeks.length).toBeGreaterThan(5)
          else expect(weeks).toHaveLength(1)
          expect(Math.max(...weeks)).toBeGreaterThanOrEqual(7) // with a public holiday
          expect(Math.max(...weeks)).toBeLessThanOrEqual(61)
        }
      }
  })

  it('tells the controller what is said, the last known week again, only where supply continues', () => {
    const said = (scenario: typeof small) => {
      const world = createWorld(scenario, 1)
      morning(world)
      const [area] = lineOf(world, 'steady', true)['areas'] as { said?: Record<string, number> }[]
      return area?.said
    }
    expect(said(small)).toEqual({
      '2021-04-26': 30, // 18 days after Wednesday 7 April is Sunday
      '2021-04-27': 30,
      '2021-04-28': 30,
      '2021-04-29': 30,
      '2021-04-30': 30,
      '2021-05-03': 30,
      '2021-05-04': 30,
      '2021-05-05': 30,
    })
    expect(said(drawSmall('week', 1))).toBeUndefined()
  })
})
