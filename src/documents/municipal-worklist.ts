import { longDate, shownPhone, shownPostcode } from '../texts/format.ts'
import { ink } from './kit/ink.ts'
import { Sheet, styles, type Imprint } from './kit/sheet.ts'
import { drawTable, type Column } from './kit/table.ts'
import { counted, paperWord, shownIdentity, unbroken } from './words.ts'

export interface MunicipalVisit {
  row: number
  identityNumber: string
  name: string
  street: string | null
  postcode: string | null
  town: string | null
  phone: string | null
  needs: string[]
  state: string
  /** YYYY-MM-DD */
  visitFrom: string
  ordinatedBy: string | null
}

export interface MunicipalWorklist extends Imprint {
  /** its code, e.g. 2080 */
  municipality: string
  visits: MunicipalVisit[]
}

/**
 * A municipality's worklist: whom to visit, from when, whether the doctor has ordinated, and room for what was given.
 */
export async function municipalWorklistPaper(list: MunicipalWorklist): Promise<Buffer> {
  const sheet = new Sheet({
    ...list,
    title: `Arbetslista, kommun ${list.municipality}`,
    kind: 'Kommunens arbetslista',
    landscape: true,
    handling:
      'Innehåller personuppgifter. Förvara den inlåst. Förstör den när besöken är förda in.',
  })
  sheet.heading(1, 'Vilka ska få besök där de bor?')
  sheet.paragraph(leadOf(list), styles.lead)
  if (list.visits.length > 0) drawTable(sheet, columns, list.visits, { minHeight: 40 })
  return sheet.finish()
}

function leadOf({ municipality, visits }: MunicipalWorklist): string {
  if (visits.length === 0) return `Kommun ${municipality}: ingen väntar på besök.`
  const first = visits.reduce((a, b) => (a.visitFrom < b.visitFrom ? a : b)).visitFrom
  const asked = visits.filter((visit) => visit.state === 'asked').length
  const waiting =
    asked === 0
      ? 'Alla är ordinerade.'
      : `${counted(asked, 'väntar', 'väntar')} på läkarens ordination: ge inget innan den finns.`
  return (
    `Kommun ${municipality}: ${counted(visits.length, 'person', 'personer')}, första besök ${dateOf(first)}. ` +
    `${waiting}`
  )
}

const dateOf = (day: string): string => longDate(new Date(`${day}T12:00:00Z`), 'sv')

const columns: Column<MunicipalVisit>[] = [
  { label: 'Rad', width: 34, cell: ({ row }) => [{ text: String(row), colour: ink.soft }] },
  {
    label: 'Namn och personnummer',
    grow: 1.5,
    header: true,
    cell: ({ name, identityNumber }) => [
      { text: name, size: 12, weight: 'semibold' },
      { text: shownIdentity(identityNumber), size: 9.5, colour: ink.soft },
    ],
  },
  {
    label: 'Adress och telefon',
    grow: 1.1,
    cell: ({ street, postcode, town, phone }) => [
      { text: street ?? 'adress saknas', ...(street === null ? { colour: ink.alarm } : {}) },
      { text: [unbroken(shownPostcode(postcode ?? '')), town ?? ''].filter(Boolean).join(' ') },
      { text: phone === null ? '' : unbroken(shownPhone(phone)), weight: 'semibold' },
    ],
  },
  {
    label: 'Behov',
    width: 92,
    cell: ({ needs }) =>
      needs.map((need) => ({
        text: paperWord('need', need),
        ...(need === 'anaphylaxis' ? { weight: 'bold' as const, colour: ink.alarm } : {}),
      })),
  },
  {
    label: 'Besök tidigast',
    width: 78,
    cell: ({ visitFrom }) => [{ text: dateOf(visitFrom), weight: 'semibold' }],
  },
  {
    label: 'Ordination',
    width: 96,
    cell: ({ state, ordinatedBy }) => [
      { text: paperWord('ordination', state), ...(state === 'asked' ? { colour: ink.soft } : {}) },
      { text: ordinatedBy ?? '', size: 9.5, colour: ink.soft },
    ],
  },
  { label: 'Given den, vaccin, batch, sign.', width: 136, cell: () => ({ write: true }) },
]
