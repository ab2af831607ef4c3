import { z } from 'zod'
import { isDate } from '../people/dates.ts'
import { cohortRule, purposesIn, type CohortRule } from '../cohorts/rule.ts'
import { Refused } from '../errors.ts'
import { purposeCode } from '../purposes/purpose.ts'

/** A share as people write it: 70 %, 0.7 */
const share = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,3}([.,]\d+)? ?%$/, 'a share looks like 70 %')
      .transform((text) => Number(text.replace('%', '').replace(',', '.').trim()) / 100),
  ])
  .refine((n) => n > 0 && n <= 1, 'a share is above 0 and at most 100 %, e.g. 70 %')
  .transform((n) => Math.round(n * 10_000) / 10_000)
  .refine((n) => n > 0, 'a share is at least 0.01 %')

const goalFile = z
  .array(
    z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case letters, digits and hyphens, e.g. over-65')
          .max(60),
        purpose: purposeCode,
        /** the group in Swedish, as it is shown */
        who: z.string().trim().min(3).max(120),
        /** a cohort's rule (docs/operator/cohorts.md) */
        cohort: cohortRule,
        share,
        /** reached at the end of this day */
        by: z.string().refine(isDate, 'write the day as YYYY-MM-DD'),
      })
      .refine((goal) => !purposesIn(goal.cohort).includes(goal.purpose), {
        path: ['cohort'],
        message: 'the rule asks about the very purpose whose coverage is measured: leave that out',
      }),
  )
  .min(1)
  .refine(
    (all) => new Set(all.map((goal) => goal.name)).size === all.length,
    'a name is there twice',
  )

export interface GoalSpec {
  name: string
  purpose: string
  who: string
  cohort: CohortRule
  share: number
  by: string
}

/**
 * Reads a file of goals: one, or a list.
 * @throws Refused `bad-goal` naming each field that is wrong
 */
export function readGoals(given: unknown): GoalSpec[] {
  const result = goalFile.safeParse(Array.isArray(given) ? given : [given])
  if (result.success) return result.data
  const faults = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(the file)'}: ${issue.message}`,
  )
  throw new Refused(
    'bad-goal',
    `The goals can't be used as they are:\n  ${faults.join('\n  ')}\nSee docs/operator/goals.md.`,
    { faults },
  )
}
