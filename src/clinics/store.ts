import type { Db } from '../db/pool.ts'
import { row, rows, run } from '../db/pool.ts'
import { placesOpened, wake } from '../jobs/wake.ts'
import type { Clinic } from './read-clinics.ts'
import type { Publication, StatedSlot } from './read-slots.ts'

/** What an import did, or with --dry-run would do, in rows. */
export interface Changeset {
  new: number
  changed: number
  unchanged: number
}

/** HSA-ids of all clinics. */
export async function knownClinics(db: Db): Promise<Set<string>> {
  return new Set(
    (await rows<{ hsa_id: string }>(db, 'select hsa_id from clinic')).map((c) => c.hsa_id),
  )
}

/** Those of these slots that the database has. */
export async function knownSlots(
  db: Db,
  slots: readonly StatedSlot[],
): Promise<Pick<StatedSlot, 'hsaId' | 'startsAt'>[]> {
  if (!slots.length) return []
  return rows(
    db,
    `select c.hsa_id as "hsaId", s.starts_at as "startsAt"
       from unnest($1::text[], $2::timestamptz[]) as given (hsa_id, starts_at)
       join clinic c on c.hsa_id = given.hsa_id
       join slot s on s.clinic_id = c.id and s.starts_at = given.starts_at`,
    [slots.map(({ hsaId }) => hsaId), slots.map(({ startsAt }) => startsAt)],
  )
}

/** @returns undefined: there is no such clinic */
export const clinicName = async (db: Db, hsaId: string): Promise<string | undefined> =>
  (await row<{ name: string }>(db, 'select name from clinic where hsa_id = $1', [hsaId]))?.name

/** Puts the clinics in, or brings them up to date; one statement. Clinics that are not given stay as they are. */
export async function upsertClinics(db: Db, clinics: readonly Clinic[]): Promise<Changeset> {
  const done = await row<{ new: number; changed: number }>(
    db,
    `with given as (
       select *
         from jsonb_to_recordset($1::jsonb) g (
                "hsaId" text, name text, municipality text, area text, street text, postcode text, town text,
                phone text, "phoneHours" text, "openingHours" text, latitude float8, longitude float8,
                central boolean, accessible boolean, languages text[])
     ), put as (
       insert into clinic as c (
         hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours, opening_hours,
         latitude, longitude, central, accessible, languages)
       select * from given
       on conflict (hsa_id) do update set (
         name, municipality, area, street, postcode, town, phone, phone_hours, opening_hours,
         latitude, longitude, central, accessible, languages
       ) = (
         excluded.name, excluded.municipality, excluded.area, excluded.street,
         excluded.postcode, excluded.town, excluded.phone, excluded.phone_hours,
         excluded.opening_hours, excluded.latitude, excluded.longitude, excluded.central,
         excluded.accessible, excluded.languages)
       where (
         c.name, c.municipality, c.area, c.street, c.postcode, c.town, c.phone, c.phone_hours,
         c.opening_hours, c.latitude, c.longitude, c.central, c.accessible, c.languages
       ) is distinct from (
         excluded.name, excluded.municipality, excluded.area, excluded.street,
         excluded.postcode, excluded.town, excluded.phone, excluded.phone_hours,
         excluded.opening_hours, excluded.latitude, excluded.longitude, excluded.central,
         excluded.accessible, excluded.languages)
       returning c.xmax = 0 as is_new -- xmax: set where a row was updated
     )
     select count(*) filter (where is_new)::int as new,
            count(*) filter (where not is_new)::int as changed
       from put`,
    [JSON.stringify(clinics)],
  )
  const { new: made, changed } = done ?? { new: 0, changed: 0 }
  return { new: made, changed, unchanged: clinics.length - made - changed }
}

/** A slot in which more people have a time than it now has room for. */
export interface Overbooked {
  hsaId: string
  startsAt: Date
  /** how many have a time that no longer fits */
  by: number
}

const chunk = 5000

/**
 * Puts the slots in, or brings them up to date; slots that are not given stay as they are. Use it in a transaction.
 *
 * What the clinic says is what is stored. When capacity falls below what is booked, the booked keep their time
 * until the reissue moves them (promise 3): slot.overbooked says how many are too many, and nobody can be
 * added. Keeping capacity at what is booked instead would have lost the clinic's number, and a cancellation
 * would have opened a place that is not there.
 *
 * Places that a clinic calls taken are our own appointments as far as we have any there, and count as capacity.
 * @param feed the publication's, when they come from one
 */
export async function upsertSlots(
  tx: Db,
  slots: readonly StatedSlot[],
  feed: string | null = null,
): Promise<Changeset & { overbooked: Overbooked[] }> {
  await run(
    tx,
    `create temp table given_slot (
       clinic_id bigint,
       starts_at timestamptz,
       minutes smallint,
       capacity int,
       taken int,
       overbooking int,
       booking_url text,
       booking_phone text
     ) on commit drop`,
  )
  for (let at = 0; at < slots.length; at += chunk) {
    await run(
      tx,
      `insert into given_slot
       select c.id, g."startsAt", g.minutes, g.capacity, g.taken, g.overbooking, g."bookingUrl", g."bookingPhone"
         from jsonb_to_recordset($1::jsonb) g (
                "hsaId" text, "startsAt" timestamptz, minutes smallint, capacity int, taken int,
                overbooking int, "bookingUrl" text, "bookingPhone" text)
         join clinic c on c.hsa_id = g."hsaId"`,
      [JSON.stringify(slots.slice(at, at + chunk))],
    )
  }
  await run(tx, 'analyze given_slot')
  // Locked in one order: what is booked must not change while it is compared with the new capacity.
  await run(
    tx,
    'select from slot s join given_slot g using (clinic_id, starts_at) order by s.id for update of s',
  )
  const changed = await run(
    tx,
    `update slot s
        set minutes = n.minutes, capacity = n.capacity, overbooking = n.overbooking,
            booking_url = n.booking_url, booking_phone = n.booking_phone, overbooked = n.overbooked,
            published_by = coalesce($1, s.published_by)
       from (select s.id, g.minutes, g.capacity + least(g.taken, s.booked) as capacity, g.overbooking,
                    g.booking_url, g.booking_phone,
                    greatest(0, s.booked - g.capacity - least(g.taken, s.booked) - g.overbooking) as overbooked
               from slot s
               join given_slot g using (clinic_id, starts_at)) n
      where s.id = n.id
        and (s.minutes, s.capacity, s.overbooking, s.booking_url, s.booking_phone, s.overbooked, s.published_by)
            is distinct from (n.minutes, n.capacity, n.overbooking, n.booking_url, n.booking_phone, n.overbooked,
                              coalesce($1, s.published_by))`,
    [feed],
  )
  const made = await run(
    tx,
    `insert into slot (
       clinic_id, starts_at, minutes, capacity, overbooking, booking_url, booking_phone, published_by)
     select clinic_id, starts_at, minutes, capacity, overbooking, booking_url, booking_phone, $1
       from given_slot
      order by starts_at, clinic_id
     on conflict do nothing`,
    [feed],
  )
  if (changed + made > 0) await wake(tx, placesOpened)
  const overbooked = await rows<Overbooked>(
    tx,
    `select c.hsa_id as "hsaId", s.starts_at as "startsAt", s.overbooked as by
       from slot s
       join given_slot using (clinic_id, starts_at)
       join clinic c on c.id = s.clinic_id
      where s.overbooked > 0
      order by s.starts_at, c.hsa_id`,
  )
  return { new: made, changed, unchanged: slots.length - made - changed, overbooked }
}

/**
 * Closes what feeds published before and a full publication does not name: nobody can book there. Who has a time keeps
 * it until moved, as when a clinic takes capacity away. Use it after upsertSlots, in its transaction.
 */
export async function closeMissing(
  tx: Db,
  { feed, clinics, whole }: Publication,
  now: Date,
): Promise<{ closed: number; overbooked: Overbooked[] }> {
  const closed = await rows<Overbooked>(
    tx,
    `with missing as (
       select s.id, c.hsa_id
         from slot s
         join clinic c on c.id = s.clinic_id
        where s.published_by is not null
          and (c.hsa_id = any($1) or ($2 and s.published_by = $3))
          and s.starts_at > $4
          and s.capacity + s.overbooking > 0
          and not exists (
                select
                  from given_slot g
                 where g.clinic_id = s.clinic_id
                   and g.starts_at = s.starts_at)
        order by s.id
          for update of s
     )
     update slot s
        set capacity = 0, overbooking = 0, overbooked = s.booked
       from missing m
      where s.id = m.id
     returning m.hsa_id as "hsaId", s.starts_at as "startsAt", s.overbooked as by`,
    [clinics, whole, feed, now],
  )
  return { closed: closed.length, overbooked: closed.filter(({ by }) => by > 0) }
}

/** Keeps what was read and what came of it. */
export async function recordImport(
  db: Db,
  kind: 'clinics' | 'slots' | 'supply',
  file: { name: string; sha256: string },
  read: { rows: number; bad: number },
  changes: Changeset,
  at: Date,
): Promise<void> {
  const { new: made, changed, unchanged } = changes
  await run(
    db,
    `insert into import (kind, file_name, sha256, rows, rejected, changeset, imported_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [kind, file.name, file.sha256, read.rows, read.bad, { new: made, changed, unchanged }, at],
  )
}
