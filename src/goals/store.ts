import { cohortRule, type CohortRule } from '../cohorts/rule.ts'
import { rows, run, type Db } from '../db/pool.ts'
import type { GoalSpec } from './goal.ts'

/** A goal as it stands, or stood. */
export interface Goal {
  name: string
  purpose: string
  /** the purpose's name in Swedish, for staff */
  purposeName: string
  /** the group in Swedish */
  who: string
  cohort: CohortRule
  /** above 0, at most 1 */
  share: number
  /** YYYY-MM-DD: reached at the end of this day */
  by: string
  setBy: string
  setAt: Date
  endedBy: string | null
  endedAt: Date | null
}

const goals = async (db: Db, which: string, values: unknown[]): Promise<Goal[]> => {
  const found = await rows<Omit<Goal, 'cohort'> & { cohort: unknown }>(
    db,
    `select g.name, g.purpose, p.name as "purposeName", g.who, c.rule as cohort, g.share::float8 as share,
            g.by_day as by, g.set_by as "setBy", g.set_at as "setAt", g.ended_by as "endedBy",
            g.ended_at as "endedAt"
       from goal g
       join purpose p on p.code = g.purpose
       join cohort c on c.id = g.cohort_id
      where ${which}
      order by g.by_day, g.name, g.id`,
    values,
  )
  return found.map((goal) => ({ ...goal, cohort: cohortRule.parse(goal.cohort) }))
}

/** The goals in force, the nearest day first. @param purpose only of this */
export const goalsInForce = (db: Db, purpose?: string): Promise<Goal[]> =>
  goals(db, 'g.ended_at is null and ($1::text is null or g.purpose = $1)', [purpose ?? null])

export const goalNamed = async (db: Db, name: string): Promise<Goal | undefined> =>
  (await goals(db, 'g.ended_at is null and g.name = $1', [name]))[0]

/** Every goal there has been, also those that were changed or removed. */
export const allGoals = (db: Db): Promise<Goal[]> => goals(db, 'true', [])

/** Ends goals that are changed or removed. @returns how many were in force */
export const endGoals = (
  tx: Db,
  names: readonly string[],
  by: string,
  now: Date,
): Promise<number> =>
  run(
    tx,
    `update goal
        set ended_by = $2, ended_at = $3
      where ended_at is null
        and name = any($1::text[])`,
    [names, by, now],
  )

export const insertGoals = (
  tx: Db,
  goals: readonly (GoalSpec & { cohortId: number })[],
  by: string,
  now: Date,
): Promise<number> =>
  run(
    tx,
    `insert into goal (name, purpose, who, cohort_id, share, by_day, set_by, set_at)
     select g.name, g.purpose, g.who, g."cohortId", g.share, g.by, $2, $3
       from jsonb_to_recordset($1::jsonb) g (
              name text, purpose text, who text, "cohortId" bigint, share numeric, by date)`,
    [JSON.stringify(goals), by, now],
  )
