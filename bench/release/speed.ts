/**
 * How long one decision for a large region takes: 300 areas, five weeks of daily waves. Prints milliseconds of
 * processor time.
 */
import { addWorkingDays, parseDay } from '../../src/release/model/calendar.ts'
import { decide } from '../../src/release/model/controller.ts'
import { policies } from '../../src/release/model/policy.ts'
import type { AreaState, DayState } from '../../src/release/model/state.ts'

const AREAS = 300
const today = parseDay('2021-04-14')
const waves = Array.from({ length: 24 }, (_, i) => addWorkingDays(today - 34, i))
  .filter((on) => on < today)
  .map((sentOn) => ({
    sentOn,
    sent: 40,
    answers: Array.from({ length: Math.min(36, today - sentOn) }, (_, a) =>
      Math.round(10 * 0.7 ** a),
    ),
  }))
const areas = Array.from({ length: AREAS }, (_, i): AreaState => ({
  id: `area-${i}`,
  remaining: 1200,
  waiting: 1,
  displaced: 0,
  said: [],
  plans: { told: 0, came: 0 },
  usualDay: 12,
  waves,
  seenThrough: today - 1,
  free: Array.from({ length: 10 }, (_, d) => ({ on: addWorkingDays(today, d + 1), places: 12 })),
  planned: Array.from({ length: 5 }, (_, d) => ({
    on: addWorkingDays(today, d + 11),
    expected: 12,
    publishedOn: today + 7,
  })),
}))
const state: DayState = {
  day: today,
  working: true,
  phoneCapacity: 700,
  calls: [],
  postDays: null,
  areas,
  paused: null,
}

const times = Array.from({ length: 31 }, () => {
  const began = process.cpuUsage()
  decide(state, policies.steady)
  return process.cpuUsage(began).user / 1000
})
const first = times[0] ?? 0
const sorted = times.slice(1).sort((a, b) => a - b)
console.log(
  JSON.stringify({
    areas: AREAS,
    waves: waves.length,
    firstMs: Math.round(first),
    medianMs: Math.round(sorted[15] ?? 0),
    slowestMs: Math.round(sorted.at(-1) ?? 0),
  }),
)
