import type { Day } from './calendar.ts'
import { AGES } from './curve.ts'
import type { Offered } from './supply.ts'
import type { Kept, Wave } from './state.ts'

/** What happened to the letters of one wave on one day: distinct people's searches. */
export interface AnswerEvent {
  area: string
  released: Day
  on: Day
  booked: number
  failedSearches: number
  declined: number
}

/** Letters and answers of one area, with what is needed to tell a new answer from a second one by the same person. */
export interface AreaTally {
  waves: readonly Wave[]
  waiting: number
  displaced: number
  offered: Offered
  plans: Kept
}

export const emptyTally: AreaTally = {
  waves: [],
  waiting: 0,
  displaced: 0,
  offered: new Map(),
  plans: { told: 0, came: 0 },
}

export const answersIn = (event: AnswerEvent): number =>
  event.booked + event.failedSearches + event.declined

/** Letters this old are forgotten: nobody answers them any more in numbers that matter. */
const FORGET = AGES + 21

/**
 * A new ledger with the day's events. A failed search is an answer; but who waited and now books, or searches again,
 * has answered before: such second answers (by how far `waiting` and `displaced` fell) are taken off the oldest waves.
 */
export function withEvents(
  ledger: AreaTally,
  events: readonly AnswerEvent[],
  now: { today: Day; waiting: number; displaced: number },
): AreaTally {
  const failed = events.reduce((sum, e) => sum + e.failedSearches, 0)
  let again =
    Math.max(0, ledger.waiting + failed - now.waiting) +
    Math.max(0, ledger.displaced - now.displaced)
  const waves = new Map(
    ledger.waves
      .filter((wave) => now.today - wave.sentOn <= FORGET)
      .map((wave) => [wave.sentOn, wave]),
  )
  for (const event of [...events].sort((a, b) => a.released - b.released || a.on - b.on)) {
    const answered = answersIn(event)
    const second = Math.min(answered, again)
    again -= second
    const wave = waves.get(event.released)
    // Answers to letters we never sent (from before this process began) are not ours to learn from.
    if (wave && answered > second)
      waves.set(event.released, withAnswers(wave, event.on, answered - second))
  }
  return { ...ledger, waves: [...waves.values()], waiting: now.waiting, displaced: now.displaced }
}

function withAnswers(wave: Wave, on: Day, count: number): Wave {
  const answered = wave.answers.reduce((sum, n) => sum + n, 0)
  const age = Math.min(AGES - 1, Math.max(0, on - wave.sentOn))
  const answers = Array.from(
    { length: Math.max(age + 1, wave.answers.length) },
    (_, a) => wave.answers[a] ?? 0,
  )
  // Never more answers than letters, whatever is reported: nobody can un-live a letter twice.
  answers[age] = (answers[age] ?? 0) + Math.min(count, Math.max(0, wave.sent - answered))
  return { ...wave, answers }
}

/** Sets how many letters went out on a day; an earlier number for the same day is replaced. */
export function withWave(ledger: AreaTally, sentOn: Day, sent: number): AreaTally {
  const known = ledger.waves.find((wave) => wave.sentOn === sentOn)
  if (sent <= 0 && !known) return ledger
  const wave: Wave = { sentOn, sent, answers: known?.answers ?? [] }
  return {
    ...ledger,
    waves: [...ledger.waves.filter((w) => w.sentOn !== sentOn), wave].sort(
      (a, b) => a.sentOn - b.sentOn,
    ),
  }
}
