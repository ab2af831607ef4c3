import type { Clock } from '../clock.ts'
import type { Db } from '../db/pool.ts'
import { row } from '../db/pool.ts'
import { cohortRule, type CohortRule } from './rule.ts'

export interface SavedCohort {
  id: number
  version: number
}

/** Keeps the rule under its name: the same rule as the latest version is that version, a changed one is the next. */
export async function saveCohort(
  db: Db,
  clock: Clock,
  name: string,
  rule: CohortRule,
): Promise<SavedCohort> {
  for (;;) {
    const saved = await row<SavedCohort>(
      db,
      `with latest as (select id, version, rule from cohort where name = $1 order by version desc limit 1),
            made as (insert into cohort (name, version, rule, created_at)
                     select $1, coalesce((select version from latest), 0) + 1, $2::jsonb, $3
                      where not exists (select from latest where rule = $2::jsonb)
                     on conflict do nothing returning id, version)
       select id, version from made union all select id, version from latest where rule = $2::jsonb`,
      [name, JSON.stringify(rule), clock.now()],
    )
    if (saved) return saved // nothing: somebody else saved the next version at the same time; look again
  }
}

/** A saved cohort, by its id. */
export async function cohortById(
  db: Db,
  id: number,
): Promise<{ name: string; version: number; rule: CohortRule } | undefined> {
  const found = await row<{ name: string; version: number; rule: unknown }>(
    db,
    'select name, version, rule from cohort where id = $1',
    [id],
  )
  return found && { ...found, rule: cohortRule.parse(found.rule) }
}
