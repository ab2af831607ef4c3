import { domainToASCII } from 'node:url'
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

const swedishMobile = /^\+467[02369][0-9]{7}$/

/** Whether a number in E.164 can get an SMS in Sweden (PTS number plan: 070, 072, 073, 076, 079). */
export const isSwedishMobile = (e164: string): boolean => swedishMobile.test(e164)

/** SQL, true or false: whether the person `p` can get an SMS, and their phone has not answered STOPP. */
export const hasMobile = `coalesce(
  p.phone ~ '${swedishMobile.source}' and p.phone not in (select phone from sms_stop), false)`

/** SQL, true or false: whether the person `p` can get an e-mail, and none to that address has come back for good. */
export const hasEmail = '(p.email is not null and p.email_bounced_on is null)'

/**
 * A phone number in E.164 from what people write (Swedish when there is no country code), or null when it is not one.
 */
export function readPhone(input: string): string | null {
  // Every dash that a program makes of one, blanks, and a spreadsheet's mark for text (') or its loose end (;).
  const digits = input.replace(/^['’=]|[\s\-‐‑‒–—−().\u00a0/]|[;,]$/g, '')
  // Nearly all numbers are mobiles written plainly: the library takes 11 µs a number, this 0.3. A spreadsheet takes the
  // zero or the plus from one that it believes to be a sum.
  const mobile = /^(?:\+?46|0046|\+460|0)?(7[02369]\d{7})$/.exec(digits)
  if (mobile) return `+46${mobile[1]}`
  if (!/^[+0]\d{6,16}$/.test(digits.replace('(0)', ''))) return null
  const number = parsePhoneNumberFromString(input.replace(/^\s*00/, '+'), 'SE')
  return number?.isValid() ? number.number : null
}

/** Signs that relays without SMTPUTF8 take in the local part; the domain may be written in punycode instead. */
const plainLocal = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$/i

// The parts RFC 5321 allows, without quoted local parts and address literals, which no person has; the domain
// has a dot.
const email =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~\u0080-\uffff-]{1,64}@(?:[a-z0-9\u0080-\uffff](?:[a-z0-9\u0080-\uffff-]{0,61}[a-z0-9\u0080-\uffff])?\.)+[a-z\u0080-\uffff][a-z0-9\u0080-\uffff-]{0,61}[a-z0-9\u0080-\uffff]$/i

/**
 * The e-mail address trimmed and with the domain in lower case and punycode, or null when nothing can be sent to it: a
 * relay without SMTPUTF8 takes no other signs than these.
 */
export function readEmail(input: string): string | null {
  const text = input.trim().normalize('NFC')
  const local = text.slice(0, text.lastIndexOf('@'))
  if (
    text.length > 254 ||
    !email.test(text) ||
    local.startsWith('.') ||
    local.endsWith('.') ||
    local.includes('..')
  )
    return null
  if (!plainLocal.test(local)) return null
  const domain = domainToASCII(text.slice(local.length + 1).toLowerCase())
  return domain === '' ? null : `${local}@${domain}`
}

/** Control characters and line separators: a name or address has none. */
const breaks = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
/** What only steers the direction of text or takes no room. Inside a word it parts nothing: it goes without a blank. */
const invisible = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g

/**
 * Text on one line: composed (NFC), trimmed, one blank between words, nothing invisible. Names and addresses
 * are stored so.
 */
export function readLine(input: string): string {
  if (plain.test(input)) return input
  return input
    .replace(invisible, '')
    .normalize('NFC')
    .replace(breaks, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
const plain = /^(?:[!-~åäöÅÄÖéÉüÜ]+(?: [!-~åäöÅÄÖéÉüÜ]+)*)?$/ // nothing to do: most values
