import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { dayOf, isDate } from '../../people/dates.ts'
import { addSaid, clinicHeld, endSaid, type SaidSupply } from './store.ts'

interface Deps {
  pool: pg.Pool
  clock: Clock
}

export interface Saying {
  hsaId: string
  /** the last day of which it is said; null: it is taken back */
  until: string | null
  by: string
  dryRun: boolean
}

export interface SaidChange {
  before: SaidSupply | null
  now: SaidSupply | null
}

/** So far ahead nobody knows: say it again when the time comes. */
const longestDays = 90

/**
 * Keeps that supply at a clinic continues as usual until a day, or that it no longer does. What was said before stays
 * as history.
 * @throws Refused unknown-clinic, bad-until, no-usual-week, not-said
 */
export async function saySupply(
  { pool, clock }: Deps,
  { hsaId, until, by, dryRun }: Saying,
): Promise<SaidChange> {
  const at = clock.now()
  const today = dayOf(at)
  return transaction(pool, async (tx) => {
    const clinic = await clinicHeld(tx, hsaId, today)
    if (!clinic) throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${hsaId}.`)
    const before = clinic.until === undefined ? null : (clinic as SaidSupply)
    if (until === null && !before)
      throw new Refused(
        'not-said',
        `Nobody has said that supply at ${clinic.clinic} continues: there is nothing to take back.`,
      )
    if (until !== null) mayBeSaid(until, today)
    if (until !== null && clinic.week.length === 0)
      throw new Refused(
        'no-usual-week',
        `${clinic.clinic} has no times, so nobody knows what is usual there. Import its slots first.`,
      )
    if (!dryRun) {
      await endSaid(tx, clinic.clinicId, by, at)
      if (until !== null) await addSaid(tx, clinic.clinicId, until, by, at)
    }
    return { before, now: until === null ? null : { ...clinic, until, by, at } }
  })
}

function mayBeSaid(until: string, today: string): void {
  const latest = new Date(Date.parse(today) + longestDays * 86_400_000).toISOString().slice(0, 10)
  if (!isDate(until) || until <= today || until > latest)
    throw new Refused(
      'bad-until',
      `"${until}" is not a day after today and at most ${longestDays} days ahead (${latest}).`,
    )
}
