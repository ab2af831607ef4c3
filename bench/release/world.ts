import {
  addWorkingDays,
  formatDay,
  isWorkingDay,
  weekday,
} from '../../src/release/model/calendar.ts'
import { random } from './random.ts'
import type { Scenario } from './scenarios.ts'

/** Days simulated at most. */
export const LAST = 170

interface Person {
  area: number
  answers: number
  post: number
  x: number
  y: number
  phones: boolean
  waits: boolean
  choosy: number
  order: number
  sentOn: number
}
interface Area {
  people: Person[]
  sent: number
  capacity: Int32Array
  planned: Int32Array
  publishedOn: Int32Array
  booked: Person[][]
  waiting: Person[]
  displaced: Person[]
}
export interface Event {
  area: string
  released: string
  on: string
  booked: number
  failedSearches: number
  declined: number
}

/** Everything that happened, by day. */
export interface History {
  invited: number[]
  booked: number[]
  answers: number[]
  answersByArea: number[][]
  free: number[]
  calls: number[]
  offered: number[]
  used: number[]
  metNone: number
  searched: number
}

export interface World {
  scenario: Scenario
  day: number
  areas: Area[]
  due: Map<number, Person[]>
  callsLater: number
  events: Event[]
  history: History
  publishedWeeks: number
}

/** People and places drawn from the seed alone: every policy meets the same ones. */
export function createWorld(scenario: Scenario, seed: number): World {
  const next = random(seed)
  const areas = scenario.areas.map((share, a): Area => ({
    sent: 0,
    waiting: [],
    displaced: [],
    booked: Array.from({ length: LAST + 40 }, () => []),
    capacity: new Int32Array(LAST + 40),
    planned: planPlaces(scenario, share),
    publishedOn: new Int32Array(LAST + 40).fill(LAST + 99),
    people: Array.from({ length: Math.round(scenario.people * share) }, () => ({
      area: a,
      answers: next(),
      post: next(),
      x: next(),
      y: next(),
      phones: next() < scenario.phoneShare,
      waits: next() < scenario.weekendWaits,
      choosy: next() < scenario.choosy ? next() : -1,
      order: next(),
      sentOn: -1,
    })),
  }))
  for (const area of areas) schedule(scenario, area)
  const zeros = () => new Array<number>(LAST + 40).fill(0)
  const history: History = {
    invited: zeros(),
    booked: zeros(),
    answers: zeros(),
    answersByArea: areas.map(zeros),
    free: zeros(),
    calls: zeros(),
    offered: zeros(),
    used: zeros(),
    metNone: 0,
    searched: 0,
  }
  return {
    scenario,
    day: -1,
    areas,
    due: new Map(),
    callsLater: 0,
    events: [],
    history,
    publishedWeeks: 0,
  }
}

function planPlaces(s: Scenario, share: number): Int32Array {
  let carried = 0
  return Int32Array.from({ length: LAST + 40 }, (_, d) => {
    if (!isWorkingDay(s.start + d) || (s.only && (d < s.only.from || d > s.only.to))) return 0
    carried += s.daily * share
    const n = Math.floor(carried)
    carried -= n
    return n
  })
}

/**
 * A week's places are published on the publishing weekday before; the first days of the campaign's first week do not
 * exist.
 */
function schedule(s: Scenario, area: Area): void {
  for (let d = 0; d < LAST + 40; d++) {
    const monday = d - (weekday(s.start + d) - 1)
    area.publishedOn[d] = s.only ? 0 : monday - 7 + (s.publishOn - 1)
    if (monday <= 0) area.planned[d] = 0
    area.capacity[d] = Math.round((area.planned[d] ?? 0) * s.noise(Math.floor(d / 7)))
  }
}

/** What the places of day `d` will be in the end, cut included: for those who know the future. */
export const finalPlaces = (world: World, area: Area, d: number): number => {
  const { cut } = world.scenario
  const n = area.capacity[d] ?? 0
  return cut && d >= cut.from && d < cut.to ? Math.round(n * (1 - cut.share)) : n
}

const told = (world: World, d: number): boolean =>
  world.scenario.cut !== null &&
  world.day >= world.scenario.cut.told &&
  d >= world.scenario.cut.from &&
  d < world.scenario.cut.to
const placesNow = (world: World, area: Area, d: number): number =>
  told(world, d) ? finalPlaces(world, area, d) : (area.capacity[d] ?? 0)
export const freeOn = (world: World, area: Area, d: number): number =>
  (area.publishedOn[d] ?? LAST) <= world.day
    ? Math.max(0, placesNow(world, area, d) - (area.booked[d]?.length ?? 0))
    : 0

/** The morning: places are published, a cut is told and takes away what is booked too much (latest booking first). */
export function morning(world: World): void {
  world.day++
  const { cut } = world.scenario
  if (cut?.told !== world.day) return
  for (const area of world.areas) {
    for (let d = Math.max(cut.from, world.day + 1); d < cut.to; d++) {
      const booked = area.booked[d] ?? []
      while (booked.length > finalPlaces(world, area, d))
        area.displaced.push(booked.pop() as Person)
    }
  }
}

/** The day an answer comes if the letter is sent today, or −1 for never. */
export function answerDay(world: World, person: Person, sent: number): number {
  const s = world.scenario
  if (person.answers >= s.uptake(sent) * s.areaFactor(person.area)) return -1
  const days = s.post.from + Math.floor(person.post * (s.post.to - s.post.from + 1))
  const arrives =
    s.post.counted === 'calendar' ? sent + days : addWorkingDays(s.start + sent, days) - s.start
  const answers = arrives + Math.min(40, Math.max(0, s.delay(person.x, person.y)))
  const waits = (person.phones || person.waits) && !isWorkingDay(s.start + answers)
  return waits ? addWorkingDays(s.start + answers, 1) - s.start : answers
}

/** Sends `n` letters in an area, in priority order. */
export function release(world: World, areaAt: number, n: number): void {
  const area = world.areas[areaAt] as Area
  for (let i = 0; i < n && area.sent < area.people.length; i++) {
    const person = area.people[area.sent++] as Person
    person.sentOn = world.day
    world.history.invited[world.day] = (world.history.invited[world.day] ?? 0) + 1
    const day = answerDay(world, person, world.day)
    if (day < 0) continue
    const due = world.due.get(day)
    if (due) due.push(person)
    else world.due.set(day, [person])
  }
}

/**
 * The day itself: who waits tries again, then today's answers in their own order; each looks for a place and may
 * phone.
 */
export function play(world: World): void {
  const { day, scenario, history } = world
  const counts = new Map<string, Event>()
  const note = (person: Person, what: 'booked' | 'failedSearches'): void => {
    const key = `${person.area}:${person.sentOn}`
    let event = counts.get(key)
    if (!event)
      counts.set(
        key,
        (event = {
          area: `a${person.area}`,
          released: formatDay(scenario.start + person.sentOn),
          on: formatDay(scenario.start + day),
          booked: 0,
          failedSearches: 0,
          declined: 0,
        }),
      )
    event[what]++
  }
  let calls = world.callsLater
  for (const area of world.areas) {
    for (const group of ['displaced', 'waiting'] as const) {
      const left: Person[] = []
      for (const person of area[group]) {
        if (book(world, area, person)) {
          if (scenario.reportsAgain) note(person, 'booked')
        } else {
          left.push(person)
          if (person.order < 0.4) calls++
        }
      }
      area[group] = left
    }
  }
  for (const person of (world.due.get(day) ?? []).sort((a, b) => a.order - b.order)) {
    const area = world.areas[person.area] as Area
    history.searched++
    history.answers[day] = (history.answers[day] ?? 0) + 1
    const byArea = history.answersByArea[person.area] as number[]
    byArea[day] = (byArea[day] ?? 0) + 1
    if (person.phones) calls++
    if (book(world, area, person)) note(person, 'booked')
    else {
      history.metNone++
      area.waiting.push(person)
      if (!person.phones) calls++
      if (!scenario.blindSearches) note(person, 'failedSearches')
    }
  }
  world.due.delete(day)
  const open = isWorkingDay(scenario.start + day)
  history.calls[day] = open ? calls : 0
  world.callsLater = open ? 0 : calls
  for (const area of world.areas) {
    history.used[day] = (history.used[day] ?? 0) + (area.booked[day]?.length ?? 0)
    history.offered[day] =
      (history.offered[day] ?? 0) +
      Math.max(placesNow(world, area, day), area.booked[day]?.length ?? 0)
    for (let d = day + 1; d < day + 30; d++)
      history.free[day] = (history.free[day] ?? 0) + freeOn(world, area, d)
  }
  world.events.push(...counts.values())
}

/** The first place left, or for the choosy any place left; a place can be booked up to the day before. */
function book(world: World, area: Area, person: Person): boolean {
  const days: number[] = []
  let all = 0
  for (let d = world.day + 1; d < world.day + 30; d++) {
    const free = freeOn(world, area, d)
    if (free > 0) days.push(d)
    all += free
  }
  if (all === 0) return false
  let chosen = days[0] as number
  if (person.choosy >= 0) {
    let nth = Math.floor(person.choosy * all)
    for (const d of days) {
      nth -= freeOn(world, area, d)
      chosen = d
      if (nth < 0) break
    }
  }
  area.booked[chosen]?.push(person)
  world.history.booked[world.day] = (world.history.booked[world.day] ?? 0) + 1
  return true
}

/** Everyone invited and nobody's answer, search or appointment outstanding. */
export const finished = (world: World): boolean =>
  world.due.size === 0 &&
  world.areas.every(
    (a) =>
      a.sent >= a.people.length &&
      a.waiting.length + a.displaced.length === 0 &&
      a.booked.slice(world.day + 1).every((b) => b.length === 0),
  )
