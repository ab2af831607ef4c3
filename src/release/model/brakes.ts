import type { PauseReason } from './state.ts'

/** What the brakes look at, for the whole region since the last decision. */
export interface BrakeSigns {
  answers: number
  failedSearches: number
  calls: number
  phoneCapacity: number
  /** Places known yesterday (free and planned) and how many of them were taken away again. */
  placesKnown: number
  placesLost: number
  /** Answers expected on the working days since, and whether answers have been flowing before. */
  answersExpected: number
  flowing: boolean
}

export interface BrakeLimits {
  failedShare: number
  failedLeast: number
  callsOver: number
  lostShare: number
  staleExpected: number
}

export const brakeLimits: BrakeLimits = {
  failedShare: 0.01,
  failedLeast: 10,
  callsOver: 1.5,
  lostShare: 0.25,
  staleExpected: 30,
}

/** A feed has gone quiet when answers were flowing, many were expected and not one came. */
export const isStale = (signs: BrakeSigns, limits: BrakeLimits = brakeLimits): boolean =>
  signs.flowing && signs.answers === 0 && signs.answersExpected >= limits.staleExpected

/**
 * The reason to stop releasing, or null. A cut comes first: it explains the failed searches that follow.
 * The brake only says stop; who may lift it is the caller's rule (docs/developer/release.md).
 */
export function brake(signs: BrakeSigns, limits: BrakeLimits = brakeLimits): PauseReason | null {
  if (signs.placesKnown > 20 && signs.placesLost > limits.lostShare * signs.placesKnown)
    return 'supply-cut'
  if (
    signs.failedSearches >= limits.failedLeast &&
    signs.failedSearches > limits.failedShare * signs.answers
  )
    return 'failed-searches'
  if (signs.calls > limits.callsOver * signs.phoneCapacity) return 'calls'
  if (isStale(signs, limits)) return 'stale-feed'
  return null
}
