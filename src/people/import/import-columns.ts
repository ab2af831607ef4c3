import { Refused } from '../../errors.ts'

/** What a people file can hold; docs/integrator/file-formats-people.md lists the names a column can have. */
export type Field = keyof typeof names | AddressField
type AddressField = `${'registered' | 'special' | 'foreign'}_${keyof typeof addressParts}`

/** One record of a file: the texts as they stood there, by field. */
export type PeopleRecord = Partial<Record<Field, string>>

const names = {
  identity_number: [
    'personnummer',
    'identitetsnummer',
    'personid',
    'pnr',
    'identity',
    'personalidentitynumber',
  ],
  replaces: [
    'tidigare nummer',
    'tidigare personnummer',
    'tidigare identitetsnummer',
    'ersätter',
    'previous number',
    'previous identity number',
  ],
  name: ['namn', 'full name', 'fullständigt namn'],
  given_name: ['förnamn', 'first name'],
  family_name: ['efternamn', 'last name', 'surname'],
  sex: ['kön', 'gender'],
  municipality: ['kommun', 'kommunkod', 'municipality code'],
  phone: [
    'telefon',
    'telefonnummer',
    'mobil',
    'mobiltelefon',
    'mobilnummer',
    'phone number',
    'mobile',
  ],
  email: ['e-post', 'e-postadress', 'mail', 'email address'],
  language: ['språk', 'språkkod', 'language code'],
  easy_read: ['lättläst'],
  large_print: ['stor stil', 'storstil'],
  household: ['hushåll', 'hushålls-id', 'household id'],
  listed_clinic: ['listad mottagning', 'mottagning', 'vårdcentral', 'hsa-id', 'clinic'],
  needs: ['behov'],
  can_come_from: ['kan komma från', 'kan från'],
  can_come_until: ['kan komma till', 'kan till'],
  can_come_weekdays: ['kan komma dagar', 'kan dagar', 'can come days'],
  protection: [
    'skydd',
    'skyddad identitet',
    'skyddade personuppgifter',
    'protected',
    'protected identity',
  ],
  sekretessmarkering: ['sekretess'],
  skyddad_folkbokforing: ['skyddad folkbokföring'],
  deceased: [
    'avliden',
    'avliden datum',
    'avlidendatum',
    'dödsdatum',
    'deceased on',
    'deceased date',
  ],
  emigrated: ['utvandrad', 'utvandrad datum', 'utvandringsdatum', 'emigrated on', 'emigrated date'],
  opted_out: ['avböjt', 'tackat nej', 'opt out'],
} as const

const addressParts = {
  care_of: ['c/o', 'co', 'c/o-adress'],
  street: ['gatuadress', 'adress', 'utdelningsadress', 'gata', 'address', 'street address'],
  apartment: ['lägenhetsnummer', 'lägenhet', 'lgh', 'apartment number'],
  postcode: ['postnummer', 'postnr', 'postal code', 'zip', 'zip code'],
  town: ['postort', 'ort', 'city'],
  country: ['land', 'country code', 'landskod'],
} as const

const addressPrefixes = {
  registered: [
    '',
    'registered',
    'registered address',
    'address',
    'folkbokföring',
    'folkbokförings',
    'folkbokföringsadress',
  ],
  special: ['special', 'special address', 'särskild', 'särskild post', 'särskild postadress'],
  foreign: ['foreign', 'foreign address', 'utlands', 'utland', 'utlandsadress'],
} as const

/** Names are compared without case, spaces, signs and accents: "E-post" is "epost", "Särskild c/o" is "sarskildco". */
const bare = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')

const fields = new Map<string, Field>()
for (const [field, others] of Object.entries(names))
  for (const name of [field, ...others]) fields.set(bare(name), field as Field)
for (const [kind, prefixes] of Object.entries(addressPrefixes)) {
  for (const [part, others] of Object.entries(addressParts)) {
    for (const prefix of prefixes)
      for (const name of [part, ...others])
        if (!fields.has(bare(prefix + name)))
          fields.set(bare(prefix + name), `${kind}_${part}` as Field)
  }
}

/** The field that a column or key stands for, if we know it. */
export const fieldOf = (name: string): Field | undefined => fields.get(bare(name))

/**
 * Which field each column of a header holds; undefined for columns we don't use.
 * @throws Refused when two columns say the same, or one without which nobody can be imported is missing
 */
export function readHeader(header: readonly string[]): (Field | undefined)[] {
  const columns = header.map(fieldOf)
  for (const [i, field] of columns.entries()) {
    const other = columns.indexOf(field)
    if (field && other < i)
      throw new Refused(
        'double-column',
        `The columns "${header[other]}" and "${header[i]}" both hold ${field}. Remove one of them.`,
      )
  }
  const missing = (['identity_number', 'given_name', 'family_name'] as const).filter(
    (field) => !columns.includes(field),
  )
  if (missing.length) {
    throw new Refused(
      'missing-columns',
      `The file has no column for ${missing.map((field) => `${field} (${names[field][0]})`).join(', ')}. ` +
        'Its first row must be a header; docs/integrator/file-formats-people.md lists the names.',
    )
  }
  return columns
}

type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject
export interface JsonObject {
  [key: string]: JsonValue
}

/** A JSON object as a record: nested objects are joined ({"special": {"town": …}} is special_town), lists by "|". */
export function readObject(object: JsonObject, ignored: (name: string) => void): PeopleRecord {
  const record: PeopleRecord = {}
  const visit = (value: JsonValue, name: string) => {
    if (value === null) return
    if (typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) visit(inner, name ? `${name} ${key}` : key)
      return
    }
    const field = fieldOf(name)
    if (!field) ignored(name)
    else record[field] = Array.isArray(value) ? value.map(oneText).join('|') : oneText(value)
  }
  visit(object, '')
  return record
}

const oneText = (value: JsonValue): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)
