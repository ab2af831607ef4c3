import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { purposesIn } from '../cohorts/rule.ts'
import { saveCohort } from '../cohorts/store.ts'
import { run, transaction } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { nearest } from '../purposes/near.ts'
import { knownPurpose } from '../purposes/register.ts'
import { readGoals, type GoalSpec } from './goal.ts'
import { endGoals, goalNamed, goalsInForce, insertGoals, type Goal } from './store.ts'

export interface GoalsSet {
  new: string[]
  changed: string[]
  unchanged: string[]
  /** as they are now, those of the file */
  goals: Goal[]
}

/**
 * Sets goals, and changes those whose name is known: the earlier one is kept with who changed it. The same file again
 * changes nothing.
 * @throws Refused `bad-goal`, `unknown-purpose` (its own, or one in its rule)
 */
export async function setGoals(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  given: unknown,
  by: string,
  { dryRun = false } = {},
): Promise<GoalsSet> {
  const specs = readGoals(given)
  return transaction(pool, async (tx) => {
    await run(tx, `select pg_advisory_xact_lock(hashtext('goals'))`)
    const purposes = new Set(specs.flatMap((goal) => [goal.purpose, ...purposesIn(goal.cohort)]))
    for (const code of purposes) await knownPurpose(tx, code)
    const before = new Map((await goalsInForce(tx)).map((goal) => [goal.name, goal]))
    const differing = specs.filter((goal) => !same(goal, before.get(goal.name)))
    const now = clock.now()
    const made: (GoalSpec & { cohortId: number })[] = []
    for (const goal of differing) {
      const cohort = await saveCohort(tx, clock, `goal-${goal.name}`, goal.cohort)
      made.push({ ...goal, cohortId: cohort.id })
    }
    const names = (goals: readonly GoalSpec[]) => goals.map((goal) => goal.name)
    await endGoals(tx, names(differing), by, now)
    await insertGoals(tx, made, by, now)
    const goals = (await goalsInForce(tx)).filter((goal) => names(specs).includes(goal.name))
    if (dryRun) await run(tx, 'rollback and chain') // what follows is an empty transaction
    return {
      new: names(differing.filter((goal) => !before.has(goal.name))),
      changed: names(differing.filter((goal) => before.has(goal.name))),
      unchanged: names(specs.filter((goal) => !differing.includes(goal))),
      goals,
    }
  })
}

const same = (goal: GoalSpec, before: Goal | undefined): boolean =>
  before !== undefined &&
  (['purpose', 'who', 'share', 'by'] as const).every((field) => goal[field] === before[field]) &&
  isDeepStrictEqual(
    JSON.parse(JSON.stringify(goal.cohort)),
    JSON.parse(JSON.stringify(before.cohort)),
  )

/** Removes a goal: it is no longer shown, and its row is kept. @throws Refused `unknown-goal` */
export async function removeGoal(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  name: string,
  by: string,
): Promise<void> {
  if ((await endGoals(pool, [name], by, clock.now())) === 0) await knownGoal(pool, name)
}

/** @throws Refused `unknown-goal` with the nearest there is */
export async function knownGoal(pool: pg.Pool, name: string): Promise<Goal> {
  const found = await goalNamed(pool, name)
  if (found) return found
  const near = nearest(
    name,
    (await goalsInForce(pool)).map((goal) => goal.name),
  )
  throw new Refused(
    'unknown-goal',
    `There is no goal ${name}.${near ? ` Did you mean ${near}?` : ''} See those there are: goal list`,
    { goal: name },
  )
}
