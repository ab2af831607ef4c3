import { isPostcode, tidyAddress, type Address } from '../address.ts'
import { isDate, wholeDay } from '../dates.ts'
import { readHsaId } from '../hsa-id.ts'
import { readCanCome, type CanCome } from '../can-come.ts'
import { readLine } from '../contact.ts'
import { readIdentityNumber } from '../identity/identity.ts'
import { identityFaults, type Reading } from '../identity/identity-reading.ts'
import type { Field, PeopleRecord } from './import-columns.ts'
import { readLanguage } from '../languages.ts'
import type { Protection } from '../protection.ts'

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
const needNames = new Map(
  Object.entries({
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
  }),
)

/** Signs for "nothing is known". */
const nothing = /^(?:[-–.?]+|null|okänt?)$/i

type AddressKind = 'registered' | 'special' | 'foreign'
/** Names put together once: done for each row, they took a sixth of the reading. */
const addressFieldsOf = <K extends AddressKind>(kind: K) =>
  ({
    careOf: `${kind}_care_of`,
    street: `${kind}_street`,
    apartment: `${kind}_apartment`,
    postcode: `${kind}_postcode`,
    town: `${kind}_town`,
    country: `${kind}_country`,
  }) as const
const addressFields = {
  registered: addressFieldsOf('registered'),
  special: addressFieldsOf('special'),
  foreign: addressFieldsOf('foreign'),
}
type AddressPart = keyof (typeof addressFields)['registered']
const addressParts = Object.keys(addressFields.registered) as AddressPart[]

type ValidIdentity = Exclude<Reading, { fault: unknown }>

/** Reads the values of one record, and notes what is wrong with them in `faults`. */
export class RowCheck {
  readonly faults: RowFault[] = []
  readonly #record: PeopleRecord
  readonly #today: string

  /** @param today YYYY-MM-DD */
  constructor(record: PeopleRecord, today: string) {
    this.#record = record
    this.#today = today
  }

  #reject(field: Field, code: string, message: string): void {
    this.faults.push({ field, code, message, fatal: true })
  }

  #leaveOut(field: Field, code: string, message: string): void {
    this.faults.push({ field, code, message: `${message} ${kept}`, fatal: false })
  }

  text(field: Field): string {
    const value = this.#record[field]
    return value ? readLine(value) : ''
  }

  identityNumber(
    field: 'identity_number' | 'replaces',
    value = this.#record[field] ?? '',
  ): ValidIdentity | undefined {
    const read = readIdentityNumber(value, this.#today)
    if (!('fault' in read)) return read
    this.#reject(field, read.fault, identityFaults[read.fault])
    return undefined
  }

  /** One of the two is enough: many people have one name. */
  name(field: 'given_name' | 'family_name'): string {
    const value = this.text(field)
    if (!value && !this.text(field === 'given_name' ? 'family_name' : 'given_name'))
      this.#reject(field, 'missing-name', 'The name is missing.')
    if (value.length > 200)
      this.#reject(field, 'long-name', 'The name has more than 200 characters.')
    return value
  }

  flag(field: Field): boolean | null {
    const value = this.text(field)
    if (value === '') return null
    if (!yes.test(value) && !no.test(value))
      this.#reject(field, 'bad-yes-no', 'Write ja or nej (yes or no).')
    return yes.test(value)
  }

  /**
   * The day of something that decides whether anybody is written to. What is said outright holds, though its day is
   * missing, partial or to come: then it is the day on which we were told.
   * @returns null: it is not said
   */
  decisive(field: 'deceased' | 'emigrated'): string | null {
    const value = this.text(field)
    if (value === '' || no.test(value) || nothing.test(value)) return null
    const day = wholeDay(value)
    if (isDate(day) && day <= this.#today) return day
    if (!yes.test(value))
      this.faults.push({
        field,
        code: 'unknown-day',
        message: 'Not a whole date that has been (YYYY-MM-DD). It counts from today on.',
        fatal: false,
      })
    return this.#today
  }

  contact(
    field: 'phone' | 'email',
    read: (value: string) => string | null,
    message: string,
  ): string | null {
    const value = this.text(field)
    const usable = value === '' ? null : read(value)
    if (value !== '' && usable === null) this.#leaveOut(field, `bad-${field}`, message)
    return usable
  }

  address(kind: AddressKind): Address | null {
    const record = this.#record
    const fields = addressFields[kind]
    const hasColumn = fields.street in record || fields.town in record || fields.postcode in record
    if (!hasColumn || addressParts.every((name) => !record[fields[name]])) return null
    const part = (name: AddressPart) => record[fields[name]] ?? ''
    const flat = this.text(fields.apartment)
      .replace(/^(?:lgh|lägenhet)\.?\s*/i, '')
      .replace(/^\d{3}$/, '0$&') // spreadsheets drop the leading zero
    const street = part('street').trim()
    const tidy = tidyAddress({
      careOf: part('careOf'),
      street: flat && !street.includes(flat) ? `${street} lgh ${flat}` : street,
      postcode: part('postcode'),
      town: part('town'),
      country: part('country'),
    })
    if (tidy.postcode && !tidy.country && !isPostcode(tidy.postcode))
      this.faults.push({
        field: fields.postcode,
        code: 'bad-postcode',
        message:
          'A Swedish postcode has five digits and begins with 1–9. ' +
          'The person was kept, but no letter can go to this address.',
        fatal: false,
      })
    return Object.keys(tidy).length ? tidy : null
  }

  municipality(): string | null {
    const value = this.text('municipality')
    if (value && !/^\d{3,4}$/.test(value))
      this.#reject(
        'municipality',
        'bad-municipality',
        'Write the municipality code of four digits (Falun is 2080).',
      )
    return value.padStart(4, '0').slice(0, value ? 4 : 0) || null // spreadsheets drop the leading zero
  }

  sex(): 'female' | 'male' | null {
    const value = this.text('sex')
    if (/^(k|f|kvinna|female|woman)$/i.test(value)) return 'female'
    if (/^(m|man|male)$/i.test(value)) return 'male'
    if (value) this.#leaveOut('sex', 'bad-sex', 'Write kvinna or man (female or male).')
    return null
  }

  language(): string | null {
    const value = this.text('language')
    const language = value ? readLanguage(value) : null
    if (value && !language)
      this.#leaveOut('language', 'bad-language', 'Not one of the language codes we write in.')
    return language
  }

  clinic(): string | null {
    const value = this.text('listed_clinic')
    const clinic = readHsaId(value)
    if (value && !clinic)
      this.#leaveOut('listed_clinic', 'bad-clinic', "Write the clinic's HSA-id (SE2321000180-…).")
    return clinic
  }

  canCome(): CanCome | null {
    const { canCome, faults } = readCanCome({
      from: this.text('can_come_from'),
      until: this.text('can_come_until'),
      weekdays: this.text('can_come_weekdays'),
    })
    for (const [part, code, message] of faults) this.#reject(`can_come_${part}`, code, message)
    return canCome
  }

  needs(): string[] | null {
    const value = this.text('needs')
    if (value === '') return null
    const severalWords = !/[|,;]/.test(value) && !needNames.has(value.toLowerCase())
    const parts = value.split(severalWords ? ' ' : /[|,;]/)
    const needs = new Set<string>()
    for (const part of parts.map((p) => p.trim().toLowerCase()).filter(Boolean)) {
      const need = needNames.get(part)
      if (need) needs.add(need)
      else this.#rejectNeed()
    }
    return [...needs].sort()
  }

  #rejectNeed(): void {
    const known = [...new Set(needNames.values())].join(', ')
    this.#reject('needs', 'bad-need', `Known needs are ${known}. Separate several with |.`)
  }

  protection(): Protection | null {
    const value = this.text('protection')
    const sekretess = this.flag('sekretessmarkering')
    const skyddad = this.flag('skyddad_folkbokforing')
    if (skyddad || /^skyddad[ -]folkbokf(ö|o)ring$/i.test(value)) return 'skyddad-folkbokforing'
    if (sekretess || /^(sekretessmarkering|sekretess|s)$/i.test(value) || yes.test(value))
      return 'sekretessmarkering'
    if (/^(none|ingen|inget)$/i.test(value) || no.test(value)) return 'none'
    if (value)
      this.#reject(
        'protection',
        'bad-protection',
        'Write none, sekretessmarkering or skyddad-folkbokforing.',
      )
    return sekretess === false && skyddad === false ? 'none' : null
  }
}
