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
  /** in Swedish */
  purpose: string
  campaign: string
  /** the health centre where they are listed */
  listedAt: string | null
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

/**
 * Whom a doctor assesses before they get anything: people who have reacted strongly before. What is decided on goes on at
 * a hospital, or at a clinic if the doctor finds that it will do.
 */
export async function doctorsWorklistPaper(
  list: Omit<MunicipalWorklist, 'municipality'>,
): Promise<Buffer> {
  const sheet = new Sheet({
    ...list,
    title: 'Arbetslista, läkarbedömning',
    kind: 'Läkarens arbetslista',
    landscape: true,
    handling:
      'Innehåller personuppgifter. Förvara den inlåst. Förstör den när bedömningarna är förda in.',
  })
  sheet.heading(1, 'Vilka ska en läkare bedöma först?')
  const asked = list.visits.filter((visit) => visit.state === 'asked').length
  sheet.paragraph(
    list.visits.length === 0
      ? 'Ingen väntar på bedömning.'
      : `${counted(list.visits.length, 'person', 'personer')}, ${asked} utan bedömning. ` +
          'De kallas inte till en mottagning. Läkaren avgör om det ges på sjukhus, på mottagning eller inte alls.',
    styles.lead,
  )
  if (list.visits.length > 0) drawTable(sheet, doctorsColumns, list.visits, { minHeight: 40 })
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
    `${waiting} Den som hellre vill till en hälsocentral får välja vilken: säg till regionen.`
  )
}

const dateOf = (day: string): string => longDate(new Date(`${day}T12:00:00Z`), 'sv')

const rowNumber: Column<MunicipalVisit> = {
  label: 'Rad',
  width: 34,
  cell: ({ row }) => [{ text: String(row), colour: ink.soft }],
}
const who: Column<MunicipalVisit> = {
  label: 'Namn och personnummer',
  grow: 1.5,
  header: true,
  cell: ({ name, identityNumber }) => [
    { text: name, size: 12, weight: 'semibold' },
    { text: shownIdentity(identityNumber), size: 9.5, colour: ink.soft },
  ],
}
const where: Column<MunicipalVisit> = {
  label: 'Adress och telefon',
  grow: 1.1,
  cell: ({ street, postcode, town, phone }) => [
    { text: street ?? 'adress saknas', ...(street === null ? { colour: ink.alarm } : {}) },
    { text: [unbroken(shownPostcode(postcode ?? '')), town ?? ''].filter(Boolean).join(' ') },
    { text: phone === null ? '' : unbroken(shownPhone(phone)), weight: 'semibold' },
  ],
}
const about: Column<MunicipalVisit> = {
  label: 'Ärende och behov',
  width: 112,
  cell: ({ purpose, campaign, needs }) => [
    { text: purpose },
    { text: campaign, size: 9.5, colour: ink.soft },
    ...needs.map((need) => ({
      text: paperWord('need', need),
      ...(need === 'anaphylaxis' ? { weight: 'bold' as const, colour: ink.alarm } : {}),
    })),
  ],
}
const listed: Column<MunicipalVisit> = {
  label: 'Listad på',
  width: 92,
  cell: ({ listedAt }) => [{ text: listedAt ?? '' }],
}
const columns: Column<MunicipalVisit>[] = [
  rowNumber,
  who,
  where,
  about,
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
  { label: 'Given den, vaccin, batch, sign.', width: 110, cell: () => ({ write: true }) },
]
const doctorsColumns: Column<MunicipalVisit>[] = [
  rowNumber,
  who,
  where,
  listed,
  about,
  {
    label: 'Bedömd av',
    width: 76,
    cell: ({ ordinatedBy }) => [{ text: ordinatedBy ?? '' }],
  },
  { label: 'Beslut, datum, sign.', width: 104, cell: () => ({ write: true }) },
]
