import { z } from 'zod'
import type { CampaignSpec, NoticeKind } from '../campaigns/spec.ts'
import { readRule, type CohortRule } from '../cohorts/rule.ts'
import { Refused } from '../errors.ts'
import { isLanguage } from '../people/languages.ts'
import { warnings } from '../texts/warning.ts'
import { readInformation } from './information-words.ts'

/** Everybody in the register: said in so many words, since an empty rule is refused (cohorts/rule.ts). */
const everybody: CohortRule = { or: [{ sex: 'female' }, { not: { sex: 'female' } }] }
const needs = { letter: 'address', sms: 'mobile', email: 'email' } as const
const allChannels = ['letter', 'sms', 'email'] as const
export type NoticeChannel = (typeof allChannels)[number]

/** A fraud warning, or information, as a communicator orders it. */
const order = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use lower-case letters, digits and hyphens')
    .max(80),
  kind: z.enum(['fraud-warning', 'information']).default('fraud-warning'),
  /** of a fraud warning: the template that says it */
  warning: z.string().optional(),
  /** of information: what it says (information-words.ts) */
  words: z.unknown().optional(),
  /** without it: all four, of information those that it has words in */
  languages: z
    .array(z.string().refine(isLanguage, 'not one of the languages we write in'))
    .min(1)
    .optional(),
  /** in order: each person gets it on the first channel that reaches them; none: on the region's pages only */
  channels: z
    .array(z.enum(allChannels))
    .default(['sms', 'email', 'letter'])
    .refine((c) => new Set(c).size === c.length, 'a channel is there twice'),
  /** all, an age such as 65+, or a cohort rule */
  audience: z.union([
    z.literal('all'),
    z.string().regex(/^\d{1,3}\+$/, 'write all, an age such as 65+, or a cohort rule'),
    z.record(z.string(), z.unknown()),
  ]),
  perHousehold: z.boolean().default(false),
  public: z.boolean().default(true),
  callsPer100: z.number().min(0).max(100).default(5),
  signer: z.strictObject({ name: z.string().min(3), role: z.string().min(3) }),
})

export type NoticeOrder = z.input<typeof order>

/**
 * Reads an order and makes the campaign of it. A notice is a purpose of its own: nobody gets it twice.
 * @param today YYYY-MM-DD in Sweden, on which an age is counted
 * @throws Refused `bad-notice` naming each field that is wrong, `bad-cohort`
 */
export function readNotice(
  given: unknown,
  today: string,
): { spec: CampaignSpec; isPublic: boolean } {
  const result = order.safeParse(given)
  if (!result.success) {
    const faults = result.error.issues.map(
      (issue) => `${issue.path.join('.') || '(the notice)'}: ${issue.message}`,
    )
    throw new Refused(
      'bad-notice',
      `The notice can't be used as it is:\n  ${faults.join('\n  ')}`,
      { faults },
    )
  }
  const { name, channels, audience, perHousehold, callsPer100, signer } = result.data
  const cohort =
    audience === 'all'
      ? { name: 'alla', rule: everybody }
      : {
          name: `notice-${name}`.slice(0, 80),
          rule:
            typeof audience === 'string'
              ? { age: { on: today, from: Number(audience.slice(0, -1)) } }
              : readRule(audience),
        }
  if (channels.length === 0 && !result.data.public)
    throw new Refused('bad-notice', 'The notice goes nowhere: give it channels, or make it public.')
  const said = saidBy(result.data)
  const spec = noticeSpec({
    name,
    purpose: `notice/${name}`,
    cohort,
    what: said.what,
    languages: result.data.languages ?? said.languages,
    channels,
    signer,
    notice: {
      ...said.notice,
      ...(result.data.public ? { public: true } : {}),
      perHousehold,
      callsPer100,
    },
  })
  return { spec, isPublic: result.data.public }
}

interface Said {
  what: Record<string, string>
  languages: string[]
  notice: { kind: NoticeKind; template: string } & Pick<
    NonNullable<CampaignSpec['notice']>,
    'information'
  >
}

/** @throws Refused `bad-notice`, `bad-words` */
function saidBy({ kind, warning, words }: z.output<typeof order>): Said {
  if (kind === 'fraud-warning') {
    if (words !== undefined)
      throw new Refused(
        'bad-notice',
        'A fraud warning has words of its own: only information has --words.',
      )
    return {
      what: { sv: 'varning för bedragare', en: 'warning about fraud', ar: 'تحذير من المحتالين' },
      languages: ['sv', 'sv-simple', 'en', 'ar'],
      notice: { kind, template: warning ?? warnings },
    }
  }
  if (warning !== undefined)
    throw new Refused(
      'bad-notice',
      'Information has a text of its own: only a fraud warning has --warning.',
    )
  const { what, ...information } = readInformation(words)
  return {
    what,
    languages: ['sv', 'sv-simple', 'en', 'ar'].filter(
      (l) => (l === 'sv-simple' ? 'sv' : l) in what,
    ),
    notice: { kind, template: kind, information },
  }
}

type Given = Pick<CampaignSpec, 'name' | 'purpose' | 'cohort' | 'what' | 'languages' | 'signer'> & {
  channels: readonly NoticeChannel[]
  notice: NonNullable<CampaignSpec['notice']>
} & Partial<Pick<CampaignSpec, 'phoneHours' | 'abroad'>>

/**
 * The campaign that a notice is: one message a person, no places, no appointments. What is in doubt is never sent again
 * blindly.
 */
export const noticeSpec = ({ channels, notice, ...given }: Given): CampaignSpec => ({
  abroad: false,
  postage: 'first',
  ...given,
  way: 'notice',
  channels: channels.map((channel) => ({
    route: channel,
    needs: [needs[channel]],
    steps: [{ step: notice.kind, channel, template: notice.template, after: 0 }],
  })),
  postDays: 3,
  leastNotice: { letter: 0, sms: 0, email: 0 },
  expiresAfter: 60,
  priority: 50,
  reminders: [],
  moved: { outOfRegion: 'keep', otherArea: 'keep' },
  slots: {},
  release: { policy: 'steady' },
  otherRouteFor: [],
  inDoubt: 'hold',
  notice,
})
