import type pg from 'pg'
import { rows, run, transaction, type Db } from '../../db/pool.ts'
import { placesOpened, wake } from '../../jobs/wake.ts'
import { dayOf } from '../../people/dates.ts'
import { DosesLeft, type SpanLeft } from './left.ts'
import { doseSpans, type ClinicDoses, type DoseEvent, type Lot } from './spans.ts'

/** The clinic of the slot `s` has a dose for one person more then. */
export const hasDose = (s: string): string => `
  not exists (
    select from dose_span d
     where d.clinic_id = ${s}.clinic_id
       and d.starts_at <= ${s}.starts_at
       and d.ends_at > ${s}.starts_at
       and d.spent)`

/** What doses leave at all clinics, from today on. */
export const dosesLeft = async (db: Db): Promise<DosesLeft> =>
  new DosesLeft(
    await rows<SpanLeft>(
      db,
      `select clinic_id as "clinicId", starts_at as "startsAt",
              case when ends_at = 'infinity' then '9999-12-31' else ends_at end as "endsAt",
              doses - taken as "left"
         from dose_span`,
    ),
  )

/** Holds the doses of the clinics of these slots; the caller holds the slots. */
export const holdDoses = (tx: Db, slotIds: readonly number[]): Promise<number> =>
  run(tx, 'select hold_doses($1::bigint[])', [slotIds])

/**
 * Counts the spans of clinics again, from a day on: after anything that is said of their deliveries or doses, and each
 * morning. Who is booking there at this moment waits, or is waited for. Clinics of which nothing is known get none.
 */
export async function recountDoses(
  tx: pg.PoolClient,
  clinicIds: readonly number[],
  now: Date,
): Promise<void> {
  const today = dayOf(now)
  const ids = await lockClinics(tx, clinicIds)
  const known = await readDoses(tx, ids, today)
  const spans = [...known].flatMap(([clinicId, doses]) =>
    doseSpans(doses, today).map((span) => ({ clinicId, ...span })),
  )
  await wake(tx, placesOpened)
  await run(tx, 'delete from dose_span where clinic_id = any($1)', [ids])
  await run(
    tx,
    `with new as (
       select g."clinicId" as clinic_id, g.doses,
              g."from"::timestamp at time zone 'Europe/Stockholm' as starts_at,
              coalesce(g.until::timestamp at time zone 'Europe/Stockholm', 'infinity') as ends_at
         from jsonb_to_recordset($1::jsonb) g ("clinicId" bigint, "from" date, until date, doses int)
     ), counted as (
       select n.*, (
                select coalesce(sum(s.booked), 0)
                  from slot s
                 where s.clinic_id = n.clinic_id
                   and s.starts_at >= n.starts_at
                   and s.starts_at < n.ends_at) as taken
         from new n
     )
     insert into dose_span (clinic_id, starts_at, ends_at, doses, taken, short)
     select clinic_id, starts_at, ends_at, doses, taken, greatest(0, taken - doses)
       from counted
      order by clinic_id, starts_at, ends_at`,
    [JSON.stringify(spans)],
  )
  await run(tx, 'update clinic_doses set counted_on = $2 where clinic_id = any($1)', [ids, today])
}

/**
 * Locks the clinics' doses. Of a clinic that had no spans before, who is booking there at this moment holds a slot and
 * doesn't know of doses: its slots are locked first.
 * @returns the clinics of which something is known
 */
async function lockClinics(tx: Db, clinicIds: readonly number[]): Promise<number[]> {
  const known = `
    select id
      from clinic c
     where id = any($1)
       and (exists (select from supply where clinic_id = c.id)
            or exists (select from dose_event where clinic_id = c.id))`
  await run(
    tx,
    `select from slot
      where clinic_id in (
        ${known}
        except
        select clinic_id from clinic_doses)
      order by id
        for update`,
    [clinicIds],
  )
  await run(
    tx,
    `insert into clinic_doses (clinic_id, counted_on)
     select id, '-infinity' from (${known}) k
      order by id
     on conflict do nothing`,
    [clinicIds],
  )
  const locked = await rows<{ id: number }>(
    tx,
    `select clinic_id as id
       from clinic_doses
      where clinic_id = any($1)
      order by clinic_id
        for update`,
    [clinicIds],
  )
  return locked.map((clinic) => clinic.id)
}

/**
 * What is known of the doses of clinics: deliveries that are confirmed or came, with the doses that are sure, and what
 * was said. Nothing before the latest count matters.
 */
export async function readDoses(
  db: Db,
  clinicIds: readonly number[],
  today: string,
): Promise<Map<number, ClinicDoses>> {
  const counted = `
    select clinic_id, max(day) as day
      from dose_event
     where kind = 'counted'
       and day <= $2::date
     group by clinic_id`
  const lots = await rows<Lot & { clinicId: number }>(
    db,
    `select n.clinic_id as "clinicId", n.day::text, floor(n.vials * n.dose_min)::int as doses,
            n.use_by::text as "useBy", n.dose_min::float8 as "perVial"
       from supply_now n
      where n.clinic_id = any($1)
        and n.state in ('confirmed', 'received')
      order by n.clinic_id, n.day`,
    [clinicIds],
  )
  const events = await rows<DoseEvent & { clinicId: number }>(
    db,
    `select clinic_id as "clinicId", day::text, kind, doses, vials
       from dose_event
      where clinic_id = any($1)
      order by clinic_id, day, id`,
    [clinicIds],
  )
  const booked = await rows<{ clinicId: number; day: string; people: number }>(
    db,
    `with counted as (${counted})
     select s.clinic_id as "clinicId", (s.starts_at at time zone 'Europe/Stockholm')::date::text as day,
            sum(s.booked)::int as people
       from slot s
       left join counted n on n.clinic_id = s.clinic_id
      where s.clinic_id = any($1)
        and s.booked > 0
        and s.starts_at < $2::date::timestamp at time zone 'Europe/Stockholm'
        and (n.day is null or s.starts_at >= n.day::timestamp at time zone 'Europe/Stockholm')
      group by 1, 2`,
    [clinicIds, today],
  )
  const of = <T extends { clinicId: number }>(all: readonly T[]) =>
    Map.groupBy(all, (one) => one.clinicId)
  const [lotsOf, eventsOf, bookedOf] = [of(lots), of(events), of(booked)] as const
  return new Map(
    clinicIds.map((id) => [
      id,
      {
        lots: lotsOf.get(id) ?? [],
        events: eventsOf.get(id) ?? [],
        booked: new Map(bookedOf.get(id)?.map(({ day, people }) => [day, people])),
      },
    ]),
  )
}

/** Keeps what a clinic says of its doses, and counts again. */
export async function addDoseEvent(
  tx: pg.PoolClient,
  clinicId: number,
  event: DoseEvent & { reason: string | null },
  by: string,
  now: Date,
): Promise<void> {
  await run(
    tx,
    `insert into dose_event (clinic_id, day, kind, doses, vials, reason, said_by, said_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [clinicId, event.day, event.kind, event.doses, event.vials, event.reason, by, now],
  )
  await recountDoses(tx, [clinicId], now)
}

/** Clinics counted at once: so many wait for each other at most. */
const chunk = 50

/** Counts the clinics whose spans are of an earlier day: once a day, whoever comes first. */
export async function recountForToday(pool: pg.Pool, now: Date): Promise<void> {
  for (let last = 0; ;) {
    const next = await rows<{ id: number }>(
      pool,
      `select clinic_id as id
         from clinic_doses
        where counted_on < $1
          and clinic_id > $2
        order by clinic_id
        limit $3`,
      [dayOf(now), last, chunk],
    )
    if (next.length === 0) return
    const ids = next.map((clinic) => clinic.id)
    await transaction(pool, (tx) => recountDoses(tx, ids, now))
    last = ids.at(-1)!
  }
}

/** A clinic's sure doses until the next delivery, and how many people with a time will have none. */
export const sureDoses = async (
  db: Db,
  clinicId: number,
): Promise<{ doses: number; short: number }> =>
  (
    await rows<{ doses: number; short: number }>(
      db,
      `select coalesce((select doses from dose_span where clinic_id = $1 order by starts_at, ends_at limit 1), 0) as doses,
              coalesce((select greatest(0, max(taken - doses)) from dose_span where clinic_id = $1), 0) as short`,
      [clinicId],
    )
  )[0]!
