import { formatDay, isWorkingDay } from '../../src/release/model/calendar.ts'
import { SAID_AHEAD } from '../../src/release/model/supply.ts'
import { freeOn, type World } from './world.ts'

/** The day's line: only what the product itself would know this morning. Takes the events from the world. */
export function lineOf(world: World, policy: string, first: boolean): Record<string, unknown> {
  const { scenario, day, areas } = world
  const date = (d: number): string => formatDay(scenario.start + d)
  const events = eventsToday(world)
  return {
    date: date(day),
    working: isWorkingDay(scenario.start + day),
    ...postTold(scenario.post),
    phone: {
      capacity: scenario.phones,
      callsYesterday: day === 0 ? 0 : world.history.calls[day - 1],
    },
    areas: areas.map((area, a) => {
      const free: Record<string, number> = {}
      const planned: Record<string, { expected: number; publishedOn: string }> = {}
      for (let d = day + 1; d < day + (scenario.only ? 36 : 18); d++) {
        const published = area.publishedOn[d] ?? 0
        if (published <= day) {
          const n = freeOn(world, area, d)
          if (n > 0) free[date(d)] = n
        } else if ((area.planned[d] ?? 0) > 0) {
          planned[date(d)] = { expected: plannedOn(world, area, d), publishedOn: date(published) }
        }
      }
      return {
        id: `a${a}`,
        remaining: area.people.length - area.sent,
        free,
        planned,
        ...(scenario.only ? {} : { said: saidAfter(world, area, day + 17) }),
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

/** What the printer and the post have promised: the day by which letters are there, in working days. */
const postTold = ({ to, counted }: World['scenario']['post']): { postDays: number } => ({
  postDays: counted === 'working' ? to : Math.ceil((to * 5) / 7),
})

/** A day's places as planned, and as told of a cut. */
function plannedOn({ scenario: { cut }, day }: World, area: World['areas'][number], d: number) {
  const share = cut && day >= cut.told && d >= cut.from && d < cut.to ? 1 - cut.share : 1
  return Math.round((area.planned[d] ?? 0) * share)
}

/** Somebody says that supply continues: the last known week again, for the days that can count. */
function saidAfter(world: World, area: World['areas'][number], last: number) {
  const said: Record<string, number> = {}
  for (let d = last + 1; d <= world.day + SAID_AHEAD; d++) {
    const on = world.scenario.start + d
    const places = isWorkingDay(on) ? plannedOn(world, area, d - 7 * Math.ceil((d - last) / 7)) : 0
    if (places > 0) said[formatDay(on)] = places
  }
  return said
}
