import { z } from 'zod'
import { Refused } from '../errors.ts'
import { isLanguage } from '../people/languages.ts'
import { day } from '../received.ts'
import { needs, purposeCode, type NeedRoutes } from '../purposes/purpose.ts'

const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use lower-case letters, digits and hyphens')
  .max(80)
const days = z.number().int().min(0).max(60)
const contact = z.enum(['email', 'mobile', 'address'])

/** The same number of days on each channel. */
const sameForAll = (n: number) => ({ letter: n, sms: n, email: n })
const forAll = days
  .transform(sameForAll)
  .pipe(z.strictObject({ letter: days, sms: days, email: days }))
const byChannel = z.strictObject({
  letter: days.default(5),
  sms: days.default(5),
  email: days.default(5),
})

const sentences = z
  .record(z.string(), z.string().trim().min(3).max(200))
  .refine((w) => 'sv' in w, 'the Swedish words (sv) are missing')
  .refine((w) => Object.keys(w).every(isLanguage), 'a language is not one of those we write in')

/** One thing sent on one channel; `after` days from the release. */
const step = z.strictObject({
  step: z.enum(['invitation', 'reminder']),
  channel: z.enum(['letter', 'sms', 'email']),
  template: name,
  after: days.default(0),
})

/** One line of the channel plan: the first line whose contacts the person has is hers. */
const route = z.strictObject({
  route: name,
  needs: z.array(contact).min(1),
  steps: z.array(step).min(1),
})

/**
 * A reminder of a booked or given time, so long before it (ISO 8601: P2D, PT3H, P1DT12H). By SMS the person is asked to
 * confirm.
 */
const reminder = z.strictObject({
  before: z
    .string()
    .regex(
      /^P(?=\d|T\d)(\d{1,2}D)?(T\d{1,2}H)?$/,
      'write how long before as P2D (two days) or PT3H (three hours)',
    ),
  channel: z.enum(['sms', 'email']),
  template: name.default('appointment-reminder'),
})

/**
 * A campaign file (YAML or JSON). Everything that decides who gets what, how and when is in it and is checked here,
 * and is kept with the campaign as it was approved.
 */
export const campaignSpec = z
  .strictObject({
    name,
    /** one in the register (purposes/register.ts) */
    purpose: purposeCode,
    way: z.enum(['timed', 'open']),
    /** the cohort's name and its rule (cohorts/rule.ts checks it) */
    cohort: z.strictObject({ name, rule: z.unknown() }),
    /** the purpose in words, by language, where they are other than the register's; only letters say it */
    what: z
      .record(z.string(), z.string().min(3))
      .refine((w) => 'sv' in w, 'the Swedish words (sv) are missing')
      .refine((w) => Object.keys(w).every(isLanguage), 'a language is not one of those we write in')
      .optional(),
    /**
     * when the region's phone is answered, in words by language; without it REGION_PHONE_HOURS is used in every
     * language
     */
    phoneHours: z
      .record(z.string(), z.string().min(3))
      .refine((w) => 'sv' in w, 'the Swedish words (sv) are missing')
      .refine((w) => Object.keys(w).every(isLanguage), 'a language is not one of those we write in')
      .optional(),
    /**
     * what the visit asks of the person and offers, in whole sentences by language, where the texts' own words don't
     * hold (docs/operator/texts.md)
     */
    visit: z
      .strictObject({
        price: sentences.optional(),
        bring: sentences.optional(),
        interpreter: sentences.optional(),
        travel: sentences.optional(),
      })
      .optional(),
    languages: z.array(z.string()).min(1).default(['sv', 'sv-simple', 'en', 'ar']),
    channels: z.array(route).min(1),
    /** postage of its letters: first (delivered in about two working days) or economy (slower, cheaper) */
    postage: z.enum(['first', 'economy']).default('first'),
    /**
     * working days from hand-over to the letterbox: a fixed time is never sooner, and a place sooner than this is not
     * counted on
     */
    postDays: days.default(3),
    /** working days from the arrival of a message to the fixed time that it tells of, by its channel */
    leastNotice: z.union([forAll, byChannel]).default(sameForAll(5)),
    /** days after which an unanswered open invitation no longer counts on a place */
    expiresAfter: days.default(21),
    /** reminders of the times that people have */
    reminders: z.array(reminder).max(5).default([]),
    /** the appointments: from and to, both included; null: any published slot */
    slots: z
      .strictObject({ from: day.optional(), to: day.optional() })
      .refine(({ from, to }) => !from || !to || from <= to, 'from is after to')
      .default({}),
    /** how bold the release is (docs/operator/release.md); a hard bound holds whatever is chosen */
    release: z
      .strictObject({ policy: z.enum(['strict', 'steady', 'eager']).default('steady') })
      .default({ policy: 'steady' }),
    /**
     * people with these needs get another route than an invitation to a clinic; without it those that have a route in
     * the purpose's register
     */
    otherRouteFor: z.array(z.enum(needs)).optional(),
    /** who comes first where running campaigns for one purpose want the same places: lower before higher */
    priority: z.number().int().min(1).max(99).default(50),
    /** letters to foreign addresses for those who have moved abroad */
    abroad: z.boolean().default(false),
    /** people who have moved since the plan was made, and whom no message has told yet (campaigns/moved.ts) */
    moved: z
      .strictObject({
        outOfRegion: z.enum(['stop', 'keep']).default('stop'),
        otherArea: z.enum(['stop', 'keep']).default('keep'),
      })
      .default({ outOfRegion: 'stop', otherArea: 'keep' }),
    /**
     * only people that an earlier campaign left without a time: all who haven't booked, or those whose searches found
     * no time
     */
    reissueOf: z
      .strictObject({ campaign: name, who: z.enum(['not-booked', 'no-free-time']) })
      .optional(),
    /**
     * what to do with a message of which the provider can't say whether it has it: hold it for a person to decide, or
     * send it again
     */
    inDoubt: z.enum(['hold', 'resend']).default('hold'),
    signer: z.strictObject({ name: z.string().min(3), role: z.string().min(3) }),
  })
  .refine((s) => !s.reissueOf || s.way === 'timed', {
    path: ['reissueOf'],
    message: 'a reissue gives fixed times: way must be timed',
  })
  .refine((s) => new Set(s.channels.map((c) => c.route)).size === s.channels.length, {
    path: ['channels'],
    message: 'two lines have the same route name',
  })
  .refine(
    (s) =>
      s.channels.every(
        (c) => new Set(c.steps.map((x) => `${x.step} ${x.channel}`)).size === c.steps.length,
      ),
    { path: ['channels'], message: 'a route has the same step on the same channel twice' },
  )
  .refine(
    (s) =>
      s.channels.every((c) =>
        c.steps.every((x) =>
          c.needs.includes(
            { letter: 'address', sms: 'mobile', email: 'email' }[x.channel] as 'email',
          ),
        ),
      ),
    {
      path: ['channels'],
      message:
        'a step uses a channel that its line does not need: letter needs address, sms needs mobile, email needs email',
    },
  )

/** The kinds of notice; each is also the step of its messages. */
export const noticeKinds = ['fraud-warning', 'correction', 'information'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** What a correction is about: each has a text of its own. */
export const happenings = ['wrong-content', 'sent-twice', 'wrong-people'] as const
export type Happened = (typeof happenings)[number]

/** What makes a campaign a notice; made by notices/spec.ts and notices/correct.ts, never read from a campaign file. */
export interface NoticeFacts {
  kind: NoticeKind
  template: string
  /** it is on the region's pages too, where its messages then say that it can be read */
  public?: true
  /** members of a household share one message */
  perHousehold: boolean
  /** how many of a hundred who get it are expected to call: what the phones must bear */
  callsPer100: number
  correction?: {
    /** without it: the content was wrong */
    happened?: Exclude<Happened, 'wrong-content'>
    /** by language, as `what`; without `todo` there is nothing to do, without `times` the times are valid */
    wrong?: Record<string, string>
    right?: Record<string, string>
    todo?: Record<string, string>
    times?: Record<string, string>
    /** the message gave each a time, which they have no longer */
    gaveTimes?: true
    /** as it was asked for: a campaign, batch, wave, notice or reconciliation:ID */
    of: string
    /**
     * what happens to people that the wrong message has not reached yet: their invitation is withdrawn, or composed
     * again
     */
    unsent: 'withdraw' | 'anew'
  }
  /** by language: what is new and, if there is such, what applies to other groups and what to do */
  information?: {
    news: Record<string, string>
    others?: Record<string, string>
    todo?: Record<string, string>
  }
}

/** What a campaign file says. */
export type FileSpec = z.output<typeof campaignSpec>
type Route = FileSpec['channels'][number]
type Step = Route['steps'][number]

/** A campaign as it was approved: from a campaign file, or a notice. */
export type CampaignSpec = Omit<FileSpec, 'way' | 'channels' | 'what' | 'otherRouteFor'> & {
  way: FileSpec['way'] | 'notice'
  what: Record<string, string>
  otherRouteFor: NonNullable<FileSpec['otherRouteFor']>
  channels: (Omit<Route, 'steps'> & {
    steps: (Omit<Step, 'step'> & { step: Step['step'] | NoticeFacts['kind'] })[]
  })[]
  notice?: NoticeFacts
}

/** @throws Refused `bad-campaign` naming each field that is wrong */
export function parseSpec(given: unknown): FileSpec {
  const result = campaignSpec.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(the file)'}: ${issue.message}`,
  )
  throw new Refused(
    'bad-campaign',
    `The campaign can't be used as it is:\n  ${faults.join('\n  ')}`,
    { faults },
  )
}

/** A campaign that a file makes. */
export type NewCampaign = CampaignSpec & { way: FileSpec['way'] }

/** The campaign of a file: what it leaves to the purpose is as in the register when the campaign is made. */
export const withPurpose = (
  given: FileSpec,
  purpose: { words: Record<string, string>; routes: NeedRoutes },
): NewCampaign => ({
  ...given,
  what: given.what ?? purpose.words,
  otherRouteFor: given.otherRouteFor ?? needs.filter((need) => purpose.routes[need]),
})
