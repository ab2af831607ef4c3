import { z } from 'zod'
import type { Block } from './blocks.ts'

const block = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('heading'), text: z.string() }),
  z.object({ kind: z.literal('paragraph'), text: z.string() }),
  z.object({ kind: z.literal('list'), items: z.array(z.string()) }),
  z.object({ kind: z.literal('panel') }),
])

/**
 * The short text in another language that goes with a Swedish one, for a person in whose language there is no
 * whole text.
 */
const also = z.object({
  language: z.string(),
  version: z.string(),
  direction: z.enum(['ltr', 'rtl']),
  body: z.array(block),
})

/**
 * A letter with every word in place, as plain JSON: dates, times, phones and codes are already text in the
 * letter's language, so that drawing it later gives the same page whatever the time zone, the language data or
 * the templates have become.
 */
export const renderedLetterSchema = z.object({
  kind: z.literal('letter'),
  language: z.string(),
  version: z.string(),
  direction: z.enum(['ltr', 'rtl']),
  /** characters a line at most, for easy Swedish */
  lineLength: z.number().int().positive().optional(),
  title: z.string(),
  body: z.array(block),
  /** time and place, or how to book; `big` for what must be seen first */
  panel: z.array(
    z.object({
      label: z.string(),
      value: z.string(),
      more: z.string().optional(),
      big: z.boolean(),
    }),
  ),
  also: also.optional(),
  sender: z.object({ name: z.string(), lines: z.array(z.string()) }),
  date: z.string(),
  /** `page` has {n} for the page's number and {m} for how many there are */
  labels: z.object({
    reference: z.string(),
    page: z.string(),
    checkTitle: z.string(),
    checkText: z.string(),
  }),
})

export type RenderedLetter = z.infer<typeof renderedLetterSchema>
export type PanelRow = RenderedLetter['panel'][number]

export type ShortTranslation = z.infer<typeof also>

export interface RenderedSms {
  kind: 'sms'
  language: string
  version: string
  text: string
  encoding: 'GSM-7' | 'UCS-2'
  units: number
  segments: number
  /** what stands last in `text`, in the person's own language */
  also?: ShortTranslation
}

export interface RenderedEmail {
  kind: 'email'
  language: string
  version: string
  subject: string
  blocks: Block[]
  text: string
  html: string
  /** what stands last in `text` and `html`, in the person's own language */
  also?: ShortTranslation
}

export type Rendered = RenderedLetter | RenderedSms | RenderedEmail

/**
 * What staff say on the phone, or what stands on the contact card: the campaign's facts in the letter's words,
 * for people to read.
 */
export interface RenderedPlain {
  kind: 'phone-script' | 'contact-card'
  language: string
  version: string
  direction: 'ltr' | 'rtl'
  body: Block[]
  text: string
}

/**
 * The warning that goes with every message in times of heightened fraud: whole, for an SMS that has room, and
 * as short as can be.
 */
export interface Warning {
  language: string
  version: string
  body: Block[]
  sms: string
  shortest: string
}

/** A notice on the region's pages, in the feeds and for 1177.se. */
export interface RenderedPage {
  language: string
  version: string
  direction: 'ltr' | 'rtl'
  title: string
  body: Block[]
}
