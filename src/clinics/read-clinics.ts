import { isPostcode, tidyAddress } from '../people/address.ts'
import { readPhone } from '../people/contact.ts'
import { readHsaId } from '../people/hsa-id.ts'
import { isLanguage } from '../people/languages.ts'
import { rejectedRows, type Rejected } from './rejected.ts'
import { readTable, type Column } from './table.ts'

export interface Clinic {
  hsaId: string
  name: string
  /** SCB's four digits */
  municipality: string
  /** the release area: whose people may book here */
  area: string
  street: string
  /** five digits */
  postcode: string
  town: string
  /** E.164 */
  phone: string
  phoneHours: string
  openingHours: string
  latitude: number | null
  longitude: number | null
  central: boolean
  /** with a wheelchair */
  accessible: boolean
  /** BCP 47: spoken by staff or an interpreter on site */
  languages: string[]
}

const column = (name: string, required: boolean, ...aliases: string[]): Column => ({
  name,
  required,
  aliases,
})

export const clinicColumns: readonly Column[] = [
  column('hsa_id', true, 'hsaid'),
  column('name', true, 'namn', 'mottagning'),
  column('municipality', true, 'kommun', 'kommunkod', 'municipality_code'),
  column('area', true, 'område', 'omrade'),
  column('street', true, 'gatuadress', 'adress', 'address'),
  column('postcode', true, 'postnummer', 'postnr'),
  column('town', true, 'postort', 'ort'),
  column('phone', true, 'telefon', 'telefonnummer'),
  column('phone_hours', false, 'telefontid', 'telefontider'),
  column('opening_hours', false, 'öppettider', 'oppettider'),
  column('latitude', false, 'latitud'),
  column('longitude', false, 'longitud'),
  column('central', false, 'centralmottagning', 'central_reception'),
  column('accessible', false, 'tillgänglig', 'tillganglig'),
  column('languages', false, 'språk', 'sprak', 'tolkspråk'),
]

const yes = new Set(['ja', 'yes', 'true', '1'])
const no = new Set(['nej', 'no', 'false', '0'])

export interface ReadClinics {
  rows: number
  /** rows that have faults */
  bad: number
  clinics: Clinic[]
  rejected: Rejected[]
}

/**
 * Reads a file of clinics. Rows with faults are left out and listed, every fault of each.
 * @throws Refused as readTable
 */
export function readClinics(fileName: string, bytes: Uint8Array): ReadClinics {
  const table = readTable(fileName, bytes, clinicColumns)
  const rejected = [...table.rejected]
  const clinics = new Map<string, Clinic>()
  for (const { row, values } of table.rows) {
    const faults: Rejected[] = []
    const bad = (name: string, code: string, message: string) =>
      faults.push({ row, column: name, code, message })
    const text = (name: string) => values[name] ?? ''
    const clinic: Clinic = {
      hsaId: readHsaId(text('hsa_id')) ?? '',
      name: text('name'),
      municipality: text('municipality').replace(/^\d{3}$/, '0$&'), // spreadsheets drop the leading zero
      area: text('area'),
      street: text('street'),
      postcode: tidyAddress({ postcode: text('postcode') }).postcode ?? '',
      town: text('town'),
      phone: readPhone(text('phone')) ?? '',
      phoneHours: text('phone_hours'),
      openingHours: text('opening_hours'),
      latitude: coordinate(text('latitude'), 90),
      longitude: coordinate(text('longitude'), 180),
      central: yes.has(text('central').toLowerCase()),
      accessible: !text('accessible') || yes.has(text('accessible').toLowerCase()),
      languages: text('languages')
        .split('|')
        .map((tag) => tag.trim())
        .filter(Boolean),
    }
    if (!clinic.hsaId)
      bad('hsa_id', 'bad-hsa-id', `"${text('hsa_id')}" is not an HSA-id, e.g. SE2321000180-1001.`)
    else if (clinics.has(clinic.hsaId))
      bad('hsa_id', 'duplicate', `${clinic.hsaId} is in the file twice; the first is used.`)
    for (const name of ['name', 'area', 'street', 'town'])
      if (!text(name)) bad(name, 'missing', 'There is nothing here.')
    if (!/^[0-9]{4}$/.test(clinic.municipality))
      bad(
        'municipality',
        'bad-municipality',
        `"${text('municipality')}" is not a municipality code, e.g. 2080.`,
      )
    if (!isPostcode(clinic.postcode))
      bad(
        'postcode',
        'bad-postcode',
        `"${text('postcode')}" is not a Swedish postcode: five digits.`,
      )
    if (!clinic.phone) bad('phone', 'bad-phone', `"${text('phone')}" is not a phone number.`)
    for (const name of ['latitude', 'longitude'] as const)
      if (Number.isNaN(clinic[name]))
        bad(name, 'bad-coordinate', `"${text(name)}" is not degrees, e.g. 60.6065.`)
    if ((clinic.latitude === null) !== (clinic.longitude === null))
      bad('longitude', 'half-position', 'Latitude and longitude go together.')
    for (const name of ['central', 'accessible']) {
      if (text(name) && !yes.has(text(name).toLowerCase()) && !no.has(text(name).toLowerCase()))
        bad(name, 'bad-yes-no', `"${text(name)}" is neither ja nor nej.`)
    }
    for (const tag of clinic.languages)
      if (!isSpoken(tag))
        bad(
          'languages',
          'bad-language',
          `"${tag}" is not a language tag, e.g. ar. Separate several with |.`,
        )
    if (faults.length) rejected.push(...faults)
    else clinics.set(clinic.hsaId, clinic)
  }
  return {
    rows: table.rows.length + table.rejected.length,
    bad: rejectedRows(rejected),
    clinics: [...clinics.values()],
    rejected,
  }
}

const spoken = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

/** Whether it is the tag of a language that there is, also one that nothing is written in. */
const isSpoken = (tag: string): boolean =>
  /^[a-z]{2,3}(-[a-z]+)?$/.test(tag) &&
  (isLanguage(tag) || spoken.of(tag.split('-')[0]!) !== undefined)

/** Degrees with decimal point or comma; null when empty, NaN when it is none. */
function coordinate(text: string, limit: number): number | null {
  if (!text) return null
  const degrees = /^-?\d{1,3}([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : NaN
  return Math.abs(degrees) <= limit ? degrees : NaN
}
