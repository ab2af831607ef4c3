import { DateTime } from 'luxon'
import type pg from 'pg'
import { makePlan, previewCampaign, type Preview } from '../campaigns/plan.ts'
import { queueBefore } from '../campaigns/queue.ts'
import { campaignNamed, lockCampaign, type Campaign } from '../campaigns/store.ts'
import { dosesLeft } from '../clinics/doses/store.ts'
import { zone, type Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { transaction } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import {
  inventedRecipient,
  sampleFacts,
  sampleMessage,
  stepsOf,
} from '../messages/sample-message.ts'
import { sheetOf } from '../messages/compose.ts'
import { channelFault, channelStates, stopping } from '../messages/send-gate.ts'
import { noticeAudience } from '../notices/audience.ts'
import { clinicDays, likelyDoses } from '../release/line-store.ts'
import { firstTimes } from '../release/model/arrival.ts'
import { placesByArea } from '../release/model/doses.ts'
import { projectCampaign } from '../release/projection.ts'
import { saidFor, saidText } from '../release/said.ts'
import { textGate } from '../texts/gate.ts'
import { textsOf } from '../texts/campaign-texts.ts'
import { readingOf } from '../texts/readability-of.ts'
import { loadTexts } from '../texts/texts.ts'

interface Deps {
  pool: pg.Pool
  clock: Clock
  config: Config
}

export interface Finding {
  /** stop: approval and start are refused */
  severity: 'stop' | 'warning' | 'fact'
  about: 'channels' | 'texts' | 'people' | 'capacity' | 'days' | 'cost' | 'phones'
  text: string
}

export interface Preflight {
  campaign: string
  state: string
  ready: boolean
  findings: Finding[]
  /** the numbers behind the words */
  figures: Record<string, unknown>
}

/**
 * What is known of a campaign or notice before anything leaves. Nothing is written or sent.
 * @throws Refused `unknown-campaign`
 */
export async function preflightOf(deps: Deps, name: string): Promise<Preflight> {
  const campaign = await campaignNamed(deps.pool, name)
  const parts = ['finished', 'cancelled'].includes(campaign.state)
    ? [ended(campaign)]
    : await allFindings(deps, campaign)
  const findings = parts.flatMap((part) => part.findings)
  return {
    campaign: name,
    state: campaign.state,
    ready: findings.every(({ severity }) => severity !== 'stop'),
    findings,
    figures: Object.assign({}, ...parts.map((part) => part.figures)) as Record<string, unknown>,
  }
}

async function allFindings(deps: Deps, campaign: Campaign): Promise<Part[]> {
  return [
    await channelFindings(deps, campaign),
    await textFindings(deps, campaign),
    campaign.way === 'notice'
      ? await noticeFindings(deps, campaign)
      : await peopleFindings(deps, campaign),
    await queueFindings(deps, campaign),
    phoneFindings(deps.config),
  ]
}

type Part = Pick<Preflight, 'findings' | 'figures'>
const part = (about: Finding['about'], figures: Part['figures'] = {}) => {
  const findings: Finding[] = []
  return {
    findings,
    figures,
    say: (severity: Finding['severity'], text: string) => findings.push({ severity, about, text }),
  }
}

/** Nothing of it matters any more. */
function ended({ state }: Campaign): Part {
  const { say, ...rest } = part('people')
  say(
    'stop',
    `It is ${state}: nothing more leaves. Correct or reissue it, or make another campaign.`,
  )
  return rest
}

/** Which running campaigns get the places first, and how many of theirs still wait. */
async function queueFindings({ pool }: Deps, { id }: Campaign): Promise<Part> {
  const before = await queueBefore(pool, id)
  const { say, ...rest } = part('capacity', { queueBefore: before })
  for (const { name, left } of before)
    say(
      'fact',
      `${name} comes before it for the same times, with ${left} people left. Give the campaign a lower priority ` +
        'number if that is wrong.',
    )
  return rest
}

async function channelFindings({ config }: Deps, { spec }: Campaign): Promise<Part> {
  const states = await channelStates(config, spec)
  const { say, ...rest } = part('channels', { channels: states })
  const stops = new Set(stopping(states))
  for (const state of states)
    if (state.fault) say(stops.has(state) ? 'stop' : 'warning', channelFault(state))
    else say('fact', `${state.channel}: configured, and answers.`)
  return rest
}

/** Errors and missing approvals stop; what is hard to read is for a person to judge. */
async function textFindings({ pool, config }: Deps, { spec }: Campaign): Promise<Part> {
  const { say, ...rest } = part('texts')
  try {
    await textGate(config)(pool, spec)
    say('fact', 'The texts are there, without errors, and may be sent in each language.')
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    for (const fault of (error.details['faults'] as string[] | undefined) ?? [error.message])
      say('stop', fault)
  }
  for (const hard of await readingOf(textsOf(await loadTexts(), spec), config)) say('warning', hard)
  return rest
}

async function noticeFindings(deps: Deps, { name, spec }: Campaign): Promise<Part> {
  const audience = await noticeAudience(
    { ...deps, phoneCapacity: deps.config.PHONE_CAPACITY },
    name,
  )
  const { say, ...rest } = part('people', { audience })
  if (spec.channels.length === 0)
    say('fact', "It is for the region's pages and feeds only: nobody is sent anything.")
  else
    say(audience.told === 0 ? 'warning' : 'fact', `${audience.told} of ${audience.people} get it.`)
  return rest
}

async function peopleFindings(deps: Deps, campaign: Campaign): Promise<Part> {
  if (!['draft', 'approved'].includes(campaign.state)) {
    const { say, ...rest } = part('people')
    say('fact', `It is ${campaign.state}: see campaign status and release outlook for its people.`)
    return rest
  }
  const preview = await previewCampaign(deps, campaign.name)
  const people = part('people', {
    cohort: preview.cohort,
    invited: preview.invited,
    leftOut: preview.suppressed,
  })
  people.say(
    preview.invited === 0 ? 'stop' : 'fact',
    `${preview.invited} of ${preview.cohort} would be invited.`,
  )
  for (const [reason, n] of Object.entries(preview.suppressed))
    people.say('fact', `${n} left out: ${reason}`)
  const others = [
    await placeFindings(deps, campaign, preview),
    await costFindings(deps, campaign, preview),
  ]
  return {
    findings: [people, ...others].flatMap(({ findings }) => findings),
    figures: Object.assign(
      people.figures,
      ...others.map(({ figures }) => figures),
    ) as Part['figures'],
  }
}

/** Places against invitations, and the likely days: the plan is made, looked at, and undone. */
async function placeFindings(deps: Deps, campaign: Campaign, preview: Preview): Promise<Part> {
  const now = deps.clock.now()
  const today = DateTime.fromJSDate(now, { zone }).toISODate()!
  const sooner = firstTimes(campaign.spec, now, deps.config.PRINT_CUT_OFF)
  const arrival = new Date(Math.min(...sooner.map(({ earliest }) => earliest.getTime())))
  const firstDay = DateTime.fromJSDate(arrival, { zone }).toISODate()!
  const { areas, said, outlook } = await undone(deps.pool, async (tx) => {
    const locked = await lockCampaign(tx, campaign.id)
    const days = await clinicDays(tx, locked, now)
    const places = placesByArea(days, await dosesLeft(tx), await likelyDoses(tx, today))
    if (campaign.way !== 'open' || preview.invited === 0)
      return { areas: places, said: [], outlook: null }
    const said = await saidFor(tx, locked, today)
    await makePlan(tx, locked, now)
    const { PHONE_CAPACITY: phones } = deps.config
    const outlook = await projectCampaign(tx, deps.clock, locked, phones, null)
    return { areas: places, said, outlook }
  })
  const byArea = Object.entries(preview.byArea).map(([area, invited]) => {
    const { free = {}, planned = {} } = areas.get(area) ?? {}
    const sum = (of: [string, number][]) => of.reduce((total, [, n]) => total + n, 0)
    return {
      area,
      invited,
      free: sum(Object.entries(free)),
      planned: sum(Object.entries(planned).map(([day, { expected }]) => [day, expected])),
      tooSoon: sum(Object.entries(free).filter(([day]) => day < firstDay)),
    }
  })
  const places = part('capacity', { byArea, said, firstTime: firstDay })
  for (const { area, invited, free, planned, tooSoon } of byArea) {
    places.say(
      free - tooSoon < invited ? 'warning' : 'fact',
      `${area}: ${invited} to invite, ${free} free times` +
        (planned ? `, ${planned} more if planned deliveries are confirmed` : '') +
        (tooSoon
          ? `; ${tooSoon} of them before ${firstDay}, when a message is there in time`
          : '') +
        (free - tooSoon < invited ? '. The rest wait for more times.' : '.'),
    )
  }
  for (const clinic of said) places.say('fact', saidText(clinic))
  if (!outlook) return places
  const days = part('days', {
    firstSendDay: today,
    lastSendDay: outlook.lastWave,
    findNoTime: outlook.noTime,
  })
  const { low, mid, high } = outlook.lastWave
  days.say('fact', `First invitations: ${today}. Last likely: ${mid} (${low} to ${high}).`)
  const peak = Math.max(0, ...outlook.days.map((day) => day.calls.mid))
  days.say('fact', `About ${peak} calls on the worst day.`)
  if (outlook.noTime.mid > 0)
    days.say('warning', `About ${outlook.noTime.mid} would find no free time as supply is now.`)
  return {
    findings: [...places.findings, ...days.findings],
    figures: { ...places.figures, ...days.figures },
  }
}

/** If everybody gets every step: who books before a reminder costs less. */
async function costFindings({ config, clock }: Deps, campaign: Campaign, preview: Preview) {
  const texts = await loadTexts()
  const now = clock.now()
  const recipient = inventedRecipient(now)
  const to = {
    addressLines: [],
    returnAddress: config.RETURN_ADDRESS,
    largePrint: false,
    ...sheetOf(config),
  }
  let letters = 0
  let smsParts = 0
  for (const { route, language, number } of preview.routes)
    for (const step of stepsOf(campaign.spec, route)) {
      if (step.channel === 'letter') letters += number
      if (step.channel !== 'sms') continue
      const facts = sampleFacts(campaign, step, language, recipient, texts, now, config)
      const { rendered } = sampleMessage(texts, step, language, facts, to, false)
      if (rendered.kind === 'sms') smsParts += number * rendered.segments
    }
  const letterPrice =
    campaign.spec.postage === 'economy' ? config.PRICE_LETTER_ECONOMY : config.PRICE_LETTER
  const unpriced =
    (letters > 0 && letterPrice === undefined) ||
    (smsParts > 0 && config.PRICE_SMS_PART === undefined)
  const kronor = unpriced
    ? null
    : Math.round(letters * (letterPrice ?? 0) + smsParts * (config.PRICE_SMS_PART ?? 0))
  const { say, ...rest } = part('cost', { letters, smsParts, kronor })
  say(
    'fact',
    `At most ${letters} letters and ${smsParts} parts of SMS` +
      (kronor === null
        ? '. Set PRICE_LETTER, PRICE_LETTER_ECONOMY and PRICE_SMS_PART to see what they cost.'
        : `: ${kronor} kronor.`),
  )
  return rest
}

const inventedPhone = '+46846500400'

function phoneFindings({ PHONE_CAPACITY, REGION_PHONE }: Config): Part {
  const { say, ...rest } = part('phones', { phoneCapacity: PHONE_CAPACITY ?? null })
  if (REGION_PHONE === inventedPhone)
    say('warning', 'REGION_PHONE is the number that belongs to nobody: nobody can call. Set it.')
  if (PHONE_CAPACITY === undefined)
    say(
      'warning',
      'How many calls the phones take is not said, so they do not hold the numbers back. Set PHONE_CAPACITY.',
    )
  else say('fact', `The phones take ${PHONE_CAPACITY} calls a working day.`)
  return rest
}

/** Does it, and leaves nothing of it. */
async function undone<T>(pool: pg.Pool, look: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const undo = new Error('undone')
  let seen: { value: T } | undefined
  await transaction(pool, async (tx) => {
    seen = { value: await look(tx) }
    throw undo
  }).catch((error: unknown) => {
    if (error !== undo) throw error
  })
  return seen!.value
}
