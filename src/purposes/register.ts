import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { dayOf } from '../people/dates.ts'
import { nearest, slipOf } from './near.ts'
import { readPurposes, type PurposeSpec } from './purpose.ts'
import { insertInterval, intervals, knownCodes, purposeNamed, savePurposes } from './store.ts'
import type { Purpose } from './store.ts'

export interface PurposesAdded {
  new: string[]
  changed: string[]
  unchanged: string[]
}

/**
 * Adds purposes, and brings those that are known up to date. A dose interval that differs becomes the rule's next
 * version. The same file again changes nothing.
 * @param reallyNew a code that is nearly a known one is meant
 * @throws Refused `bad-purpose`, `purpose-like-another`, `unknown-purpose` (of a next dose)
 */
export async function addPurposes(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  given: unknown,
  by: string,
  { reallyNew = false, dryRun = false } = {},
): Promise<PurposesAdded> {
  const purposes = readPurposes(given)
  return transaction(pool, async (tx) => {
    await run(tx, `select pg_advisory_xact_lock(hashtext('purposes'))`)
    if (!reallyNew) refuseSlips(purposes, await knownCodes(tx))
    const now = clock.now()
    const saved = await savePurposes(tx, purposes, by, now)
    const newRules = await saveIntervals(tx, purposes, by, now)
    if (dryRun) await run(tx, 'rollback and chain') // what follows is an empty transaction
    const changed = [...new Set([...saved.changed, ...newRules])].filter(
      (code) => !saved.new.includes(code),
    )
    const unchanged = purposes
      .map((p) => p.code)
      .filter((code) => !saved.new.includes(code) && !changed.includes(code))
    return { new: saved.new, changed, unchanged }
  })
}

/** Also against the others in the file: they may all be new. */
function refuseSlips(purposes: readonly PurposeSpec[], known: readonly string[]): void {
  const there = [...known]
  for (const { code } of purposes) {
    const other = there.includes(code) ? undefined : slipOf(code, there)
    if (other)
      throw new Refused(
        'purpose-like-another',
        `${code} is nearly ${other}, which is in the register. Who has had one would be invited again for the other. ` +
          'Use the one there is, or add this one with --really-new.',
        { code, other },
      )
    there.push(code)
  }
}

async function saveIntervals(
  tx: Db,
  purposes: readonly PurposeSpec[],
  by: string,
  now: Date,
): Promise<string[]> {
  const known = await intervals(tx)
  const changed: string[] = []
  for (const purpose of purposes)
    for (const { purpose: nextPurpose, ...rule } of purpose.next) {
      const latest = known.find((k) => k.purpose === purpose.code && k.vaccine === rule.vaccine)
      if (
        latest?.nextPurpose === nextPurpose &&
        latest.minDays === rule.minDays &&
        latest.maxDays === rule.maxDays
      )
        continue
      await knownPurpose(tx, nextPurpose)
      const validFrom = purpose.validFrom ?? dayOf(now)
      await insertInterval(tx, { ...rule, purpose: purpose.code, nextPurpose, validFrom }, by, now)
      changed.push(purpose.code)
    }
  return changed
}

/** @throws Refused `unknown-purpose` with the nearest there is */
export async function knownPurpose(db: Db, code: string): Promise<Purpose> {
  const found = await purposeNamed(db, code)
  if (found) return found
  const near = nearest(code, await knownCodes(db))
  throw new Refused(
    'unknown-purpose',
    `There is no purpose ${code}.${near ? ` Did you mean ${near}?` : ''} ` +
      'See those there are: purpose list. Add a new one: purpose add FILE',
    { purpose: code, ...(near ? { nearest: near } : {}) },
  )
}

/** One that a campaign can be made for on a day. @throws Refused `unknown-purpose`, `purpose-not-valid` */
export async function purposeInForce(db: Db, code: string, today: string): Promise<Purpose> {
  const purpose = await knownPurpose(db, code)
  if ((purpose.validFrom ?? today) <= today && (purpose.validUntil ?? today) >= today)
    return purpose
  throw new Refused(
    'purpose-not-valid',
    `${code} is valid from ${purpose.validFrom ?? 'any day'} until ${purpose.validUntil ?? 'further notice'}, ` +
      'not today. If that is wrong, change its days: purpose add FILE',
    { purpose: code },
  )
}
