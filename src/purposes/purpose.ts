import { z } from 'zod'
import { Refused } from '../errors.ts'
import { day } from '../received.ts'

export const purposeCode = z
  .string()
  .regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/, 'a purpose looks like covid-19/dose-1')
  .max(80)

export const needs = [
  'home-care',
  'sabo',
  'lss',
  'anaphylaxis',
  'wheelchair',
  'interpreter',
] as const
export type Need = (typeof needs)[number]

/** Where a need leads instead of an invitation to a clinic: `doctor` assesses, and the visit is at a hospital. */
export const needRoutes = ['municipality', 'doctor'] as const
export type NeedRoute = (typeof needRoutes)[number]
export type NeedRoutes = Partial<Record<Need, NeedRoute>>

/** Where a need leads when its purpose does not say, and a campaign leaves people with it out all the same. */
export const standardRoutes: Readonly<Record<Need, NeedRoute>> = {
  'home-care': 'municipality',
  sabo: 'municipality',
  lss: 'municipality',
  anaphylaxis: 'doctor',
  wheelchair: 'municipality',
  interpreter: 'municipality',
}

const wholeDays = z.int().min(1).max(3650)
const purposeFile = z
  .array(
    z
      .strictObject({
        code: purposeCode,
        /** in Swedish, for staff */
        name: z.string().trim().min(3).max(120),
        /** as residents read it, by language */
        words: z
          .record(z.string(), z.string().trim().min(3).max(200))
          .refine((w) => 'sv' in w, 'the Swedish words (sv) are missing'),
        validFrom: day.optional(),
        validUntil: day.optional(),
        /** what each vaccine leads to, and when */
        next: z
          .array(
            z
              .strictObject({
                vaccine: z.string().trim().min(1).max(80),
                purpose: purposeCode,
                minDays: wholeDays,
                maxDays: wholeDays,
              })
              .refine((n) => n.maxDays >= n.minDays, 'maxDays is below minDays'),
          )
          .default([]),
        routes: z
          .partialRecord(z.enum(needs), z.enum(needRoutes))
          .default({ 'home-care': 'municipality', sabo: 'municipality' }),
      })
      .refine((p) => !p.validFrom || !p.validUntil || p.validUntil >= p.validFrom, {
        path: ['validUntil'],
        message: 'the last day is before the first',
      })
      .refine((p) => p.next.every((n) => n.purpose !== p.code), {
        path: ['next'],
        message: 'the next dose is another purpose',
      }),
  )
  .min(1)
  .refine((all) => new Set(all.map((p) => p.code)).size === all.length, 'a code is there twice')

export type PurposeSpec = z.output<typeof purposeFile>[number]

/**
 * Reads a file of purposes: one, or a list.
 * @throws Refused `bad-purpose` naming each field that is wrong
 */
export function readPurposes(given: unknown): PurposeSpec[] {
  const result = purposeFile.safeParse(Array.isArray(given) ? given : [given])
  if (result.success) return result.data
  const faults = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(the file)'}: ${issue.message}`,
  )
  throw new Refused(
    'bad-purpose',
    `The purposes can't be used as they are:\n  ${faults.join('\n  ')}\nSee docs/operator/purposes.md.`,
    { faults },
  )
}
