import { DateTime } from 'luxon'
import type pg from 'pg'
import { makePlan, previewCampaign, type Preview } from '../campaigns/plan.ts'
import { queueBefore } from '../campaigns/queue.ts'
import { campaignNamed, lockCampaign, type Campaign } from '../campaigns/store.ts'
import { dosesLeft } from '../clinics/doses/store.ts'
import { zone, type Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { row, transaction } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import {
  inventedRecipient,
  sampleFacts,
  sampleMessage,
  stepsOf,
} from '../messages/sample-message.ts'
import { sheetOf } from '../messages/compose.ts'
import { channelStates, stopping } from '../messages/send-gate.ts'
import { noticeAudience } from '../notices/audience.ts'
import { clinicDays, likelyDoses } from '../release/line-store.ts'
import { firstTimes, printDayOf } from '../release/model/arrival.ts'
import { addWorkingDays, formatDay } from '../release/model/calendar.ts'
import { placesByArea } from '../release/model/doses.ts'
import { projectCampaign } from '../release/projection.ts'
import type { Projection } from '../release/model/whatif.ts'
import { saidFor, saidText, saidWords } from '../release/said.ts'
import { textGate } from '../texts/gate.ts'
import { textsOf } from '../texts/campaign-texts.ts'
import { readingOf } from '../texts/readability-of.ts'
import { loadTexts } from '../texts/texts.ts'
import { findings, type Places, type Said } from './preflight-words.ts'

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
  /** the same on the staff's page */
  swedish: string
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
  const found = parts.flatMap((part) => part.findings)
  return {
    campaign: name,
    state: campaign.state,
    ready: found.every(({ severity }) => severity !== 'stop'),
    findings: found,
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
  const found: Finding[] = []
  return {
    findings: found,
    figures,
    say: (severity: Finding['severity'], said: Said) => found.push({ severity, about, ...said }),
  }
}

/** Nothing of it matters any more. */
function ended({ state }: Campaign): Part {
  const { say, ...rest } = part('people')
  say('stop', findings.ended(state))
  return rest
}

/** Which running campaigns get the places first, and how many of theirs still wait. */
async function queueFindings({ pool }: Deps, { id }: Campaign): Promise<Part> {
  const before = await queueBefore(pool, id)
  const { say, ...rest } = part('capacity', { queueBefore: before })
  for (const { name, left } of before) say('fact', findings.queuedBehind(name, left))
  return rest
}

async function channelFindings({ config }: Deps, { spec }: Campaign): Promise<Part> {
  const states = await channelStates(config, spec)
  const { say, ...rest } = part('channels', { channels: states })
  const stops = new Set(stopping(states))
  for (const state of states)
    if (state.fault) say(stops.has(state) ? 'stop' : 'warning', findings.channelFault(state))
    else say('fact', findings.channelAnswers(state.channel))
  return rest
}

/** Errors and missing approvals stop; what is hard to read is for a person to judge. */
async function textFindings({ pool, config }: Deps, { spec }: Campaign): Promise<Part> {
  const { say, ...rest } = part('texts')
  try {
    await textGate(config)(pool, spec)
    say('fact', findings.textsReady())
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    for (const fault of faultsOf(error)) say('stop', fault)
  }
  for (const hard of await readingOf(textsOf(await loadTexts(), spec), config)) say('warning', hard)
  return rest
}

function faultsOf({ details, message, swedish }: Refused): Said[] {
  const { faults, faultsInSwedish } = details as { faults?: string[]; faultsInSwedish?: string[] }
  return (faults ?? [message]).map((text, i) => ({
    text,
    swedish: faultsInSwedish?.[i] ?? swedish,
  }))
}

async function noticeFindings(deps: Deps, { name, spec }: Campaign): Promise<Part> {
  const audience = await noticeAudience(
    { ...deps, phoneCapacity: deps.config.PHONE_CAPACITY },
    name,
  )
  const { say, ...rest } = part('people', { audience })
  if (spec.channels.length === 0) say('fact', findings.publicOnly())
  else
    say(
      audience.told === 0 ? 'warning' : 'fact',
      findings.noticeReaches(audience.told, audience.people),
    )
  return rest
}

async function peopleFindings(deps: Deps, campaign: Campaign): Promise<Part> {
  if (!['draft', 'approved'].includes(campaign.state)) {
    const { say, ...rest } = part('people')
    say('fact', findings.underWay(campaign.state))
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
    findings.invited(preview.invited, preview.cohort),
  )
  for (const [reason, n] of Object.entries(preview.suppressed))
    people.say('fact', findings.leftOut(n, reason))
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
  for (const area of byArea) {
    const enough = area.free - area.tooSoon >= area.invited
    places.say(enough ? 'fact' : 'warning', findings.places(area, firstDay, enough))
  }
  for (const clinic of said)
    places.say('fact', { text: saidText(clinic), swedish: saidWords(clinic) })
  const days = outlook
    ? outlookFindings(today, outlook)
    : await timedDays(deps, campaign, preview, byArea)
  return {
    findings: [...places.findings, ...days.findings],
    figures: { ...places.figures, ...days.figures },
  }
}

function outlookFindings(today: string, outlook: Projection): Part {
  const days = part('days', {
    firstSendDay: today,
    lastSendDay: outlook.lastWave,
    findNoTime: outlook.noTime,
  })
  days.say('fact', findings.sendDays(today, outlook.lastWave))
  const peak = Math.max(0, ...outlook.days.map((day) => day.calls.mid))
  days.say('fact', findings.worstCalls(peak))
  if (outlook.noTime.mid > 0) days.say('warning', findings.findNoTime(outlook.noTime.mid))
  return days
}

/**
 * Of fixed times: all for whom there is one are released on the first day, and the printer takes so many letters a
 * working day, those that wait already first.
 */
async function timedDays(
  { pool, clock, config }: Deps,
  { way, spec }: Campaign,
  { invited, routes }: Preview,
  byArea: readonly Places[],
): Promise<Part> {
  const days = part('days')
  const told = byArea.reduce((sum, a) => sum + Math.min(a.invited, a.free - a.tooSoon), 0)
  if (way !== 'timed' || told === 0) return days
  const now = clock.now()
  const byLetter = routes
    .filter(({ route }) => stepsOf(spec, route).some(({ channel }) => channel === 'letter'))
    .reduce((sum, { number }) => sum + number, 0)
  const letters = Math.round((told * byLetter) / invited)
  const { waiting } = (await row<{ waiting: number }>(
    pool,
    `select count(*)::int as waiting
       from outgoing
      where channel = 'letter'
        and state = 'queued'`,
  ))!
  const printDays = Math.ceil((letters + waiting) / (config.PRINT_CAPACITY ?? Infinity))
  const today = DateTime.fromJSDate(now, { zone }).toISODate()!
  const last =
    letters === 0
      ? today
      : formatDay(addWorkingDays(printDayOf(now, config.PRINT_CUT_OFF), Math.max(0, printDays - 1)))
  days.say('fact', findings.timedSendDays(today, last, invited - told))
  Object.assign(days.figures, {
    firstSendDay: today,
    lastSendDay: last,
    waitForTimes: invited - told,
  })
  return days
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
  say('fact', findings.cost(letters, smsParts, kronor))
  return rest
}

const inventedPhone = '+46846500400'

function phoneFindings({ PHONE_CAPACITY, REGION_PHONE }: Config): Part {
  const { say, ...rest } = part('phones', { phoneCapacity: PHONE_CAPACITY ?? null })
  if (REGION_PHONE === inventedPhone) say('warning', findings.inventedPhone())
  if (PHONE_CAPACITY === undefined) say('warning', findings.phonesUnknown())
  else say('fact', findings.phonesTake(PHONE_CAPACITY))
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
