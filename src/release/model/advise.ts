import { isWorkingDay, parseDay, type Day } from './calendar.ts'
import { brake, isStale, type BrakeSigns } from './brakes.ts'
import { decide } from './controller.ts'
import {
  answersIn,
  emptyTally,
  withEvents,
  withWave,
  type AnswerEvent,
  type AreaTally,
} from './tally.ts'
import { policies, type PolicyName } from './policy.ts'
import { lineIn, lineOut, type ErrorOut, type LineIn, type LineOut } from './protocol.ts'
import type { AreaState, CallDay, DayState, PauseReason } from './state.ts'
import {
  bookedByArea,
  placesKnown,
  placesLost,
  usualDay,
  withOffered,
  withPlans,
} from './supply.ts'

/** What `release advise` remembers between lines. */
export interface AdviceState {
  policy: PolicyName
  pauses: 'day' | 'hold'
  /** A pause that only `resume` lifts. */
  held: PauseReason | null
  lastDay: Day | null
  ledgers: ReadonlyMap<string, AreaTally>
  lastAreas: ReadonlyMap<string, AreaState>
  calls: readonly CallDay[]
  postDays: number | null
  /** Answers by day, the whole region. */
  answers: ReadonlyMap<Day, number>
  /** Answers expected by day when the last decision was made. */
  expected: ReadonlyMap<Day, number>
  /** The last day whose answers have come in; the feed is stale while it stands still. */
  seenThrough: Day | null
}

export const freshState: AdviceState = {
  policy: 'steady',
  pauses: 'day',
  held: null,
  lastDay: null,
  ledgers: new Map(),
  lastAreas: new Map(),
  calls: [],
  postDays: null,
  answers: new Map(),
  expected: new Map(),
  seenThrough: null,
}

/** A quiet feed is believed after this many days: then it is people who are quiet. */
const STALE_DAYS = 7
const CALL_DAYS = 60

/** One line in, one line out and the next state. Never throws: what cannot be read leaves the state as it was. */
export function advise(
  state: AdviceState,
  text: string,
): { state: AdviceState; out: LineOut | ErrorOut } {
  const refuse = (code: ErrorOut['error']['code'], message: string, details?: unknown) => ({
    state,
    out: { error: { code, message, details } },
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return refuse('not-json', 'The line is not JSON. Send one JSON document a line.')
  }
  const parsed = lineIn.safeParse(json)
  if (!parsed.success) {
    const issues = parsed.error.issues
      .slice(0, 10)
      .map(({ path, message }) => ({ at: path.join('.'), message }))
    return refuse(
      'invalid',
      `The line does not follow the schema: ${issues[0]?.at ?? ''} ${issues[0]?.message ?? ''}. The state is ` +
        'unchanged.',
      issues,
    )
  }
  const today = parseDay(parsed.data.date)
  if (state.lastDay !== null && today <= state.lastDay) {
    return refuse(
      'out-of-order',
      `${parsed.data.date} has been decided already. Send each day once, in order.`,
    )
  }
  return nextDay(state, parsed.data, today)
}

function nextDay(
  before: AdviceState,
  line: LineIn,
  today: Day,
): { state: AdviceState; out: LineOut } {
  const { policy = before.policy, pauses = before.pauses, pause, resume } = line.settings ?? {}
  const working = line.working ?? isWorkingDay(today)
  const events: AnswerEvent[] = line.events.map((e) => ({
    ...e,
    released: parseDay(e.released),
    on: Math.min(parseDay(e.on), today),
  }))
  const answers = new Map(before.answers)
  for (const event of events) answers.set(event.on, (answers.get(event.on) ?? 0) + answersIn(event))
  const areasBefore = before.lastAreas
  const signs = signsOf(before, line, today, events)
  const quiet = isStale(signs) && today - 1 - (before.seenThrough ?? today) < STALE_DAYS
  const seenThrough = quiet ? (before.seenThrough ?? today - 1) : today - 1

  const ledgers = updatedLedgers(before, line, today, events)
  const bookedIn = bookedByArea(events)
  const areas = line.areas.map((area) => {
    const told = placesTold(area)
    const ledger = ledgers.get(area.id) ?? emptyTally
    const offered = withOffered(ledger.offered, told, today)
    const booked = bookedIn.get(area.id) ?? 0
    const plans = withPlans(ledger.plans, areasBefore.get(area.id), told, booked)
    const kept = { ...ledger, offered, plans }
    ledgers.set(area.id, kept)
    return areaState(area, told, kept, seenThrough)
  })
  signs.placesKnown = placesKnown([...areasBefore.values()], today)
  signs.placesLost = placesLost(areasBefore, areas, events, today)
  const calls = withCalls(before, line, today, answers)
  const found =
    before.lastDay === null ? null : brake(quiet ? signs : { ...signs, answersExpected: 0 })
  const kept = resume ? null : pause ? 'by-hand' : before.held
  const held = kept ?? (pauses === 'hold' && !resume ? found : null)
  const paused = held ?? (resume ? null : found)

  const state: DayState = {
    day: today,
    working,
    phoneCapacity: line.phone.capacity ?? Infinity,
    calls,
    postDays: line.postDays ?? null,
    areas,
    paused,
  }
  const decisions = decide(state, policies[policy])
  const released = new Map(ledgers)
  for (const { id, invite } of decisions)
    released.set(id, withWave(released.get(id) ?? emptyTally, today, invite))
  const expected = new Map<Day, number>()
  for (const { expected: path } of decisions)
    path.forEach((x, k) => expected.set(today + k, (expected.get(today + k) ?? 0) + x))
  return {
    state: {
      policy,
      pauses,
      held,
      lastDay: today,
      ledgers: released,
      lastAreas: new Map(areas.map((a) => [a.id, a])),
      calls,
      postDays: line.postDays ?? null,
      answers,
      expected,
      seenThrough,
    },
    out: lineOut(today, decisions, paused),
  }
}

/** The evening of the last line's day: as it was decided, with the day's wave sent. For projections. */
export function eveningOf(state: AdviceState, phoneCapacity: number): DayState {
  const areas = [...state.lastAreas.values()].map((area) => {
    const waves = state.ledgers.get(area.id)?.waves ?? []
    const sent = waves.find((wave) => wave.sentOn === state.lastDay)?.sent ?? 0
    return { ...area, waves, remaining: area.remaining - sent }
  })
  return {
    day: state.lastDay ?? 0,
    working: true,
    phoneCapacity,
    calls: state.calls,
    postDays: state.postDays,
    areas,
    paused: state.held,
  }
}

function updatedLedgers(
  before: AdviceState,
  line: LineIn,
  today: Day,
  events: readonly AnswerEvent[],
): Map<string, AreaTally> {
  const byArea = Map.groupBy(events, (event) => event.area)
  const ledgers = new Map(before.ledgers)
  for (const { area, on, count } of line.sent)
    ledgers.set(area, withWave(ledgers.get(area) ?? emptyTally, parseDay(on), count))
  for (const { id, waiting, displaced } of line.areas) {
    ledgers.set(
      id,
      withEvents(ledgers.get(id) ?? emptyTally, byArea.get(id) ?? [], {
        today,
        waiting,
        displaced,
      }),
    )
  }
  return ledgers
}

type Told = Pick<AreaState, 'free' | 'planned' | 'said'>

function placesTold(area: LineIn['areas'][number]): Told {
  return {
    said: Object.entries(area.said).map(([on, places]) => ({ on: parseDay(on), places })),
    free: Object.entries(area.free).map(([on, places]) => ({ on: parseDay(on), places })),
    planned: Object.entries(area.planned).map(([on, p]) => ({
      on: parseDay(on),
      expected: p.expected,
      publishedOn: parseDay(p.publishedOn),
    })),
  }
}

function areaState(
  { id, remaining, waiting, displaced }: LineIn['areas'][number],
  told: Told,
  ledger: AreaTally,
  seenThrough: Day,
): AreaState {
  return {
    id,
    remaining,
    waiting,
    displaced,
    ...told,
    waves: ledger.waves,
    usualDay: usualDay(ledger.offered),
    plans: ledger.plans,
    seenThrough,
  }
}

function signsOf(
  before: AdviceState,
  line: LineIn,
  today: Day,
  events: readonly AnswerEvent[],
): BrakeSigns {
  const from = (before.seenThrough ?? today) + 1
  let answersExpected = 0
  // Weekends may be quiet for good reasons.
  for (let day = from; day < today; day++)
    if (isWorkingDay(day)) answersExpected += before.expected.get(day) ?? 0
  return {
    answers: events.reduce((sum, e) => sum + answersIn(e), 0),
    failedSearches: events.reduce((sum, e) => sum + e.failedSearches, 0),
    calls: line.phone.callsYesterday ?? 0,
    phoneCapacity: line.phone.capacity ?? Infinity,
    placesKnown: 0,
    placesLost: 0,
    answersExpected,
    flowing: [...before.answers.values()].reduce((sum, n) => sum + n, 0) >= 50,
  }
}

/**
 * Yesterday's calls are told apart only when yesterday was a working day: what a Monday's number covers is not
 * stated.
 */
function withCalls(
  before: AdviceState,
  line: LineIn,
  today: Day,
  answers: ReadonlyMap<Day, number>,
): readonly CallDay[] {
  const calls = line.phone.callsYesterday
  const on = today - 1
  if (calls === undefined || before.lastDay === null || !isWorkingDay(on)) return before.calls
  const day: CallDay = {
    on,
    calls,
    answers: answers.get(on) ?? 0,
    afterClosed: !isWorkingDay(on - 1),
  }
  return [...before.calls.filter((d) => today - d.on < CALL_DAYS), day]
}
