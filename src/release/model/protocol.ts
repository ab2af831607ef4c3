import { z } from 'zod'
import { formatDay, parseDay, type Day } from './calendar.ts'
import type { AreaDecision, PauseReason } from './state.ts'

/** The lines of `release advise`; the JSON Schema in docs/ is made from these. Unknown keys are ignored. */
const isoDate = z
  .string()
  .refine((text) => !Number.isNaN(parseDay(text)), 'not a date, expected YYYY-MM-DD')
  .meta({ format: 'date' })
const count = z.number().min(0).max(1e9)
const whole = z.int().min(0).max(1_000_000_000)
const AREAS = 10_000

const areaIn = z.object({
  id: z.string().min(1).max(200).describe('the area, any text'),
  remaining: whole.describe('people not yet invited'),
  free: z.record(isoDate, count).default({}).describe('places bookable now, by date'),
  planned: z
    .record(isoDate, z.object({ expected: count, publishedOn: isoDate }))
    .default({})
    .describe('places not yet bookable, and the day they will be'),
  said: z
    .record(isoDate, count)
    .default({})
    .describe(
      'places, by date, beside those free and planned, where somebody has said that supply continues as usual; ' +
        'default: none, days that nobody has planned do not count',
    ),
  waiting: count.default(0).describe('people whose search found no time and who still want one'),
  displaced: count.default(0).describe('people who lost their time'),
})

const eventIn = z.object({
  area: z.string().min(1).max(200),
  released: isoDate.describe('the day the wave was released'),
  on: isoDate.describe('the day it happened'),
  booked: count.default(0),
  failedSearches: count.default(0).describe('people who found no free time'),
  declined: count.default(0),
})

export const settingsIn = z.object({
  policy: z
    .enum(['strict', 'steady', 'eager'])
    .optional()
    .describe('strict: live invitations ≤ free places; default steady'),
  pauses: z
    .enum(['day', 'hold'])
    .optional()
    .describe('a brake stops the day (default) or holds until resume'),
  pause: z.boolean().optional().describe('true: stop by hand until resume'),
  resume: z.boolean().optional().describe('true: lift a pause, from this line on'),
})

export const lineIn = z.object({
  date: isoDate,
  working: z.boolean().optional().describe('default: neither weekend nor Swedish public holiday'),
  postDays: z
    .number()
    .min(0)
    .max(60)
    .optional()
    .describe(
      'working days from hand-over until letters are with their people, at most; default: not known, learned from answers',
    ),
  phone: z.object({ capacity: count.optional(), callsYesterday: count.optional() }).default({}),
  areas: z
    .array(areaIn)
    .min(1)
    .max(AREAS)
    .refine(
      (areas) => new Set(areas.map((a) => a.id)).size === areas.length,
      'two areas have the same id',
    ),
  events: z.array(eventIn).max(1_000_000).default([]),
  sent: z
    .array(z.object({ area: z.string().min(1).max(200), on: isoDate, count: whole }))
    .max(100_000)
    .default([])
    .describe('optional: what was really sent, where it differs from the advice'),
  settings: settingsIn.optional(),
})

/** A line as it is written; LineIn as it was read, with what was left out filled in. */
export type Line = z.input<typeof lineIn>
export type LineIn = z.infer<typeof lineIn>

const byDate = z.record(isoDate, z.number())

export const lineOutSchema = z.object({
  date: isoDate,
  areas: z.array(
    z.object({
      id: z.string(),
      invite: whole.describe('letters to release today'),
      bound: z
        .enum(['capacity', 'phone', 'hard', 'remaining', 'not-working', 'paused'])
        .describe('the constraint that bound the number'),
      expected: byDate.describe('answers expected a day, two weeks ahead, coming waves included'),
      p99: byDate.describe("a level a day's answers stay below on 99 days of 100"),
      hard: z
        .object({ limit: whole, live: z.number() })
        .describe('what the hard bound allows to be out, and what was out before today'),
    }),
  ),
  paused: z.enum(['failed-searches', 'calls', 'supply-cut', 'stale-feed', 'by-hand']).nullable(),
})

export const errorOutSchema = z.object({
  error: z.object({
    code: z.enum(['not-json', 'invalid', 'out-of-order', 'too-long', 'internal']),
    message: z.string(),
    details: z.unknown().optional(),
  }),
})

export type LineOut = z.infer<typeof lineOutSchema>
export type ErrorOut = z.infer<typeof errorOutSchema>

/** The JSON Schema of the protocol, as kept in docs/release-advise.schema.json. */
export const protocolSchema = (): unknown => ({
  title: 'release advise: one JSON document a line in, one a line out',
  in: z.toJSONSchema(lineIn, { io: 'input' }),
  out: z.toJSONSchema(z.union([lineOutSchema, errorOutSchema])),
})

/** Days shown ahead. */
const SHOWN = 14

export function lineOut(
  day: Day,
  decisions: readonly AreaDecision[],
  paused: PauseReason | null,
): LineOut {
  const dated = (path: Float64Array, round: (x: number) => number): Record<string, number> =>
    Object.fromEntries(
      Array.from(path.subarray(0, SHOWN), (x, k) => [formatDay(day + k), round(x)]),
    )
  return {
    date: formatDay(day),
    areas: decisions.map(({ id, invite, bound, expected, p99, hard }) => ({
      id,
      invite,
      bound,
      expected: dated(expected, (x) => Math.round(x * 10) / 10),
      p99: dated(p99, (x) => x),
      hard,
    })),
    paused,
  }
}
