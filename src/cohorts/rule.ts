import { z } from 'zod'
import { Refused } from '../errors.ts'
import { day } from '../received.ts'
import { needs, purposeCode as purpose, type Need } from '../purposes/purpose.ts'

const year = z.int().min(1900).max(2100)
const years = z.int().min(0).max(150)
const municipality = z
  .string({ error: "write the code within quotes, e.g. '2080'" })
  .regex(/^[0-9]{4}$/, { error: "a municipality is SCB's four digits, e.g. '2080'" })
const clinic = z.string().regex(/^SE[0-9]{10}-[A-Z0-9]{1,20}$/, {
  error: 'a clinic is its HSA-id, e.g. SE2321000180-1001',
})
export const groupName = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
  error: "a group's name is lower-case letters, digits and hyphens, e.g. personal-ambulans",
})
const need = z.enum(needs)

/**
 * What can be asked of one person. Each line that is given must hold; `and`, `or` and `not` hold conditions in
 * turn.
 */
export interface Condition {
  /** birth years, both ends included */
  born?: { from?: number | undefined; to?: number | undefined } | undefined
  /** whole years of age on a date, both ends included; a person without a known birth date has no age */
  age?: { on: string; from?: number | undefined; to?: number | undefined } | undefined
  /** SCB's municipality codes */
  municipality?: string[] | undefined
  /** HSA-ids of the clinics they are listed at */
  clinic?: string[] | undefined
  /** at least one of `any`, not one of `none` */
  needs?: { any?: Need[] | undefined; none?: Need[] | undefined } | undefined
  sex?: 'female' | 'male' | undefined
  /** a dose for this purpose has been given */
  given?: string | undefined
  notGiven?: string | undefined
  /** they have a time for this purpose, or have been there */
  booked?: string | undefined
  notBooked?: string | undefined
  /** they have a time at one of these clinics on these days, both included; `purpose`: for this */
  bookedAt?:
    { clinic: string[]; from: string; to: string; purpose?: string | undefined } | undefined
  /** what was last sent to them for this purpose did not arrive, and nothing else of that step has */
  undelivered?: string | undefined
  /** into or out of these municipalities, by what the register has told since that day, and still so */
  moved?: { into?: string[] | undefined; outOf?: string[] | undefined; since: string } | undefined
  /** they are in this group today (groups.ts) */
  group?: string | undefined
  and?: Condition[] | undefined
  or?: Condition[] | undefined
  not?: Condition | undefined
}

const filled = (given: object): boolean => Object.values(given).some((value) => value !== undefined)
const inOrder = (range: { from?: number | undefined; to?: number | undefined }): boolean =>
  range.from === undefined || range.to === undefined || range.from <= range.to
const notEmpty = { error: 'says nothing: give at least one condition' }
const ordered = { error: 'from is above to' }

const lines = {
  born: z
    .strictObject({ from: year.optional(), to: year.optional() })
    .refine(filled, notEmpty)
    .refine(inOrder, ordered)
    .optional(),
  age: z
    .strictObject({ on: day, from: years.optional(), to: years.optional() })
    .refine((age) => filled({ from: age.from, to: age.to }), { error: 'give from, to or both' })
    .refine(inOrder, ordered)
    .optional(),
  municipality: z.array(municipality).min(1).optional(),
  clinic: z.array(clinic).min(1).optional(),
  needs: z
    .strictObject({ any: z.array(need).min(1).optional(), none: z.array(need).min(1).optional() })
    .refine(filled, notEmpty)
    .optional(),
  sex: z.enum(['female', 'male']).optional(),
  given: purpose.optional(),
  notGiven: purpose.optional(),
  booked: purpose.optional(),
  notBooked: purpose.optional(),
  bookedAt: z
    .strictObject({
      clinic: z.array(clinic).min(1),
      from: day,
      to: day,
      purpose: purpose.optional(),
    })
    .refine((at) => at.from <= at.to, ordered)
    .optional(),
  undelivered: purpose.optional(),
  moved: z
    .strictObject({
      into: z.array(municipality).min(1).optional(),
      outOf: z.array(municipality).min(1).optional(),
      since: day,
    })
    .refine((moved) => filled({ into: moved.into, outOf: moved.outOf }), {
      error: 'give into, outOf or both',
    })
    .optional(),
  group: groupName.optional(),
  and: z
    .array(z.lazy((): z.ZodType<Condition> => condition))
    .min(1)
    .optional(),
  or: z
    .array(z.lazy((): z.ZodType<Condition> => condition))
    .min(1)
    .optional(),
  not: z.lazy((): z.ZodType<Condition> => condition).optional(),
}
const condition: z.ZodType<Condition> = z.strictObject(lines).refine(filled, notEmpty)

/**
 * The rule of a cohort: a condition, and whether those who live with the matched are members too. A rule without any
 * condition is refused: the whole register is never invited by an oversight.
 */
export const cohortRule = z
  .strictObject({ ...lines, cohabitants: z.boolean().optional() })
  .refine(({ cohabitants: _, ...conditions }) => filled(conditions), notEmpty)

export type CohortRule = z.infer<typeof cohortRule>

/**
 * Reads a rule from parsed YAML or JSON.
 * @throws Refused naming each wrong line and what it should be
 */
export function readRule(given: unknown): CohortRule {
  if (depth(given) > 40)
    throw new Refused(
      'bad-cohort',
      'The cohort rule is nested more than 40 levels deep. Write it flatter.',
    )
  const result = cohortRule.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map(
    (issue) => `${['cohort', ...issue.path].join('.')}: ${issue.message}`,
  )
  throw new Refused(
    'bad-cohort',
    `The cohort rule can't be used.\n  ${faults.join('\n  ')}\nSee docs/operator/cohorts.md.`,
    { faults },
  )
}

/** How deep objects and lists go, counted no further than needed: the rule comes from outside. */
function depth(value: unknown, at = 0): number {
  if (typeof value !== 'object' || value === null || at > 40) return at
  return Math.max(at, ...Object.values(value).map((inner) => depth(inner, at + 1)))
}

/** The purposes that a rule names, at any depth. */
export function purposesIn(rule: Condition): string[] {
  const inner = [...(rule.and ?? []), ...(rule.or ?? []), ...(rule.not ? [rule.not] : [])]
  const own = [
    ...[rule.given, rule.notGiven, rule.booked, rule.notBooked],
    ...[rule.undelivered, rule.bookedAt?.purpose],
  ]
  return [...own.filter((code) => code !== undefined), ...inner.flatMap(purposesIn)]
}
