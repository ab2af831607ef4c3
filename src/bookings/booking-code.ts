const easternDigits = /[\u0660-\u0669\u06f0-\u06f9]/g

/** Digits of an Arabic or Persian keyboard as Western ones. */
export const westernDigits = (text: string): string =>
  text.replace(easternDigits, (digit) => String(digit.charCodeAt(0) & 15))

/**
 * A booking code as people type it: lower case, hyphens and spaces do no harm, and the letters that Crockford's base 32
 * leaves out stand for what they look like (O for 0, I and L for 1).
 * @returns the 8 characters, or null when it can't be a code
 */
export function readBookingCode(text: string): string | null {
  const code = westernDigits(text)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? code : null
}

/**
 * A birth date as people type it: 8 or 6 digits with or without signs between; of a whole identity number the date is
 * taken.
 * @returns 8 digits (YYYYMMDD) or 6 (YYMMDD), or null
 */
export function readBirthDate(text: string): string | null {
  const digits = westernDigits(text).normalize('NFKC').replace(/\D/g, '')
  const date =
    digits.length === 12 ? digits.slice(0, 8) : digits.length === 10 ? digits.slice(0, 6) : digits
  return /^(?:(?:18|19|20)\d{2}|\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(date) &&
    (date.length === 6 || date.length === 8)
    ? date
    : null
}
