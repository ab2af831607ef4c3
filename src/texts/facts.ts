import { z } from 'zod'

// One line of text. A line break or control character in a name or address could forge a heading, a list or a
// mail header.
const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(
    /^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/,
    'must be one line of plain text',
  )
const address = z.url({ protocol: /^https?$/ }).max(200)
/** The same words in every language, or one wording for each language (`sv` also serves `sv-simple`). */
const localised = z.union([line, z.record(z.string(), line)])

/**
 * What a text can say. Phones are E.164 or as they should be shown, codes with or without hyphen, postcodes
 * with or without space: they are shown in one way. `what` is the purpose in words; only letters may say it
 * (HSLF-FS 2016:40).
 */
export const factsSchema = z.strictObject({
  region: z.strictObject({
    name: line,
    phone: line,
    phoneHours: localised,
    website: line,
    signer: z.strictObject({ name: line, role: localised }),
  }),
  person: z.strictObject({ name: line }),
  what: localised.optional(),
  /** who may book now (who-may-book.ts); only staff's script and the contact card say it */
  who: localised.optional(),
  clinic: z
    .strictObject({
      name: line,
      street: line,
      postcode: line,
      town: line,
      phone: line,
      phoneHours: localised,
    })
    .optional(),
  appointment: z.strictObject({ startsAt: z.coerce.date() }).optional(),
  booking: z
    .strictObject({ code: line, url: address, phone: line, phoneHours: localised })
    .optional(),
  /**
   * a question: answered by SMS (JA or NEJ), with the code if there is one; else by phone with the code. `by`:
   * until when
   */
  answer: z
    .strictObject({
      sms: z.literal(true).optional(),
      code: line.optional(),
      by: z.coerce.date().optional(),
    })
    .optional(),
  /** what anybody can check that a message is real with; the address may end with the code */
  check: z.strictObject({ code: line, url: address }),
  /**
   * whole sentences, where the campaign says something else than our texts do: what it costs, what to bring,
   * interpreter, travel (sjukresa)
   */
  visit: z
    .strictObject({
      price: localised.optional(),
      bring: localised.optional(),
      interpreter: localised.optional(),
      travel: localised.optional(),
    })
    .optional(),
  /** the earlier message could not be followed: the times did not suffice */
  noTimes: z.literal(true).optional(),
  /** the day of the message that this one replaces, and the time that it told of, if that had to be moved */
  replaces: z
    .strictObject({
      date: z.coerce.date(),
      startsAt: z.coerce.date().optional(),
      clinic: line.optional(),
    })
    .optional(),
  /**
   * what was wrong in an earlier message, what holds instead, what to do if anything; only letters may say it.
   * `number`: how many got it
   */
  correction: z
    .strictObject({
      wrong: localised.optional(),
      right: localised.optional(),
      todo: localised.optional(),
      /** what is said of the times that people have, where they are not simply valid */
      times: localised.optional(),
      /** the message gave each a time, which they have no longer */
      gaveTimes: z.literal(true).optional(),
      number: z.number().int().positive().optional(),
    })
    .optional(),
  /** what is new, what applies to the other groups, what to do if anything; only letters may say it */
  information: z
    .strictObject({ news: localised, others: localised.optional(), todo: localised.optional() })
    .optional(),
  /** a notice that is on the region's pages: where they are */
  pages: address.optional(),
  campaignDate: z.coerce.date(),
})

/** What is the same for everybody in a campaign: enough for what staff say on the phone and for the contact card. */
export const sharedFactsSchema = factsSchema.partial({ person: true, check: true }).extend({
  booking: z
    .strictObject({ code: line.optional(), url: address, phone: line, phoneHours: localised })
    .optional(),
})

export type Facts = z.input<typeof factsSchema>
export type CheckedFacts = z.output<typeof factsSchema>
export type SharedFacts = z.output<typeof sharedFactsSchema>

/**
 * What a notice says, and no more of how it was aimed.
 * @param number how many got what it corrects; null: not known yet
 * @param site the address of the service
 */
export const noticeFacts = (
  { correction, information, ...notice }: NoticeWords,
  number: number | null,
  site: string,
): Pick<Facts, 'correction' | 'information' | 'pages'> => ({
  ...(correction
    ? {
        correction: {
          ...(correction.wrong ? { wrong: correction.wrong } : {}),
          ...(correction.right ? { right: correction.right } : {}),
          ...(correction.todo ? { todo: correction.todo } : {}),
          ...(correction.times ? { times: correction.times } : {}),
          ...(correction.gaveTimes ? { gaveTimes: true } : {}),
          ...(number ? { number } : {}),
        },
      }
    : {}),
  ...(information ? { information } : {}),
  ...(notice.public ? { pages: new URL('/meddelanden', site).href } : {}),
})

type Words = Record<string, string>
interface NoticeWords {
  public?: true
  correction?: { wrong?: Words; right?: Words; todo?: Words; times?: Words; gaveTimes?: true }
  information?: { news: Words; others?: Words; todo?: Words }
}
