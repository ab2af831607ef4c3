import type pg from 'pg'
import { planOf } from '../campaigns/plan.ts'
import { reasons, type Reason } from '../campaigns/reasons.ts'
import { campaignNamed, type Campaign } from '../campaigns/store.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { sheetOf } from '../messages/compose.ts'
import {
  inventedRecipient,
  sampleMessage,
  sampleFacts,
  stepsOf,
  stepsWith,
  type SampleMessage,
  type SampleStep,
  type Recipient,
} from '../messages/sample-message.ts'
import { addressLines, chooseAddress } from '../people/address.ts'
import { dayOf } from '../people/dates.ts'
import { readIdentityNumber } from '../people/identity/identity.ts'
import { inventedFacts } from '../texts/invented.ts'
import type { Texts } from '../texts/texts.ts'
import { checkLooker, look, type Looker } from './evidence.ts'
import { personByNumber } from './store.ts'
import { heightenedNow } from '../notices/heightened.ts'
import { invitationFor, recipientOf } from './proof-store.ts'

interface Deps {
  pool: pg.Pool
  clock: Clock
  config: Config
  texts: Texts
}

export interface Proof {
  campaign: string | null
  /** what the person asked for; each message says what it became */
  language: string
  /** of a person: by which line of the channel plan, and what had to be invented */
  route: string | null
  invented: string[]
  messages: SampleMessage[]
}

interface More {
  /** this text on all its channels, instead of the campaign's own steps */
  template?: string | undefined
  largePrint?: boolean | undefined
}

/** The languages that a campaign is sent in, Swedish always among them. @throws Refused `unknown-campaign` */
export async function campaignLanguages(db: Db, name: string): Promise<string[]> {
  const { spec } = await campaignNamed(db, name)
  return [...new Set(['sv', ...spec.languages])]
}

/**
 * What a campaign would send to somebody invented who reads the language. Nothing is written.
 * @throws Refused `unknown-campaign`, `not-its-language`, `unknown-template`, `missing-fact`
 */
export async function proofInLanguage(
  { pool, clock, config, texts }: Deps,
  name: string,
  language: string,
  more: More = {},
): Promise<Proof> {
  const campaign = await campaignNamed(pool, name)
  const languages = [...new Set(['sv', ...campaign.spec.languages])]
  if (!languages.includes(language))
    throw new Refused(
      'not-its-language',
      `${name} is not sent in ${language}: who reads it gets Swedish. Its languages: ${languages.join(', ')}.`,
    )
  const recipient = inventedRecipient(clock.now())
  return {
    campaign: name,
    language,
    route: null,
    invented: ['person', 'clinic', 'time', 'codes'],
    messages: await messagesFor(
      { pool, clock, config, texts },
      campaign,
      language,
      recipient,
      steps(texts, campaign, null, more),
      more,
    ),
  }
}

/**
 * What a person would get from a campaign: their own name, address, language and time if they have one; the codes
 * are invented. The look is noted.
 * @param number identity number
 * @throws Refused as `proofInLanguage` and `evidenceOf`, `bad-address`, `left-out` with the reason
 */
export async function proofForPerson(
  deps: Deps,
  name: string,
  number: string,
  looker: Looker,
  more: More = {},
): Promise<Proof> {
  const { pool, clock, texts } = deps
  checkLooker(looker)
  const campaign = await campaignNamed(pool, name)
  const read = readIdentityNumber(number, dayOf(clock.now()))
  if ('fault' in read)
    throw new Refused(
      'bad-identity-number',
      'This is not an identity number. Write it with 12 digits, e.g. YYYYMMDDNNNC.',
    )
  const found = await personByNumber(pool, read.normalized)
  await look({ pool, clock }, found, looker, `preview of ${name}`)
  const { person, clinic, stop } = await recipientOf(pool, found!.id)
  if (stop) throw leftOut(campaign, sayReason(stop))
  const { route, language, invitation } = await plannedFor(
    pool,
    campaign,
    found!.id,
    dayOf(clock.now()),
  )
  const invented = inventedRecipient(clock.now())
  const recipient: Recipient = {
    person,
    clinic: invitation?.clinic ?? clinic ?? invented.clinic,
    startsAt: invitation?.startsAt ?? invented.startsAt,
    replacesReleasedAt: invitation?.replacesReleasedAt ?? invented.replacesReleasedAt,
    addressLines: [],
  }
  const wanted = steps(texts, campaign, route, more)
  if (wanted.some(({ channel }) => channel === 'letter'))
    recipient.addressLines = printed(person, campaign)
  const timed = campaign.way === 'timed'
  return {
    campaign: name,
    language,
    route,
    invented: [
      ...(timed && !invitation?.startsAt ? ['time'] : []),
      ...(timed && !invitation?.clinic && !clinic ? ['clinic'] : []),
      'codes',
    ],
    messages: await messagesFor(deps, campaign, language, recipient, wanted, {
      ...more,
      largePrint: person.largePrint,
    }),
  }
}

/**
 * A text on all its channels with invented facts, whatever campaign may use it.
 * @throws Refused `unknown-template`, `no-such-language`
 */
export function proofOfTemplate(
  { texts, config }: Pick<Deps, 'texts' | 'config'>,
  template: string,
  language: string,
  largePrint: boolean,
): Proof {
  const languages = templateLanguages(texts, template)
  if (!languages.includes(language))
    throw new Refused(
      'no-such-language',
      `${template} is not there in ${language}. There is: ${languages.join(', ')}.`,
    )
  const to = {
    addressLines: inventedRecipient(new Date(0)).addressLines,
    returnAddress: config.RETURN_ADDRESS,
    largePrint,
    ...sheetOf(config),
  }
  return {
    campaign: null,
    language,
    route: null,
    invented: ['everything'],
    messages: stepsWith(texts, template).map((step) =>
      sampleMessage(texts, step, language, inventedFacts(language), to, false),
    ),
  }
}

/**
 * Every language that a text exists in, and those that a Swedish letter has a short text in for its back.
 * @throws Refused `unknown-template`
 */
export function templateLanguages(texts: Texts, template: string): string[] {
  const all = stepsWith(texts, template)
  if (all.length === 0)
    throw new Refused(
      'unknown-template',
      `There is no text ${template} for letters, SMS or e-mail. List them with: texts list`,
    )
  const backs = all.some(({ channel }) => channel === 'letter')
    ? texts
        .all()
        .filter(({ channel }) => channel === 'back')
        .map((text) => text.language)
    : []
  return [
    ...new Set([...all.flatMap(({ channel }) => texts.languages(template, channel)), ...backs]),
  ].sort(byRank)
}

const first = ['sv', 'sv-simple', 'en', 'ar']
const byRank = (a: string, b: string) =>
  (first.indexOf(a) + 1 || 9) - (first.indexOf(b) + 1 || 9) || a.localeCompare(b)

function steps(
  texts: Texts,
  campaign: Campaign,
  route: string | null,
  { template }: More,
): SampleStep[] {
  if (template === undefined) return stepsOf(campaign.spec, route)
  templateLanguages(texts, template) // refuses one that is not there
  return stepsWith(texts, template)
}

async function messagesFor(
  { pool, clock, config, texts }: Deps,
  campaign: Campaign,
  language: string,
  recipient: Recipient,
  wanted: SampleStep[],
  more: More,
): Promise<SampleMessage[]> {
  const now = clock.now()
  const warning =
    campaign.spec.notice?.kind !== 'fraud-warning' && (await heightenedNow(pool)) !== undefined
  const to = {
    addressLines: recipient.addressLines,
    returnAddress: config.RETURN_ADDRESS,
    largePrint: more.largePrint ?? false,
    ...sheetOf(config),
  }
  return wanted.map((step) =>
    sampleMessage(
      texts,
      step,
      language,
      sampleFacts(campaign, step, language, recipient, texts, now, config),
      to,
      warning,
    ),
  )
}

/** By what the plan says; before there is one, by what it would say now. */
async function plannedFor(pool: pg.Pool, campaign: Campaign, personId: number, today: string) {
  const invitation = await invitationFor(pool, campaign.id, personId)
  if (invitation?.route && invitation.language && invitation.state !== 'suppressed')
    return { route: invitation.route, language: invitation.language, invitation }
  if (invitation) throw leftOut(campaign, sayReason(invitation.reason))
  if (campaign.way === 'notice')
    throw new Refused(
      'not-planned',
      `${campaign.name} is a notice: who gets it is known when it has started. ` +
        `See its texts with: preview ${campaign.name} --language sv`,
    )
  const plan =
    campaign.cohortSize === null
      ? await transaction(pool, (tx) => planOf(tx, campaign, personId, today))
      : undefined
  if (!plan) throw leftOut(campaign, 'not in its cohort')
  if (plan.reason !== null || plan.route === null) throw leftOut(campaign, sayReason(plan.reason))
  return { route: plan.route, language: plan.language, invitation: undefined }
}

const leftOut = ({ name }: Campaign, why: string) =>
  new Refused(
    'left-out',
    `The person would get nothing from ${name}: ${why}. See its texts with: preview ${name} --language sv`,
  )
const sayReason = (reason: string | null) =>
  `${reason ?? 'left out'} (${reasons[reason as Reason] ?? ''})`

function printed(person: Recipient['person'], { spec }: Campaign): string[] {
  const { lines, findings } = addressLines(
    `${person.givenName} ${person.familyName}`,
    chooseAddress(
      { special: person.special, registered: person.registered, foreign: person.foreign },
      spec.abroad,
    ),
  )
  const error = findings.find((finding) => finding.severity === 'error')
  if (error) throw new Refused('bad-address', `${error.message} Correct it in the register.`)
  return lines
}
