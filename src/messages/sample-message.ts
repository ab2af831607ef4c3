import type { Campaign } from '../campaigns/store.ts'
import { zone } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Letter } from '../letters/letter.ts'
import { DateTime } from 'luxon'
import { dayOf } from '../people/dates.ts'
import type { Channel } from '../texts/context.ts'
import type { Facts } from '../texts/facts.ts'
import { inventedFacts } from '../texts/invented.ts'
import type { Rendered } from '../texts/rendered.ts'
import type { Texts } from '../texts/texts.ts'
import type { Due } from './claim.ts'
import { factsOf } from './compose.ts'

/** What is sent at one step of a campaign. */
export interface SampleStep {
  step: string
  channel: Channel
  template: string
  /** days after the release; null where the time that the person has decides */
  after: number | null
}

/** Who it is shown for: somebody in the register, or somebody invented. */
export type Recipient = Pick<Due, 'person' | 'clinic' | 'startsAt' | 'replacesReleasedAt'> & {
  addressLines: string[]
}

export interface SampleMessage extends SampleStep {
  rendered: Rendered
  /** of a letter: what is drawn */
  letter: Letter | null
}

const day = 24 * 60 * 60 * 1000

/** Somebody invented, with a time at an invented clinic: a weekday some two weeks ahead, half past nine. */
export function inventedRecipient(now: Date): Recipient {
  const { clinic, person } = inventedFacts('sv')
  const [givenName = '', familyName = ''] = person.name.split(' ')
  const inTwoWeeks = DateTime.fromJSDate(now, { zone })
    .plus({ weeks: 2 })
    .startOf('week')
    .set({ hour: 9, minute: 30 })
  return {
    person: {
      givenName,
      familyName,
      phone: null,
      email: null,
      registered: null,
      special: null,
      foreign: null,
      largePrint: false,
    },
    clinic: { ...clinic!, phoneHours: 'kl. 8–16' },
    startsAt: inTwoWeeks.toJSDate(),
    replacesReleasedAt: new Date(now.getTime() - 7 * day),
    addressLines: [person.name, 'Storgatan 14 lgh 1203', '791 70 Exempelby'],
  }
}

/** The campaign's steps, each once: of one route, or of all. */
export function stepsOf(
  { channels, reminders }: Campaign['spec'],
  route: string | null,
): SampleStep[] {
  const steps: SampleStep[] = channels
    .filter((line) => route === null || line.route === route)
    .flatMap((line) =>
      line.steps.map(({ step, channel, template, after }) => ({ step, channel, template, after })),
    )
  const all = [
    ...steps,
    ...reminders.map(({ channel, template }) => ({
      step: 'appointment-reminder',
      channel,
      template,
      after: null,
    })),
  ]
  return [
    ...new Map(all.map((step) => [`${step.step} ${step.channel} ${step.template}`, step])).values(),
  ]
}

/** A template on every channel that it has. */
export const stepsWith = (texts: Texts, template: string): SampleStep[] =>
  (['letter', 'email', 'sms'] as const)
    .filter((channel) => texts.languages(template, channel).length > 0)
    .map((channel) => ({ step: 'template', channel, template, after: null }))

/**
 * The facts of a step as they would be composed, but for the codes: those are invented, so that a preview lets nobody
 * book or answer in the person's name.
 */
export function sampleFacts(
  campaign: Pick<Campaign, 'id' | 'spec' | 'cohortSize'>,
  step: SampleStep,
  language: string,
  recipient: Recipient,
  texts: Texts,
  now: Date,
  config: Config,
): Facts {
  const invented = inventedFacts(language)
  const needs = step.step === 'template' ? texts.requiredFacts(step.template) : []
  const needing = (what: string) => needs.some((placeholder) => placeholder.startsWith(what))
  const hasTime =
    campaign.spec.way === 'timed' || step.step === 'appointment-reminder' || needing('appointment.')
  const asks = step.step === 'appointment-reminder' || needing('answer.')
  return factsOf(
    {
      id: 'preview',
      campaignId: campaign.id,
      personId: 0,
      channel: step.channel,
      step: needing('booking.') ? 'confirmation' : step.step,
      language,
      template: step.template,
      checkCode: invented.check.code,
      priority: 0,
      dueAt: now,
      attempts: 0,
      sendingSince: null,
      refusedSince: null,
      content: null,
      keptIn: null,
      keptLine: null,
      recipient: null,
      stop: null,
      spec: campaign.spec,
      cohortSize: campaign.cohortSize ?? 1000,
      bookingCode: invented.booking!.code,
      replacesReleasedAt: recipient.replacesReleasedAt,
      person: recipient.person,
      clinic: hasTime ? recipient.clinic : null,
      startsAt: hasTime ? recipient.startsAt : null,
      minutes: null,
      appointmentId: null,
      supersededAt: null,
      heightened: false,
      wasAt: null,
      wasWhere: null,
      searchedInVain: false,
      answer: asks
        ? { code: invented.answer!.code!, clinicCode: invented.answer!.code!, by: null }
        : null,
    },
    config,
  )
}

/** A step as it would be said. @throws Refused when a text lacks a fact, as for the message itself */
export function sampleMessage(
  texts: Texts,
  step: SampleStep,
  language: string,
  facts: Facts,
  to: Pick<Letter, 'addressLines' | 'returnAddress' | 'largePrint' | 'sheet'>,
  warning: boolean,
): SampleMessage {
  const rendered = texts.render({
    template: step.template,
    channel: step.channel,
    language,
    facts,
    warning,
  })
  if (rendered.kind !== 'letter') return { ...step, rendered, letter: null }
  return {
    ...step,
    rendered,
    letter: { id: 'Förhandsvisning', ...to, checkUrl: unsigned(facts), rendered },
  }
}

/** As big as a signed code, and never valid: a 2D code cut out of a preview proves nothing. */
const unsigned = ({ check, campaignDate }: Facts) =>
  `${check.url}#M${dayOf(new Date(campaignDate as Date)).replaceAll('-', '')}.000000.${'0'.repeat(103)}`
