import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { zone } from '../clock.ts'

// Arabic months and weekdays, but the digits that are on the clinic's door and on the clock.
// Names that the language data has under another tag; for a language it doesn't know at all (Romani) dates are
// written in digits.
const known: Record<string, string> = {
  'sv-simple': 'sv',
  en: 'en-GB',
  prs: 'fa-AF',
  kmr: 'ku',
  bs: 'bs-Latn',
}
const localeOf = (language: string) =>
  language === 'sv-simple' ? 'sv' : `${known[language] ?? language}-u-ca-gregory-nu-latn`
const hasMonths = (language: string) =>
  Intl.DateTimeFormat.supportedLocalesOf(localeOf(language)).length > 0
const formats = new Map<string, Intl.DateTimeFormat>()

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`
  const there = formats.get(key)
  if (there) return there
  const made = hasMonths(language)
    ? new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, ...options })
    : new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' })
  formats.set(key, made)
  return made
}

// ICU puts direction marks into Arabic dates; where they are needed our own are put in.
// A campaign's dates and phones are the same in all its messages.
const remembered = new Map<string, string>()
function remember(key: string, make: () => string): string {
  const known = remembered.get(key)
  if (known !== undefined) return known
  if (remembered.size >= 2000) remembered.clear()
  const made = make()
  remembered.set(key, made)
  return made
}

const plain = (text: string) => text.replace(/[\u200e\u200f]/g, '').replace(/[\u00a0\u202f]/g, ' ')

/** `15 mars 2021` */
export const longDate = (date: Date, language: string) =>
  remember(`${language} long ${date.getTime()}`, () =>
    plain(format(language, { day: 'numeric', month: 'long', year: 'numeric' }).format(date)),
  )

/** `måndag 15 mars 2021` */
export const weekdayDate = (date: Date, language: string) =>
  remember(`${language} weekday ${date.getTime()}`, () =>
    plain(
      format(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(
        date,
      ),
    ).replace(/[,،]/g, ''),
  )

/** `mån 15 mars 2021`, for SMS */
export const shortDate = (date: Date, language: string) =>
  remember(`${language} short ${date.getTime()}`, () =>
    plain(
      format(language, {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        year: 'numeric',
      }).format(date),
    ).replace(/[,،]/g, ''),
  )

/** `9.30` in Swedish and Finnish, `9:30` elsewhere; 24 hours everywhere, as on Swedish appointment cards */
export const clockTime = (date: Date, language: string): string =>
  remember(`${language} clock ${date.getTime()}`, () => {
    const [hour, minute] = format('en', { hour: '2-digit', minute: '2-digit' })
      .format(date)
      .split(':')
    return `${Number(hour)}${/^(sv|fi)/.test(language) ? '.' : ':'}${minute}`
  })

/**
 * Swedish numbers as Swedes write them (`023-12 34 56`), others with their country code; what is no number
 * stays as it is.
 */
export function shownPhone(phone: string): string {
  if (!phone.startsWith('+')) return phone
  return remember(phone, () => {
    const number = parsePhoneNumberFromString(phone)
    if (!number) return phone
    return number.countryCallingCode === '46'
      ? number.formatNational()
      : number.formatInternational()
  })
}

/** Codes in groups of four, as people read them aloud: `ABCD-EFGH`. */
export const shownCode = (code: string) =>
  (
    code
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .match(/.{1,4}/g) ?? [code]
  ).join('-')

export const shownPostcode = (postcode: string) => postcode.replace(/^(\d{3}) ?(\d{2})$/, '$1 $2')

/** An address as people type it: without scheme, query or final slash. */
export const shownUrl = (url: string) =>
  url
    .replace(/^https?:\/\//, '')
    .replace(/[?#].*$/, '')
    .replace(/\/$/, '')
