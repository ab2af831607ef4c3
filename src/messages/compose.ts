import { isDeepStrictEqual } from 'node:util'
import type { Channels } from '../channels/open.ts'
import { windowOf, type Config } from '../config.ts'
import { Refused } from '../errors.ts'
import { calendarOf } from '../bookings/ics.ts'
import { addressLines, chooseAddress } from '../people/address.ts'
import { dayOf } from '../people/dates.ts'
import { campaignFacts } from '../texts/campaign-facts.ts'
import { noticeFacts, type Facts } from '../texts/facts.ts'
import type { Texts } from '../texts/texts.ts'
import type { Letter } from '../letters/letter.ts'
import { standardSheet, type Sheet } from '../letters/paper.ts'
import { signedCheckUrl } from '../letters/signed-code.ts'
import { signingKey } from '../letters/signing-key.ts'
import type { Due } from './claim.ts'
import { kindOf } from './message-kind.ts'

export interface Composed {
  content: Buffer
  version: string
  /** null for letters: the address is in the letter */
  recipient: string | null
}

/** @throws Refused when a fact is missing or the address can't be printed: the message is left out with that code */
export type Composer = (due: Due) => Promise<Composed>

/** Makes messages from one set of facts: letter, SMS and e-mail can't disagree. */
export function composer(texts: Texts, channels: Channels, config: Config): Composer {
  const key = signingKey(config)
  const sheet = sheetOf(config)
  return async (due) => {
    const facts = factsOf(due, config)
    const rendered = texts.render({
      template: due.template,
      channel: due.channel,
      language: due.language,
      facts,
      warning: due.heightened,
    })
    if (rendered.kind === 'letter') {
      const letter: Letter = {
        id: due.id,
        addressLines: printable(due),
        returnAddress: config.RETURN_ADDRESS,
        rendered,
        checkUrl: signedCheckUrl(
          facts.check.url,
          { kind: kindOf(due), date: dayOf(due.dueAt), code: due.checkCode },
          key,
        ),
        largePrint: due.person.largePrint,
        ...sheet,
      }
      return {
        content: Buffer.from(JSON.stringify(letter)),
        version: rendered.version,
        recipient: null,
      }
    }
    const recipient = due.channel === 'sms' ? due.person.phone! : due.person.email!
    const content = await channels[rendered.kind].compose({
      reference: due.id,
      recipient,
      date: due.dueAt,
      rendered,
      question: due.answer !== null,
      ...(confirms(due) ? { calendar: calendarFor(due, config) } : {}),
    })
    return { content, version: rendered.version, recipient }
  }
}

/** The facts of one message. Dates are those of the plan, not of the try: a retry says the same. */
export function factsOf(due: Due, config: Config): Facts {
  const booking = {
    phone: config.REGION_PHONE,
    phoneHours: due.spec.phoneHours ?? config.REGION_PHONE_HOURS,
  }
  return {
    ...campaignFacts(due.spec, config),
    person: { name: `${due.person.givenName} ${due.person.familyName}`.trim() },
    ...(due.clinic ? { clinic: due.clinic } : {}),
    ...(due.startsAt ? { appointment: { startsAt: due.startsAt } } : {}),
    ...(due.answer ? { answer: answerOf(due.answer, config) } : {}),
    ...(due.spec.way === 'open' || confirms(due)
      ? { booking: { code: due.bookingCode, url: `${originOf(config)}/boka`, ...booking } }
      : {}),
    check: { code: due.checkCode, url: `${originOf(config)}/akta/${due.checkCode}` },
    ...((due.replacesReleasedAt ?? due.supersededAt)
      ? {
          replaces: {
            date: (due.replacesReleasedAt ?? due.supersededAt)!,
            ...(due.wasAt ? { startsAt: due.wasAt, clinic: due.wasWhere! } : {}),
          },
        }
      : {}),
    ...(due.spec.notice ? noticeFacts(due.spec.notice, due.cohortSize, originOf(config)) : {}),
    ...(due.searchedInVain ? { noTimes: true } : {}),
    campaignDate: due.dueAt,
  }
}

/**
 * What is kept with each letter, so that it is drawn for the same envelope years later; nothing for the standard one.
 */
export function sheetOf(config: Config): { sheet?: Sheet } {
  const sheet = { window: windowOf(config.LETTER_WINDOW), margin: config.LETTER_MARGIN }
  return isDeepStrictEqual(sheet, standardSheet) ? {} : { sheet }
}

const origins = new WeakMap<Config, string>() // reading an address takes longer than all else that is said of it
function originOf(config: Config): string {
  const origin = origins.get(config) ?? new URL(config.PUBLIC_URL).origin
  origins.set(config, origin)
  return origin
}

const calendarFor = (due: Due, config: Config) => ({
  fileName: 'tid.ics',
  content: calendarOf(
    {
      appointmentId: due.appointmentId!,
      startsAt: due.startsAt!,
      minutes: due.minutes!,
      clinic: due.clinic!,
    },
    {
      region: config.REGION_NAME,
      site: config.PUBLIC_URL,
      language: due.language,
      made: due.dueAt,
    },
  ),
})

/** Nobody can answer an alphanumeric sender: without a number to answer to, the person calls and says the code. */
const answerOf = (
  { code, clinicCode, by }: NonNullable<Due['answer']>,
  config: Config,
): NonNullable<Facts['answer']> => ({
  ...(config.SMS_REPLY_NUMBER ? { sms: true, ...(code ? { code } : {}) } : { code: clinicCode }),
  ...(by ? { by: new Date(by) } : {}),
})

function printable({ person, spec }: Due): string[] {
  const address = chooseAddress(
    { special: person.special, registered: person.registered, foreign: person.foreign },
    spec.abroad,
  )
  const { lines, findings } = addressLines(`${person.givenName} ${person.familyName}`, address)
  const error = findings.find((finding) => finding.severity === 'error')
  if (error) throw new Refused('bad-address', error.message)
  return lines
}

/** It tells of a time that the person has: their own booking, or the one of two that stays. */
const confirms = ({ step }: Due): boolean => step.split(':')[0] === 'confirmation'
