import { formatDay, isWorkingDay } from '../../src/release/model/calendar.ts'
import { freeOn, type World } from './world.ts'

/** The day's line: only what the product itself would know this morning. Takes the events from the world. */
export function lineOf(world: World, policy: string, first: boolean): Record<string, unknown> {
  const { scenario, day, areas } = world
  const date = (d: number): string => formatDay(scenario.start + d)
  const events = eventsToday(world)
  return {
    date: date(day),
    working: isWorkingDay(scenario.start + day),
    phone: {
      capacity: scenario.phones,
      callsYesterday: day === 0 ? 0 : world.history.calls[day - 1],
    },
    areas: areas.map((area, a) => {
      const free: Record<string, number> = {}
      const planned: Record<string, { expected: number; publishedOn: string }> = {}
      for (let d = day + 1; d < day + (scenario.only ? 30 : 18); d++) {
        const published = area.publishedOn[d] ?? 0
        if (published <= day) {
          const n = freeOn(world, area, d)
          if (n > 0) free[date(d)] = n
        } else if ((area.planned[d] ?? 0) > 0) {
          const { cut } = scenario
          const share = cut && day >= cut.told && d >= cut.from && d < cut.to ? 1 - cut.share : 1
          planned[date(d)] = {
            expected: Math.round((area.planned[d] ?? 0) * share),
            publishedOn: date(published),
          }
        }
      }
      return {
        id: `a${a}`,
        remaining: area.people.length - area.sent,
        free,
        planned,
        waiting: area.waiting.length,
        displaced: area.displaced.length,
      }
    }),
    events,
    ...(first ? { settings: { policy } } : {}),
  }
}

/** A quiet feed keeps its events until it speaks again. */
function eventsToday(world: World): World['events'] {
  const { quiet } = world.scenario
  if (quiet && world.day > quiet[0] && world.day <= quiet[1] + 1) {
    const before = formatDay(world.scenario.start + quiet[0])
    const sent = world.events.filter((e) => e.on < before)
    world.events = world.events.filter((e) => e.on >= before)
    return sent
  }
  const sent = world.events
  world.events = []
  return sent
}
