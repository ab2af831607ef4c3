import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import type { Rejected } from '../../clinics/rejected.ts'
import { stageRows } from '../../clinics/stage-rows.ts'
import { row, run, transaction, type Db } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { isHidden } from '../../people/all-records.ts'
import { dayOf } from '../../people/dates.ts'
import { ineligible, whoMayNot, type Ineligible } from '../eligibility.ts'
import type { OutsideBooking } from './external-booking.ts'
import { settleOutside } from './settle.ts'
import {
  faultsAfter,
  markIneligible,
  newPeople,
  openStaging,
  recordOutside,
  resolve,
  stage,
  type BookingFault,
  type Changes,
} from './store.ts'
import type { ReadRow } from './read-bookings.ts'
import { retried } from '../../db/retried.ts'

export interface BookingsResult extends Changes {
  rows: number
  rejected: number
  /** people who have a time with us and another elsewhere, found now */
  conflicts: number
}

export interface ImportBookings {
  /** calculate what would change, and change nothing */
  dryRun: boolean
  /** also when more than one row in twenty can't be read */
  force: boolean
  /** given each row that is left out, with why */
  reject: (rejected: Rejected) => void | Promise<void>
}

const chunk = 2000

/** What is told of a row that was read but can't be taken in. */
const faults: Record<BookingFault, { column: string; message: string }> = {
  'unknown-person': {
    column: 'identity_number',
    message: 'No such person is known. Import the people first.',
  },
  'unknown-clinic': {
    column: 'clinic',
    message: 'No such clinic is known. Import the clinics first.',
  },
  'unknown-purpose': {
    column: 'purpose',
    message: 'No such purpose is in the register. Correct it, or add it first: purpose add',
  },
  'unknown-slot': {
    column: 'starts_at',
    message: 'The clinic has no slot at that time. Import its slots first, then this again.',
  },
  'another-booking': {
    column: 'reference',
    message: "The booking with this number was another person's or for another purpose.",
  },
  deceased: { column: 'identity_number', message: ineligible.deceased },
  'already-vaccinated': { column: 'identity_number', message: ineligible['already-vaccinated'] },
  'no-campaign': { column: 'identity_number', message: ineligible['no-campaign'] },
  'not-in-cohort': { column: 'identity_number', message: ineligible['not-in-cohort'] },
}

/**
 * Takes in what other systems say is booked, whole or not at all, in one transaction. The same again changes nothing.
 * Who may not book is left out with the reason; a second booking is kept as a conflict with both sides.
 * @param read gives the rows, from the beginning each time it is called
 * @throws Refused too-many-bad-rows: more than one row in twenty can't be read
 */
export const importBookings = (
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  file: { name: string; sha256: string },
  read: () => AsyncIterable<ReadRow>,
  options: ImportBookings,
): Promise<BookingsResult> =>
  retried(() =>
    transaction(pool, async (tx) => {
      await openStaging(tx)
      const { rows: count, bad } = await stageRows(
        { name: file.name, force: options.force },
        read(),
        options.reject,
        (bookings) => stage(tx, bookings),
      )
      await resolve(tx)
      await judge(tx, dayOf(clock.now()))
      const refused = await tellFaults(tx, options)
      const changes = await recordOutside(tx, clock.now())
      const conflicts = await settleOutside(tx, clock.now())
      const result = { rows: count, rejected: bad + refused, ...changes, conflicts }
      await run(
        tx,
        `insert into import (kind, file_name, sha256, rows, rejected, changeset, imported_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          'bookings',
          file.name,
          file.sha256,
          count,
          result.rejected,
          { ...changes, conflicts },
          clock.now(),
        ],
      )
      if (options.dryRun) await run(tx, 'rollback and chain') // what follows is an empty transaction
      return result
    }),
  )

/**
 * Takes in one booking, as a webhook brings it.
 * @returns what became of it
 * @throws Refused with why it can't be taken in; unknown-person also when it was taken in for somebody with a protected
 *   identity: a key that names people must not learn that they are here
 */
export async function takeOutside(
  deps: { pool: pg.Pool; clock: Clock },
  booking: OutsideBooking,
): Promise<'new' | 'moved' | 'cancelled' | 'attended' | 'noShow' | 'unchanged' | 'conflict'> {
  const { outcome, hidden } = await retried(() =>
    transaction(deps.pool, async (tx) => {
      await openStaging(tx)
      await stage(tx, [{ ...booking, row: 1 }])
      await resolve(tx)
      await judge(tx, dayOf(deps.clock.now()))
      const [faulty] = await faultsAfter(tx, 0, 1)
      if (faulty) throw refusedFor(faulty.fault)
      const changes = await recordOutside(tx, deps.clock.now())
      await settleOutside(tx, deps.clock.now())
      const found = (await row<{ torn: boolean; hidden: boolean }>(
        tx,
        `select exists (select from open_booking_conflict k where k.outside_booking_id = o.id) as torn,
                ${isHidden('p')} as hidden
           from outside_booking o
           join person r on r.id = o.person_id
           join person p on p.id = r.lead_id
          where o.reference = $1`,
        [booking.reference],
      ))!
      const changed = (Object.keys(changes) as (keyof Changes)[]).find((kind) => changes[kind] > 0)!
      return { outcome: found.torn ? ('conflict' as const) : changed, hidden: found.hidden }
    }),
  )
  if (hidden) throw refusedFor('unknown-person')
  return outcome
}

const isIneligible = (fault: BookingFault): fault is Ineligible => fault in ineligible

const refusedFor = (fault: BookingFault): Refused =>
  new Refused(isIneligible(fault) ? 'not-eligible' : fault, faults[fault].message, { why: fault })

/** Marks those who may not book, a chunk of people at a time. */
async function judge(tx: Db, today: string): Promise<void> {
  for (let after = { person: 0, purpose: '' }; ;) {
    const asked = await newPeople(tx, after, chunk)
    if (!asked.length) return
    for (const [purpose, people] of Map.groupBy(asked, (a) => a.purpose)) {
      const not: Map<number, Ineligible> = await whoMayNot(
        tx,
        people.map((p) => p.person),
        purpose,
        today,
      )
      await markIneligible(tx, purpose, [...not.keys()], [...not.values()])
    }
    after = asked.at(-1)!
  }
}

async function tellFaults(tx: Db, options: ImportBookings): Promise<number> {
  let [told, after] = [0, 0]
  for (let found; (found = await faultsAfter(tx, after, chunk)).length; after = found.at(-1)!.row) {
    for (const { row: line, fault } of found)
      await options.reject({
        row: line,
        column: faults[fault].column,
        code: fault,
        message: faults[fault].message,
      })
    told += found.length
  }
  return told
}
