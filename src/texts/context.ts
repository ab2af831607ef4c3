import type { SharedFacts } from './facts.ts'
import {
  clockTime,
  longDate,
  shortDate,
  shownCode,
  shownPhone,
  shownPostcode,
  shownUrl,
  weekdayDate,
} from './format.ts'
import { directionOf } from './languages.ts'

/** What a person is sent on. */
export type Channel = 'letter' | 'sms' | 'email'
/**
 * Everything there are texts for: also what staff read aloud, what stands on the contact card, the other
 * language on a letter's back, a notice on the region's pages, and the warning that goes with every message in
 * times of heightened fraud.
 */
export type Form = Channel | 'phone-script' | 'contact-card' | 'back' | 'page' | 'warning'

type Localised = string | Record<string, string> | undefined
const inLanguage = (text: Localised, language: string) =>
  typeof text === 'object' ? (text[language] ?? text[language.split('-')[0] ?? '']) : text

const siteOf = (url: string, code: string) => {
  const shown = shownUrl(url)
  return shown.replace(/\W/g, '').toUpperCase().endsWith(code.replace(/\W/g, '').toUpperCase())
    ? shown.replace(/\/[^/]*$/, '')
    : shown
}

/** Everything a template can name, and how it looks. An absent value is undefined and has no placeholder that works. */
const placeholders: Record<string, (facts: SharedFacts, language: string) => string | undefined> = {
  'region.name': (f) => f.region.name,
  'region.phone': (f) => shownPhone(f.region.phone),
  'region.phoneHours': (f, l) => inLanguage(f.region.phoneHours, l),
  'region.website': (f) => shownUrl(f.region.website),
  'region.signer.name': (f) => f.region.signer.name,
  'region.signer.role': (f, l) => inLanguage(f.region.signer.role, l),
  'person.name': (f) => f.person?.name,
  what: (f, l) => inLanguage(f.what, l),
  who: (f, l) => inLanguage(f.who, l),
  'clinic.name': (f) => f.clinic?.name,
  'clinic.address': (f) =>
    f.clinic && `${f.clinic.street}, ${shownPostcode(f.clinic.postcode)} ${f.clinic.town}`,
  'clinic.phone': (f) => f.clinic && shownPhone(f.clinic.phone),
  'clinic.phoneHours': (f, l) => inLanguage(f.clinic?.phoneHours, l),
  'appointment.date': (f, l) => f.appointment && weekdayDate(f.appointment.startsAt, l),
  'appointment.shortDate': (f, l) => f.appointment && shortDate(f.appointment.startsAt, l),
  'appointment.time': (f, l) => f.appointment && clockTime(f.appointment.startsAt, l),
  'booking.code': (f) => f.booking?.code && shownCode(f.booking.code),
  'booking.url': (f) => f.booking && shownUrl(f.booking.url),
  'booking.phone': (f) => f.booking && shownPhone(f.booking.phone),
  'booking.phoneHours': (f, l) => inLanguage(f.booking?.phoneHours, l),
  'visit.price': (f, l) => inLanguage(f.visit?.price, l),
  'visit.bring': (f, l) => inLanguage(f.visit?.bring, l),
  'visit.interpreter': (f, l) => inLanguage(f.visit?.interpreter, l),
  'visit.travel': (f, l) => inLanguage(f.visit?.travel, l),
  'answer.sms': (f) => (f.answer?.sms ? 'SMS' : undefined),
  'answer.code': (f) => f.answer?.code,
  'answer.by': (f, l) => f.answer?.by && clockTime(f.answer.by, l),
  'check.code': (f) => f.check && shownCode(f.check.code),
  'check.site': (f) => f.check && siteOf(f.check.url, f.check.code),
  'correction.wrong': (f, l) => inLanguage(f.correction?.wrong, l),
  'correction.right': (f, l) => inLanguage(f.correction?.right, l),
  'correction.todo': (f, l) => inLanguage(f.correction?.todo, l),
  'correction.times': (f, l) => inLanguage(f.correction?.times, l),
  'correction.gaveTimes': (f) => (f.correction?.gaveTimes ? 'yes' : undefined),
  'correction.number': (f, l) =>
    f.correction?.number?.toLocaleString(l === 'en' ? 'en-GB' : 'sv-SE').replace(/\u00a0/g, ' '),
  'information.news': (f, l) => inLanguage(f.information?.news, l),
  'information.others': (f, l) => inLanguage(f.information?.others, l),
  'information.todo': (f, l) => inLanguage(f.information?.todo, l),
  'notice.pages': (f) => f.pages && shownUrl(f.pages),
  'reissue.noTimes': (f) => (f.noTimes ? 'yes' : undefined),
  'replaces.day': (f, l) => f.replaces?.startsAt && shortDate(f.replaces.startsAt, l),
  'replaces.time': (f, l) => f.replaces?.startsAt && clockTime(f.replaces.startsAt, l),
  'replaces.clinic': (f) => f.replaces?.clinic,
  'replaces.date': (f, l) => f.replaces && longDate(f.replaces.date, l),
  date: (f, l) => longDate(f.campaignDate, l),
}

const readers = Object.entries(placeholders)

export const knownPlaceholders: ReadonlySet<string> = new Set(Object.keys(placeholders))

/** What SMS and e-mail may not say without a documented risk analysis: the purpose, and the way to a log-in. */
export const lettersOnly: ReadonlySet<string> = new Set([
  'what',
  'who',
  'booking.url',
  'correction.wrong',
  'correction.right',
  'correction.todo',
  'correction.times',
  'information.news',
  'information.others',
  'information.todo',
])

const hasRightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

// In right-to-left text a phone number or code would be turned round at its hyphens and spaces. Isolates keep
// each value whole; in SMS, where each sign costs and old phones show isolates as boxes, one left-to-right mark
// does for a value that begins with a digit.
function keptWhole(value: string, channel: Form): string {
  if (channel !== 'sms') return `\u2068${value}\u2069`
  if (hasRightToLeft.test(value) || /^\p{L}/u.test(value)) return value
  return `\u200e${/^[\d -]+$/.test(value) ? value.replace(/[ -]/g, '') : value}`
}

/** The text of every placeholder that the facts can fill. */
export function valuesOf(facts: SharedFacts, language: string, channel: Form): Map<string, string> {
  const values = new Map<string, string>()
  const keep = directionOf(language) === 'rtl' ? keptWhole : (value: string) => value
  for (const [placeholder, read] of readers) {
    const value = read(facts, language)
    if (value !== undefined) values.set(placeholder, keep(value, channel))
  }
  return values
}
