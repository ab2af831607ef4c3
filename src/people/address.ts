import { readLine } from './contact.ts'

/** A postal address as it is stored (jsonb in person). street holds the flat too: "Storgatan 5 lgh 1102". */
export interface Address {
  careOf?: string
  street?: string
  /** in Sweden five digits without blank */
  postcode?: string
  town?: string
  /** only abroad: ISO 3166-1 alpha-2, or the country as the register wrote it */
  country?: string
}

export interface Addresses {
  /** särskild postadress: goes before the registered one */
  special: Address | null
  /** folkbokföringsadress */
  registered: Address | null
  /** utlandsadress: only for campaigns that write abroad */
  foreign: Address | null
}

/** What is wrong with an address. The message names lines, not their text: it may end up in a log. */
export interface Finding {
  code:
    | 'missing-name'
    | 'missing-address'
    | 'missing-street'
    | 'missing-postcode'
    | 'missing-town'
    | 'bad-postcode'
    | 'bad-first-character'
    | 'line-long'
    | 'line-too-long'
    | 'too-few-lines'
  severity: 'error' | 'warning'
  message: string
}

/**
 * Characters a line of 85 mm holds in a sans face whose letters are half as wide as high on average: 40 at 12 pt, 48 at
 * 10 pt, the smallest that is printed. The letters measure with the real font; this is for checking a file beforehand.
 */
const room = { comfortable: 40, atMost: 48 }

// A line that begins with one of these is refused by sorting machines and printers (GOV.UK Notify has the same list).
const badFirstCharacter = /^[\\/()@[\]<>"”“,=~]/

/**
 * The address that is written to: särskild, else folkbokföring, else abroad. One abroad counts only when that
 * is allowed.
 */
export function chooseAddress(addresses: Addresses, allowForeign: boolean): Address | null {
  const usable = [addresses.special, addresses.registered, allowForeign ? addresses.foreign : null]
  return usable.find((address) => address != null && (allowForeign || !address.country)) ?? null
}

/**
 * The lines of the address block as printed, 3 to 5 without blank ones: name, c/o, street, "NNN NN Town",
 * country when abroad.
 */
export function addressLines(
  name: string,
  address: Address | null,
): { lines: string[]; findings: Finding[] } {
  const findings: Finding[] = []
  const error = (code: Finding['code'], message: string) =>
    findings.push({ code, severity: 'error', message })
  const { careOf, street, postcode, town, country } = tidyAddress(address ?? {})
  const person = readLine(name)
  if (!person) error('missing-name', 'There is no name.')
  if (!address) error('missing-address', 'There is no address that may be used.')
  else {
    if (!street || placeholder.test(street))
      error('missing-street', 'There is no street, box or farm.')
    if (!town) error('missing-town', 'There is no town.')
    if (!country && !postcode) error('missing-postcode', 'There is no postcode.')
    if (!country && postcode && !isPostcode(postcode))
      error(
        'bad-postcode',
        'The postcode is not a Swedish one: it has five digits and begins with 1–9.',
      )
  }
  const lines = [
    person,
    careOf ? `c/o ${careOf}` : '',
    street ?? '',
    [country ? postcode : printPostcode(postcode), town].filter(Boolean).join(' '),
    country ? printCountry(country) : '',
  ].filter((line) => line !== '')
  for (const [i, line] of lines.entries()) {
    if (badFirstCharacter.test(line))
      error('bad-first-character', `Line ${i + 1} can't begin with ${line.charAt(0)}`)
    if (line.length > room.atMost)
      error('line-too-long', `Line ${i + 1} has ${line.length} characters and ${room.atMost} fit.`)
    else if (line.length > room.comfortable) {
      findings.push({
        code: 'line-long',
        severity: 'warning',
        message:
          `Line ${i + 1} has ${line.length} characters; more than ${room.comfortable} fit only in the smallest ` +
          'type.',
      })
    }
  }
  if (address && lines.length < 3)
    error('too-few-lines', `There are ${lines.length} lines; an address has at least 3.`)
  return { lines, findings }
}

/**
 * The address in the form it is stored in: one-line values, no empty ones, postcode without blank, no country
 * for Sweden.
 */
export function tidyAddress(address: Address): Address {
  const tidy: Address = {}
  const careOf = address.careOf
    ? readLine(address.careOf).replace(/^(?:℅|c\s*[/.]\s*o|c\s*o\b)\.?:?\s*/i, '')
    : ''
  if (careOf) tidy.careOf = careOf
  const street = address.street
    ? readLine(address.street).replace(/\b(?:lgh|lägenhet)\.?\s*(?:nr\.?\s*)?(\d{4})$/i, 'lgh $1')
    : ''
  if (street) tidy.street = street
  const country = address.country ? readLine(address.country) : ''
  const abroad = country !== '' && !athome.test(country)
  const postcode = address.postcode ? readLine(address.postcode) : ''
  if (postcode)
    tidy.postcode = abroad
      ? postcode
      : postcode.replace(/^(?:SE|S)[\s-]*(?=\d)/i, '').replace(/[\s-]/g, '')
  const town = address.town ? readLine(address.town) : ''
  if (town) tidy.town = town
  if (abroad) tidy.country = /^[a-z]{2}$/i.test(country) ? country.toUpperCase() : country
  return tidy
}

/** What registers write where there is no street: nothing can be delivered there. */
const placeholder =
  /^(?:[-–.?*x0\s]{1,4}|(?:adress(?:en)?|uppgift(?:en)?)?\s*(?:saknas|okänd|okänt|ej känd)|saknar fast (?:bostad|adress)|utan fast (?:bostad|adress)|ingen fast (?:bostad|adress)|på kommunen skriven)$/i

/** Sweden, or what registers write where they know no country. */
const athome = /^(s|se|swe|sverige|sweden|okänt?|okand|unknown|[-–.?0x]+)$/i

/** Whether five digits can be a Swedish postcode. */
export const isPostcode = (postcode: string): boolean => /^[1-9]\d{4}$/.test(postcode)

const printPostcode = (postcode: string | undefined): string =>
  postcode && isPostcode(postcode)
    ? `${postcode.slice(0, 3)} ${postcode.slice(3)}`
    : (postcode ?? '')

const countries = new Intl.DisplayNames(['sv'], { type: 'region', fallback: 'code' })
const inEnglish = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const codeByEnglishName = new Map(
  letters.flatMap((a) => letters.map((b) => [inEnglish.of(a + b)?.toLowerCase(), a + b] as const)),
)

/**
 * The country in Swedish and in capitals, which the post of the sender's country sorts by (UPU); a name that
 * isn't known as it was given, in capitals.
 */
function printCountry(country: string): string {
  const code = /^[A-Z]{2}$/.test(country) ? country : codeByEnglishName.get(country.toLowerCase())
  return ((code && countries.of(code)) ?? country).toLocaleUpperCase('sv')
}
