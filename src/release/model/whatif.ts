import { addWorkingDays, formatDay, isWorkingDay, type Day } from './calendar.ts'
import { decide } from './controller.ts'
import { AGES } from './curve.ts'
import { scenarios, pool, type Scenario } from './estimate.ts'
import { answerRate } from './forecast.ts'
import { callRate } from './phone.ts'
import type { Policy } from './policy.ts'
import { liveOf, type AreaState, type DayState, type Planned, type Wave } from './state.ts'

/** "Next week's delivery is halved": the places of these days, first and last included, times 1 − share. */
export interface Cut {
  from: Day
  to: Day
  share: number
}

/**
 * Low, middle and high over the ways the public may behave that agree with what has been seen: 5th, 50th, 95th
 * per cent.
 */
export interface Band {
  low: number
  mid: number
  high: number
}
export interface Projection {
  /** From the day after the state's: letters out and calls in, the whole region. */
  days: { date: string; invite: Band; calls: Band }[]
  /** The day the last letter goes out, and the day by which 99 % of the answers to come have come. */
  lastWave: { low: string; mid: string; high: string }
  end: { low: string; mid: string; high: string }
  /** People who find no time, or lose theirs, over the whole projection. */
  noTime: Band
  displaced: number
}

const RUNS = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95]
const LONGEST = 200

/**
 * Plays the controller itself forward from the end of `state.day` (today's wave already among the waves), once for each
 * of seven scenarios along its own posterior, with everyone answering as the scenario expects. Supply goes on
 * as last told.
 */
export function project(state: DayState, policy: Policy, cut: Cut | null): Projection {
  const phoneShare = callRate(state.calls, state.day).ordinary
  const found = scenarios(pool(state.areas, state.day), state.day, {
    phoneShare,
    postDays: state.postDays,
  })
  const runs = RUNS.map((level) => play(state, policy, atLevel(found, level), cut))
  const length = Math.max(...runs.map((run) => Math.max(run.end, run.lastWave) - state.day))
  const band = (of: (run: Run) => number): Band => {
    const sorted = runs
      .map(of)
      .sort((a, b) => a - b)
      .map(Math.round)
    return {
      low: sorted[0] ?? 0,
      mid: sorted[(sorted.length - 1) / 2] ?? 0,
      high: sorted.at(-1) ?? 0,
    }
  }
  const dates = ({ low, mid, high }: Band) => ({
    low: formatDay(low),
    mid: formatDay(mid),
    high: formatDay(high),
  })
  return {
    days: Array.from({ length }, (_, i) => ({
      date: formatDay(state.day + 1 + i),
      invite: band((r) => r.invited[i + 1] ?? 0),
      calls: band((r) => r.calls[i + 1] ?? 0),
    })),
    lastWave: dates(band((r) => r.lastWave)),
    end: dates(band((r) => r.end)),
    noTime: band((r) => r.noTime),
    displaced: Math.round(runs[0]?.displaced ?? 0),
  }
}

/** Scenarios come ordered by early demand; this is the one at a share of their weight. */
function atLevel(found: readonly Scenario[], level: number): Scenario {
  let sum = 0
  return found.find((s) => (sum += s.weight) >= level) ?? (found.at(-1) as Scenario)
}

interface Run {
  invited: number[]
  calls: number[]
  noTime: number
  displaced: number
  lastWave: Day
  end: Day
}
interface Area {
  id: string
  remaining: number
  waiting: number
  displaced: number
  free: Map<Day, number>
  planned: Planned[]
  waves: Wave[]
  usualDay: number
  plans: AreaState['plans']
}

function play(state: DayState, policy: Policy, scenario: Scenario, cut: Cut | null): Run {
  const run: Run = {
    invited: [0],
    calls: [],
    noTime: 0,
    displaced: 0,
    lastWave: state.day,
    end: state.day,
  }
  const areas = state.areas.map((area) => withCut(area, state.day, cut))
  run.displaced =
    areas.reduce((sum, area) => sum + area.displaced, 0) -
    state.areas.reduce((sum, area) => sum + area.displaced, 0)
  const rate = callRate(state.calls, state.day)
  let later = 0
  const answered: number[] = []
  for (let day = state.day; day < state.day + LONGEST; day++) {
    if (day > state.day)
      morning(areas, { ...state, day, working: isWorkingDay(day), paused: null }, policy, run, cut)
    let answers = 0
    for (const area of areas) answers += answer(area, scenario, day, run)
    const calls = answers * rate.ordinary
    const open = isWorkingDay(day)
    run.calls[day - state.day] = open ? calls + later : 0
    later = open ? 0 : later + calls
    answered.push(answers)
    if (areas.every((area) => hasEnded(area, day))) break
  }
  const total = answered.reduce((sum, n) => sum + n, 0)
  let sum = 0
  run.end =
    state.day +
    Math.max(
      0,
      answered.findIndex((n) => (sum += n) >= 0.99 * total),
    )
  return run
}

/** Nobody can be invited any more, and everybody who was has answered: more days would all be alike. */
const hasEnded = ({ remaining, usualDay, planned, free, waves }: Area, day: Day): boolean =>
  waves.every((wave) => day - wave.sentOn > AGES) &&
  (remaining === 0 ||
    (usualDay === 0 && planned.length === 0 && [...free.values()].every((places) => places < 1)))

function withCut(area: AreaState, today: Day, cut: Cut | null): Area {
  const hit = (on: Day): number =>
    cut && on >= cut.from && on <= cut.to && on > today ? cut.share : 0
  let displaced = area.displaced
  const free = new Map<Day, number>()
  for (const { on, places } of area.free) {
    // What has been booked on the day is what it was told to have less what is free; a cut takes free places first.
    const gone = hit(on) * Math.max(places, area.usualDay)
    free.set(on, Math.max(0, places - gone))
    displaced += Math.max(0, gone - places)
  }
  return {
    id: area.id,
    remaining: area.remaining,
    waiting: area.waiting,
    displaced,
    free,
    usualDay: area.usualDay,
    plans: area.plans,
    waves: [...area.waves],
    planned: area.planned.map((p) => ({ ...p, expected: p.expected * (1 - hit(p.on)) })),
  }
}

/**
 * Places are published, days that nobody has planned yet are taken to be planned in time like the usual one, and the controller
 * decides.
 */
function morning(areas: Area[], state: DayState, policy: Policy, run: Run, cut: Cut | null): void {
  const { day } = state
  for (const area of areas) {
    const last = Math.max(day, ...area.free.keys(), ...area.planned.map((p) => p.on))
    for (let on = addWorkingDays(last, 1); on <= day + 14; on = addWorkingDays(on, 1)) {
      const share = cut && on >= cut.from && on <= cut.to ? 1 - cut.share : 1
      area.planned.push({ on, expected: area.usualDay * share, publishedOn: on - 7 })
    }
    for (const p of area.planned)
      if (p.publishedOn <= day && p.on > day)
        area.free.set(p.on, (area.free.get(p.on) ?? 0) + p.expected)
    area.planned = area.planned.filter((p) => p.publishedOn > day)
    for (const on of area.free.keys()) if (on <= day) area.free.delete(on)
  }
  if (!state.working || areas.every((area) => area.remaining === 0)) return void run.invited.push(0)
  const decisions = decide({ ...state, areas: areas.map((area) => asState(area, day)) }, policy)
  let total = 0
  decisions.forEach(({ invite }, i) => {
    const area = areas[i]
    if (!area || invite === 0) return
    area.waves.push({ sentOn: day, sent: invite, answers: [] })
    area.remaining -= invite
    total += invite
    run.lastWave = day
  })
  run.invited.push(total)
}

const asState = (area: Area, day: Day): AreaState => ({
  id: area.id,
  remaining: area.remaining,
  waiting: area.waiting,
  displaced: area.displaced,
  usualDay: area.usualDay,
  plans: area.plans,
  said: [],
  seenThrough: day - 1,
  free: [...area.free].map(([on, places]) => ({ on, places })),
  planned: area.planned,
  waves: area.waves.filter((wave) => day - wave.sentOn < AGES + 10),
})

/** The day's answers book the earliest places; who finds none waits. */
function answer(area: Area, scenario: Scenario, day: Day, run: Run): number {
  let answers = 0
  area.waves = area.waves.map((wave) => {
    const age = day - wave.sentOn
    if (age >= AGES) return wave
    const n = liveOf(wave) * answerRate(scenario, wave.sentOn, age)
    answers += n
    return {
      ...wave,
      answers: [
        ...wave.answers,
        ...new Array<number>(Math.max(0, age - wave.answers.length)).fill(0),
        n,
      ],
    }
  })
  let want = area.waiting + area.displaced + answers
  for (const [on, places] of [...area.free].sort(([a], [b]) => a - b)) {
    if (on <= day) continue
    const taken = Math.min(want, places)
    area.free.set(on, places - taken)
    want -= taken
  }
  run.noTime += Math.max(0, Math.min(want, answers))
  area.waiting = want
  area.displaced = 0
  return answers
}
