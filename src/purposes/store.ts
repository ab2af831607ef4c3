import { row, rows, run, type Db } from '../db/pool.ts'
import type { NeedRoutes, PurposeSpec } from './purpose.ts'

export interface Purpose {
  code: string
  name: string
  words: Record<string, string>
  /** YYYY-MM-DD */
  validFrom: string | null
  validUntil: string | null
  routes: NeedRoutes
}

const columns = `
  code, name, words, valid_from as "validFrom", valid_until as "validUntil", routes`

export const purposeNamed = (db: Db, code: string): Promise<Purpose | undefined> =>
  row<Purpose>(db, `select ${columns} from purpose where code = $1`, [code])

export const knownCodes = async (db: Db): Promise<string[]> =>
  (await rows<{ code: string }>(db, 'select code from purpose order by code')).map((p) => p.code)

/** Adds those that are not known, and brings the others up to date. @returns the codes that are new, and changed */
export async function savePurposes(
  tx: Db,
  purposes: readonly PurposeSpec[],
  by: string,
  now: Date,
): Promise<{ new: string[]; changed: string[] }> {
  const saved = await rows<{ code: string; new: boolean }>(
    tx,
    `insert into purpose as p (code, name, words, valid_from, valid_until, routes, made_by, made_at)
     select g.code, g.name, g.words, g."validFrom", g."validUntil", g.routes, $2, $3
       from jsonb_to_recordset($1::jsonb) g (
              code text, name text, words jsonb, "validFrom" date, "validUntil" date, routes jsonb)
     on conflict (code) do update
        set name = excluded.name,
            words = excluded.words,
            valid_from = excluded.valid_from,
            valid_until = excluded.valid_until,
            routes = excluded.routes
      where (p.name, p.words, p.valid_from, p.valid_until, p.routes)
            is distinct from
            (excluded.name, excluded.words, excluded.valid_from, excluded.valid_until, excluded.routes)
     returning code, xmax = 0 as new`,
    [JSON.stringify(purposes), by, now],
  )
  const codes = (isNew: boolean) => saved.filter((p) => p.new === isNew).map((p) => p.code)
  return { new: codes(true), changed: codes(false) }
}

export interface Interval {
  vaccine: string
  /** of the dose given */
  purpose: string
  nextPurpose: string
  version: number
  /** YYYY-MM-DD: plans are made by it from this day */
  validFrom: string
  minDays: number
  maxDays: number
}

/** The latest version of each rule, by purpose and vaccine. */
export const intervals = (db: Db): Promise<Interval[]> =>
  rows<Interval>(
    db,
    `select distinct on (purpose, vaccine)
            vaccine, purpose, next_purpose as "nextPurpose", version, valid_from as "validFrom",
            min_days as "minDays", max_days as "maxDays"
       from dose_interval
      order by purpose, vaccine, version desc`,
  )

/** A new version of the rule for a vaccine and dose. @returns the version */
export async function insertInterval(
  tx: Db,
  rule: Omit<Interval, 'version'>,
  by: string,
  now: Date,
): Promise<number> {
  await run(tx, `select pg_advisory_xact_lock(hashtext('dose interval'))`)
  const made = await row<{ version: number }>(
    tx,
    `insert into dose_interval (
            vaccine, purpose, next_purpose, version, valid_from, min_days, max_days, made_by, made_at)
     select $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, $6, $7, $8
       from dose_interval
      where vaccine = $1
        and purpose = $2
     returning version`,
    [
      rule.vaccine,
      rule.purpose,
      rule.nextPurpose,
      rule.validFrom,
      rule.minDays,
      rule.maxDays,
      by,
      now,
    ],
  )
  return made!.version
}

export interface PurposeLine extends Purpose {
  campaigns: number
  doses: number
  next: Omit<Interval, 'purpose'>[]
}

/** Every purpose with what it is used for. */
export async function purposeLines(db: Db): Promise<PurposeLine[]> {
  const lines = await rows<Omit<PurposeLine, 'next'>>(
    db,
    `select ${columns},
            (select count(*)::int from campaign c where c.registered_purpose = p.code) as campaigns,
            (select count(*)::int from dose d where d.purpose = p.code) as doses
       from purpose p
      order by code`,
  )
  const next = Map.groupBy(await intervals(db), (rule) => rule.purpose)
  return lines.map((line) => ({
    ...line,
    next: (next.get(line.code) ?? []).map(({ purpose: _, ...rule }) => rule),
  }))
}
