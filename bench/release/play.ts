import { isWorkingDay } from '../../src/release/model/calendar.ts'
import { lineOf } from './line.ts'
import { dateOf, player, type PolicyName } from './policies.ts'
import type { Scenario } from './scenarios.ts'
import {
  answerDay,
  createWorld,
  finished,
  LAST,
  morning,
  play,
  release,
  type History,
} from './world.ts'

/** What one run came to. Shares are 0–1; days are counted from the first (0). */
export interface Result {
  scenario: string
  kind: Scenario['kind']
  group: Scenario['group']
  policy: PolicyName
  seed: number
  metNone: number
  /** of those who would answer a letter of the first day, who does so after the last place: no policy that sends does better */
  leastNone: number
  peakCalls: number
  calls: number
  phoneDaysHeld: number
  slotsUsed: number
  day95: number
  p99Exceeded: number
  p99Days: number
  pausedDays: number
  slowestMs: number
  history: History
}

export async function run(
  scenario: Scenario,
  policy: PolicyName,
  seed: number,
  beside?: string,
): Promise<Result> {
  const world = createWorld(scenario, seed)
  const who = player(policy, beside)
  const told = policy === 'beside' ? 'steady' : policy
  const exceeded = { over: 0, days: 0 }
  let paused = 0
  let slowest = 0
  const levels: Record<string, number>[][] = []
  let first = true
  while (world.day < LAST && !(world.day > 0 && finished(world))) {
    morning(world)
    const working = isWorkingDay(scenario.start + world.day)
    if (working || scenario.weekendLines) {
      const advice = await who.decide(world, lineOf(world, told, first))
      first = false
      if (working) advice.invite.forEach((n, a) => release(world, a, n))
      if (advice.paused) paused++
      slowest = Math.max(slowest, advice.ms ?? 0)
      levels[world.day] = advice.p99 ?? []
    }
    play(world)
  }
  who.close()
  // A day's level is the one stated the same morning and the one stated the morning before.
  for (let d = 0; d <= world.day; d++) {
    for (const made of [d, d - 1]) {
      levels[made]?.forEach((byDate, a) => {
        const level = byDate[dateOf(world, d)]
        if (level === undefined) return
        exceeded.days++
        if ((world.history.answersByArea[a]?.[d] ?? 0) > level) exceeded.over++
      })
    }
  }
  return {
    ...measure(world.history, scenario, world.day),
    leastNone: tooLate(scenario, seed),
    scenario: scenario.name,
    kind: scenario.kind,
    group: scenario.group,
    policy,
    seed,
    p99Exceeded: exceeded.over,
    p99Days: exceeded.days,
    pausedDays: paused,
    slowestMs: slowest,
    history: world.history,
  }
}

function measure(history: History, scenario: Scenario, last: number) {
  const served = history.used.reduce((a, b) => a + b, 0)
  let day95 = 0
  for (let sum = history.used[0] ?? 0; sum < 0.95 * served && day95 < last;)
    sum += history.used[++day95] ?? 0
  const until = (days: number[]): number => days.slice(0, day95 + 1).reduce((a, b) => a + b, 0)
  const working = Array.from({ length: last + 1 }, (_, d) => d).filter((d) =>
    isWorkingDay(scenario.start + d),
  )
  return {
    metNone: history.metNone / Math.max(1, history.searched),
    peakCalls: Math.max(...history.calls),
    calls: history.calls.reduce((a, b) => a + b, 0),
    phoneDaysHeld:
      working.filter((d) => (history.calls[d] ?? 0) <= scenario.phones).length /
      Math.max(1, working.length),
    slotsUsed: until(history.used) / Math.max(1, until(history.offered)),
    day95,
  }
}

function tooLate(scenario: Scenario, seed: number): number {
  if (!scenario.only) return 0
  const { to } = scenario.only
  const world = createWorld(scenario, seed)
  const days = world.areas
    .flatMap((area) => area.people.map((person) => answerDay(world, person, 0)))
    .filter((day) => day >= 0)
  return days.filter((day) => day >= to).length / Math.max(1, days.length)
}
