import { identityFaults, type IdentityKind, type Reading } from './identity-reading.ts'
import { isDate } from '../dates.ts'
import { readReserveNumber } from './reserve-number.ts'
import { luhn } from './luhn.ts'

// Own code, although the library personnummer is well kept: it takes the century and the "+" from the machine's clock,
// not from a date we hand in; it demands a real date of a samordningsnummer; and it knows no reserve numbers. The tests
// compare with it where it is right.

export interface IdentityNumber {
  input: string
  /** what the number looks like, also when it is not valid; null when it looks like nothing we know */
  kind: IdentityKind | null
  valid: boolean
  /** 12 characters without a sign, as it is stored; null when not valid */
  normalized: string | null
  /** YYYY-MM-DD; null when the number doesn't tell, or is not valid */
  birthDate: string | null
  /** valid, but the number doesn't tell when the person was born: somebody has to look */
  ageUnknown: boolean
  /** "code: what is wrong"; null when valid */
  error: string | null
}

/**
 * Reads an identity number as people write it: 10 or 12 digits, with or without hyphen or plus, with spaces.
 * @param today YYYY-MM-DD; decides the century of 10 digits, and what is in the future
 */
export function parseIdentityNumber(input: string, today: string): IdentityNumber {
  const read = readIdentityNumber(input, today)
  if ('fault' in read) {
    return {
      input,
      kind: read.kind,
      valid: false,
      normalized: null,
      birthDate: null,
      ageUnknown: false,
      error: `${read.fault}: ${identityFaults[read.fault]}`,
    }
  }
  return {
    input,
    kind: read.kind,
    valid: true,
    normalized: read.normalized,
    birthDate: read.birthDate,
    ageUnknown: read.birthDate === null,
    error: null,
  }
}

const plain = /^(?:18|19|20)\d{10}$/ // as registers write it: nothing to tidy or to find out
const spaces = /[\s\u200b\ufeff]+/g
const dashes = /[‐‑‒–—−]/g // what word processors make of a hyphen

/** The same, with the fault as a code. */
export function readIdentityNumber(input: string, today: string): Reading {
  if (plain.test(input)) return readDated(input, today)
  const text = input.replace(spaces, '').replace(dashes, '-').toUpperCase()
  if (text === '') return { kind: null, fault: 'empty' }
  const compact = text.replace(/^(\d{8})[-+]?([0-9A-Z]{4})$/, '$1$2')
  if (/^99\d{10}$/.test(compact) || /^\d{8}[A-Z][0-9A-Z]{2}\d$/.test(compact))
    return readReserveNumber(compact, today)
  if (/^\d{12}$/.test(compact)) return readDated(compact, today)
  const short = /^(\d{6})([-+]?)(\d{4})$/.exec(text)
  if (!short) return { kind: null, fault: 'unknown-form' }
  const [, date = '', sign, last = ''] = short
  return readDated(
    yearOf(Number(date.slice(0, 2)), sign === '+', Number(today.slice(0, 4))) +
      date.slice(2) +
      last,
    today,
  )
}

/**
 * The latest year with these two digits in which the person is under 100 this calendar year, or 100 and more
 * with a plus.
 */
function yearOf(twoDigits: number, plus: boolean, thisYear: number): string {
  const latest = thisYear - (plus ? 100 : 0)
  return String(latest - ((((latest - twoDigits) % 100) + 100) % 100))
}

function readDated(number: string, today: string): Reading {
  const year = number.slice(0, 4)
  const month = number.slice(4, 6)
  const day = Number(number.slice(6, 8))
  // Skatteverket adds 60 to the day; with an unknown date the month is 00 or the day 60, and a date that
  // doesn't exist is possible too, so no date is demanded of a samordningsnummer.
  const kind = day >= 60 ? 'samordningsnummer' : 'personnummer'
  const date = `${year}-${month}-${String(day % 60).padStart(2, '0')}`
  const birthDate = isDate(date) ? date : null
  if (!/^(18|19|20)/.test(year)) return { kind, fault: 'bad-century' }
  if (kind === 'personnummer' ? !birthDate : Number(month) > 12 || day > 91)
    return { kind, fault: 'bad-date' }
  if ((birthDate ?? year) > today) return { kind, fault: 'future-date' }
  if (number.slice(8, 11) === '000') return { kind, fault: 'bad-serial' }
  if (luhn(number.slice(2)) !== 0) return { kind, fault: 'bad-check-digit' }
  return { kind, normalized: number, birthDate }
}

/**
 * As it is printed: YYMMDD-NNNC, with "+" from the calendar year in which the person turns 100 (Skatteverket);
 * a reserve number is printed as it is stored.
 * @param normalized 12 characters; @param onDate YYYY-MM-DD of the letter
 */
export function printIdentityNumber(normalized: string, onDate: string): string {
  if (normalized.startsWith('99') || /\D/.test(normalized)) return normalized
  const sign = Number(onDate.slice(0, 4)) - Number(normalized.slice(0, 4)) >= 100 ? '+' : '-'
  return `${normalized.slice(2, 8)}${sign}${normalized.slice(8)}`
}

/**
 * The sex a number tells: odd ninth digit of the ten is male; reserve numbers by their own rules, null when
 * they don't say.
 */
export function sexOf(normalized: string, kind: IdentityKind): 'female' | 'male' | null {
  if (kind === 'reserve-stockholm') return null
  if (kind === 'reserve-vgr')
    return normalized[8] === 'K' ? 'female' : normalized[8] === 'M' ? 'male' : null
  const digit = normalized.charAt(10)
  if (!/\d/.test(digit)) return null
  return Number(digit) % 2 === 1 ? 'male' : 'female'
}
