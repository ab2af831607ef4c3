import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { run, transaction } from '../db/pool.ts'
import { changedWithBooked, type ChangedClinic } from './changed-clinics.ts'
import type { ReadClinics } from './read-clinics.ts'
import { passed, withoutPast } from './past-slots.ts'
import { readSlots, type ReadSlots } from './read-slots.ts'
import { refuseIfMostlyBad } from './rejected.ts'
import { isManifest, readSchedulingLinks } from './scheduling-links.ts'
import type { ReadSupply } from './read-supply.ts'
import type { Source } from './source.ts'
import { addSupply, shortages, type Shortage } from './supply-store.ts'
import {
  closeMissing,
  knownClinics,
  knownSlots,
  recordImport,
  upsertClinics,
  upsertSlots,
  type Changeset,
  type Overbooked,
} from './store.ts'

export interface ImportOptions {
  /** say what would change, and change nothing */
  dryRun: boolean
  /** also when more than one row in twenty is bad */
  force: boolean
  /** where the rows that were left out are listed, for the message */
  rejectedFile?: string | null
}

export interface ClinicsResult extends Changeset {
  rows: number
  rejected: number
}
export interface ChangedClinicsResult extends ClinicsResult {
  /** people with a time at a clinic that is no longer as they were told */
  booked: ChangedClinic[]
}
export interface SlotsResult extends ClinicsResult {
  /** slots that a full publication no longer names: not bookable any more */
  closed: number
  /** places in the slots given, overbooking included */
  places: number
  overbooked: Overbooked[]
}

/** Imports what readClinics read, whole or not at all. @throws Refused too-many-bad-rows */
export async function importClinics(
  pool: pg.Pool,
  clock: Clock,
  source: Source,
  read: ReadClinics,
  options: ImportOptions,
): Promise<ChangedClinicsResult> {
  refuseIfMostlyBad(source.name, read, options)
  const changes = await transaction(pool, async (tx) => {
    const booked = await changedWithBooked(tx, read.clinics, clock.now())
    const done = { ...(await upsertClinics(tx, read.clinics)), booked }
    await recordImport(tx, 'clinics', described(source), read, done, clock.now())
    if (options.dryRun) await run(tx, 'rollback and chain') // what follows is an empty transaction
    return done
  })
  return { rows: read.rows, rejected: read.bad, ...changes }
}

/**
 * Reads slots at the clinics that the database knows: CSV, or what a SMART Scheduling Links manifest leads to. A new
 * slot whose time has passed is left out, with its line.
 * @throws Refused as the readers
 */
export async function readAnySlots(
  pool: pg.Pool,
  clock: Clock,
  source: Source,
): Promise<ReadSlots> {
  const known = await knownClinics(pool)
  const read = isManifest(source.bytes)
    ? await readSchedulingLinks(source, known)
    : readSlots(source.name, source.bytes, known)
  return withoutPast(read, await knownSlots(pool, passed(read, clock.now())), clock.now())
}

/** Imports what readAnySlots read, whole or not at all. @throws Refused too-many-bad-rows */
export async function importSlots(
  pool: pg.Pool,
  clock: Clock,
  source: Source,
  read: ReadSlots,
  options: ImportOptions,
): Promise<SlotsResult> {
  refuseIfMostlyBad(source.name, read, options)
  const changes = await transaction(pool, async (tx) => {
    const put = await upsertSlots(tx, read.slots, read.publication?.feed)
    const gone = read.publication
      ? await closeMissing(tx, read.publication, clock.now())
      : { closed: 0, overbooked: [] }
    const done = {
      ...put,
      closed: gone.closed,
      overbooked: [...put.overbooked, ...gone.overbooked],
    }
    await recordImport(tx, 'slots', described(source), read, done, clock.now())
    if (options.dryRun) await run(tx, 'rollback and chain')
    return done
  })
  return {
    rows: read.rows,
    rejected: read.bad,
    places: read.slots.reduce((sum, s) => sum + s.capacity + s.overbooking, 0),
    ...changes,
  }
}

export interface SupplyResult extends ClinicsResult {
  /** days on which a clinic has more people booked than it will have doses, counted from today on */
  short: Shortage[]
}

/**
 * Adds what a file of deliveries says to what was believed before; what is the same is not added again. People
 * may now be booked for doses that won't come: the result says where and how many.
 * @throws Refused too-many-bad-rows
 */
export async function importSupply(
  pool: pg.Pool,
  clock: Clock,
  source: Source,
  read: ReadSupply,
  options: ImportOptions,
): Promise<SupplyResult> {
  refuseIfMostlyBad(source.name, read, options)
  const result = await transaction(pool, async (tx) => {
    const changes = await addSupply(tx, read.supply, clock.now())
    await recordImport(tx, 'supply', described(source), read, changes, clock.now())
    const short = await shortages(tx)
    if (options.dryRun) await run(tx, 'rollback and chain')
    return { ...changes, short }
  })
  return { rows: read.rows, rejected: read.bad, ...result }
}

const described = (source: Source) => ({
  name: source.name,
  sha256: createHash('sha256').update(source.bytes).digest('hex'),
})
