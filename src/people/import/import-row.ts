import { isPostcode, tidyAddress, type Address } from '../address.ts'
import { readCanCome, type CanCome } from '../can-come.ts'
import { readEmail, readLine, readPhone } from '../contact.ts'
import { isDate } from '../dates.ts'
import { readIdentityNumber, sexOf } from '../identity/identity.ts'
import { identityFaults, type IdentityKind } from '../identity/identity-reading.ts'
import type { Field, PeopleRecord } from './import-columns.ts'
import { readLanguage } from '../languages.ts'
import type { Protection } from '../protection.ts'

/** A checked record. null: the file says nothing (what that means for a known person is decided in changeset.ts). */
export interface StagedPerson {
  identity_number: string
  identity_kind: IdentityKind
  birth_date: string | null
  sex: 'female' | 'male' | null
  given_name: string
  family_name: string
  registered_address: Address | null
  special_address: Address | null
  foreign_address: Address | null
  municipality: string | null
  phone: string | null
  email: string | null
  language: string | null
  easy_read: boolean | null
  large_print: boolean | null
  household: string | null
  listed_clinic: string | null
  needs: string[] | null
  can_come: CanCome | null
  protection: Protection | null
  deceased_on: string | null
  /** the file says outright that the person lives: undoes an earlier report of death */
  alive: boolean
  emigrated_on: string | null
  opted_out: boolean | null
  replaces: string | null
}

/** What is wrong with one value. fatal: the row is rejected; else the person is kept and the value left out. */
export interface RowFault {
  field: Field
  code: string
  message: string
  fatal: boolean
}

const kept = 'The person was kept without it.'
const yes = /^(ja|j|yes|y|true|1|x)$/i
const no = /^(nej|n|no|false|0)$/i
const needNames: Record<string, string> = {
  'home-care': 'home-care',
  hemsjukvård: 'home-care',
  hemsjukvard: 'home-care',
  sabo: 'sabo',
  säbo: 'sabo',
  'särskilt boende': 'sabo',
  lss: 'lss',
  anaphylaxis: 'anaphylaxis',
  anafylaxi: 'anaphylaxis',
  wheelchair: 'wheelchair',
  rullstol: 'wheelchair',
  interpreter: 'interpreter',
  tolk: 'interpreter',
}

/**
 * Checks one record. What decides who somebody is, whether they live, are protected or want to be left alone must be
 * readable, else the row is rejected: guessing would be worse. A contact detail that can't be used is left out and
 * reported; nobody goes without an invitation because of an e-mail address.
 * @param today YYYY-MM-DD
 */
export function checkRow(
  record: PeopleRecord,
  today: string,
): { person: StagedPerson; faults: RowFault[] } {
  const faults: RowFault[] = []
  const reject = (field: Field, code: string, message: string) =>
    void faults.push({ field, code, message, fatal: true })
  const leaveOut = (field: Field, code: string, message: string) =>
    void faults.push({ field, code, message: `${message} ${kept}`, fatal: false })
  const text = (field: Field): string => readLine(record[field] ?? '')

  function name(field: 'given_name' | 'family_name'): string {
    const value = text(field)
    if (!value) reject(field, 'missing-name', 'The name is missing.')
    if (value.length > 200) reject(field, 'long-name', 'The name has more than 200 characters.')
    return value
  }
  function flag(field: Field): boolean | null {
    const value = text(field)
    if (value === '') return null
    if (!yes.test(value) && !no.test(value))
      reject(field, 'bad-yes-no', 'Write ja or nej (yes or no).')
    return yes.test(value)
  }
  function date(field: Field, value = text(field)): string | null {
    if (value === '') return null
    const day = value
      .replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
      .replace(/^(\d{4}-\d{2}-\d{2})[T ].*$/, '$1')
    if (!isDate(day)) reject(field, 'bad-date', 'This is no date. Write YYYY-MM-DD.')
    else if (day > today) reject(field, 'future-date', 'The date is in the future.')
    return day
  }
  function contact(
    field: 'phone' | 'email',
    read: (value: string) => string | null,
    message: string,
  ): string | null {
    const value = text(field)
    const usable = value === '' ? null : read(value)
    if (value !== '' && usable === null) leaveOut(field, `bad-${field}`, message)
    return usable
  }
  function address(kind: 'registered' | 'special' | 'foreign'): Address | null {
    if (!(`${kind}_street` in record || `${kind}_town` in record || `${kind}_postcode` in record))
      return null
    const part = (name: 'care_of' | 'street' | 'postcode' | 'town' | 'country') =>
      record[`${kind}_${name}`] ?? ''
    const flat = text(`${kind}_apartment`).replace(/^(?:lgh|lägenhet)\.?\s*/i, '')
    const street = part('street').trim()
    const withFlat = flat && !street.includes(flat) ? `${street} lgh ${flat}` : street
    const tidy = tidyAddress({
      careOf: part('care_of'),
      street: withFlat,
      postcode: part('postcode'),
      town: part('town'),
      country: part('country'),
    })
    if (tidy.postcode && !tidy.country && !isPostcode(tidy.postcode)) {
      faults.push({
        field: `${kind}_postcode`,
        code: 'bad-postcode',
        message:
          'A Swedish postcode has five digits and begins with 1–9. The person was kept, but no letter can go to this address.',
        fatal: false,
      })
    }
    return Object.keys(tidy).length ? tidy : null
  }

  const identity = readIdentityNumber(record.identity_number ?? '', today)
  if ('fault' in identity) reject('identity_number', identity.fault, identityFaults[identity.fault])
  const known = 'fault' in identity ? undefined : identity
  const replaced = text('replaces') ? readIdentityNumber(text('replaces'), today) : undefined
  if (replaced && 'fault' in replaced)
    reject('replaces', replaced.fault, identityFaults[replaced.fault])

  const registered = address('registered')
  const abroad = registered?.country !== undefined // a file with one address and a country
  const deceased = text('deceased')
  const alive = /^(nej|no|false|0|lever|alive)$/i.test(deceased)
  const municipality = text('municipality')
  if (municipality && !/^\d{4}$/.test(municipality))
    reject(
      'municipality',
      'bad-municipality',
      'Write the municipality code of four digits (Falun is 2080).',
    )
  const sex = text('sex')
  const sexRead = /^(k|f|kvinna|female|woman)$/i.test(sex)
    ? 'female'
    : /^(m|man|male)$/i.test(sex)
      ? 'male'
      : null
  if (sex && !sexRead) leaveOut('sex', 'bad-sex', 'Write kvinna or man (female or male).')
  const language = text('language') ? readLanguage(text('language')) : null
  if (text('language') && !language)
    leaveOut('language', 'bad-language', 'This is none of the language codes we write in.')
  const easyRead = flag('easy_read')
  const clinic = text('listed_clinic').toUpperCase()
  const isHsaId = /^SE\d{10}-[A-Z0-9]{1,20}$/.test(clinic)
  if (clinic && !isHsaId)
    leaveOut('listed_clinic', 'bad-clinic', "Write the clinic's HSA-id (SE2321000180-…).")

  const { canCome, faults: hours } = readCanCome({
    from: text('can_come_from'),
    until: text('can_come_until'),
    weekdays: text('can_come_weekdays'),
  })
  for (const [part, code, message] of hours) reject(`can_come_${part}`, code, message)

  const person: StagedPerson = {
    identity_number: known?.normalized ?? '',
    identity_kind: known?.kind ?? 'personnummer',
    birth_date: known?.birthDate ?? null,
    sex: sexRead ?? (known ? sexOf(known.normalized, known.kind) : null),
    given_name: name('given_name'),
    family_name: name('family_name'),
    registered_address: abroad ? null : registered,
    special_address: address('special'),
    foreign_address: address('foreign') ?? (abroad ? registered : null),
    municipality: municipality || null,
    phone: contact('phone', readPhone, 'This is no phone number that can be called.'),
    email: contact('email', readEmail, 'This is no e-mail address.'),
    language: language === 'sv-simple' ? 'sv' : language,
    easy_read: language === 'sv-simple' ? true : easyRead,
    large_print: flag('large_print'),
    household: text('household') || null,
    listed_clinic: isHsaId ? clinic : null,
    needs: readNeeds(text('needs'), reject),
    can_come: canCome,
    protection: readProtection(
      text('protection'),
      flag('sekretessmarkering'),
      flag('skyddad_folkbokforing'),
      reject,
    ),
    deceased_on: alive ? null : date('deceased', deceased),
    alive,
    emigrated_on: date('emigrated'),
    opted_out: flag('opted_out'),
    replaces:
      replaced && !('fault' in replaced) && replaced.normalized !== known?.normalized
        ? replaced.normalized
        : null,
  }
  return { person, faults }
}

type Reject = (field: Field, code: string, message: string) => void

function readNeeds(value: string, reject: Reject): string[] | null {
  if (value === '') return null
  const parts =
    /[|,;]/.test(value) || value.toLowerCase() in needNames
      ? value.split(/[|,;]/)
      : value.split(' ')
  const needs = new Set<string>()
  for (const part of parts.map((p) => p.trim().toLowerCase()).filter(Boolean)) {
    const need = needNames[part]
    if (need) needs.add(need)
    else
      reject(
        'needs',
        'bad-need',
        `Known needs are ${[...new Set(Object.values(needNames))].join(', ')}. Part several with |.`,
      )
  }
  return [...needs].sort()
}

function readProtection(
  value: string,
  sekretess: boolean | null,
  skyddad: boolean | null,
  reject: Reject,
): Protection | null {
  if (skyddad || /^skyddad[ -]folkbokf(ö|o)ring$/i.test(value)) return 'skyddad-folkbokforing'
  if (sekretess || /^(sekretessmarkering|sekretess|s)$/i.test(value) || yes.test(value))
    return 'sekretessmarkering'
  if (/^(none|ingen|inget)$/i.test(value) || no.test(value)) return 'none'
  if (value)
    reject(
      'protection',
      'bad-protection',
      'Write none, sekretessmarkering or skyddad-folkbokforing.',
    )
  return sekretess === false && skyddad === false ? 'none' : null
}
