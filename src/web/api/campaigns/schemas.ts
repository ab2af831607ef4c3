import { z } from 'zod'

export const byName = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .max(80)
    .meta({ description: "the campaign's name", example: 'covid-19-dose-1' }),
})

const state = z.enum([
  'draft',
  'approved',
  'planning',
  'running',
  'paused',
  'finished',
  'cancelled',
])

export const campaign = z
  .object({
    name: z.string(),
    purpose: z.string().meta({ example: 'covid-19/dose-1' }),
    way: z.enum(['timed', 'open', 'notice']),
    state,
    pausedWhy: z.string().nullable(),
    cohortSize: z
      .int()
      .nullable()
      .meta({ description: 'members when it was planned; the funnel adds up to this' }),
  })
  .meta({ id: 'Campaign' })

const count = z.int().min(0)

export const campaignStatusAnswer = campaign
  .extend({
    approvals: z.array(z.string()).meta({ description: 'who has approved; two are needed' }),
    funnel: z.array(z.object({ state: z.string(), reason: z.string().nullable(), number: count })),
    messages: z.array(
      z.object({ channel: z.string(), step: z.string(), state: z.string(), number: count }),
    ),
    waves: z.array(
      z.object({
        day: z.iso.date(),
        area: z.string(),
        number: count,
        bound: z.string(),
        said: count.meta({
          description: 'places it counted on because somebody has said that supply continues',
        }),
      }),
    ),
    batches: z.array(
      z.object({
        name: z.string(),
        state: z.string(),
        letters: count.nullable(),
        batchSha256: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'CampaignStatus' })

const counts = z.record(z.string(), count)

export const previewAnswer = z
  .object({
    cohort: count,
    invited: count,
    suppressed: counts,
    byRoute: counts,
    routes: z.array(z.object({ route: z.string(), language: z.string(), number: count })),
    byLanguage: counts,
    byArea: counts,
    members: z.object({
      municipality: counts,
      clinic: counts,
      age: counts,
      language: counts,
      channel: counts,
    }),
  })
  .meta({ id: 'CampaignPreview', description: 'counts only; changes nothing' })

export const checkAnswer = z
  .object({
    campaign: z.string(),
    state,
    ready: z.boolean().meta({ description: 'false: something stops approval and start' }),
    findings: z.array(
      z.object({
        severity: z.enum(['stop', 'warning', 'fact']),
        about: z.string().meta({ example: 'capacity' }),
        text: z.string(),
        swedish: z.string(),
      }),
    ),
    figures: z.record(z.string(), z.unknown()),
  })
  .meta({
    id: 'CampaignCheck',
    description: 'what is known before anything leaves; changes nothing',
  })
