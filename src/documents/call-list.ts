import { clockTime, shortDate, shownPhone } from '../texts/format.ts'
import { languageWord } from '../texts/language-word.ts'
import { ink } from './kit/ink.ts'
import { Sheet, styles, type Imprint } from './kit/sheet.ts'
import { drawTable, type Column } from './kit/table.ts'
import { counted, paperWord, unbroken } from './words.ts'

export interface CallListRow {
  id: number
  name: string
  /** E.164; null: to be found */
  phone: string | null
  language: string
  why: string
  tries: number
  nextTry: Date
  /** of a changed time: the new one */
  newTime?: { startsAt: string; clinic: string } | null
}

export interface CallList extends Imprint {
  clinic: string
  calls: CallListRow[]
}

/**
 * The calls that a clinic has to make now, with numbers that can be read at arm's length and room for what came of
 * each.
 */
export async function callListPaper(list: CallList): Promise<Buffer> {
  const sheet = new Sheet({
    ...list,
    title: `Ringlista, ${list.clinic}`,
    kind: 'Ringlista',
    landscape: true,
    handling:
      'Innehåller personuppgifter. Lämna den inte framme. Förstör den när samtalen är förda in.',
  })
  sheet.heading(1, 'Vilka ska vi ringa nu?')
  sheet.paragraph(leadOf(list), styles.lead)
  if (list.calls.length > 0) drawTable(sheet, columns, list.calls, { minHeight: 60 })
  return sheet.finish()
}

function leadOf({ clinic, calls }: CallList): string {
  if (calls.length === 0) return `${clinic}: ingen väntar på att bli ringd just nu.`
  const without = calls.filter((call) => call.phone === null).length
  return [
    `${clinic}: ${counted(calls.length, 'person', 'personer')}, den som har väntat längst först.`,
    ...(without ? [`${counted(without, 'saknar', 'saknar')} telefonnummer: sök det först.`] : []),
  ].join(' ')
}

function newTimeWords({ startsAt, clinic }: { startsAt: string; clinic: string }): string {
  const at = new Date(startsAt)
  return `ny tid ${shortDate(at, 'sv')} kl. ${clockTime(at, 'sv')}, ${clinic}`
}

const columns: Column<CallListRow>[] = [
  { label: 'Samtal', width: 44, cell: ({ id }) => [{ text: String(id), colour: ink.soft }] },
  {
    label: 'Namn',
    grow: 1,
    header: true,
    cell: ({ name, why, language, newTime }) => [
      { text: name, size: 13, weight: 'semibold' },
      {
        text: `${languageWord(language)} · ${paperWord('callReason', why)}`,
        size: 9.5,
        colour: ink.soft,
      },
      ...(newTime ? [{ text: newTimeWords(newTime), size: 9.5 }] : []),
    ],
  },
  {
    label: 'Telefon',
    width: 150,
    cell: ({ phone }) =>
      phone === null
        ? [{ text: 'sök numret', size: 11, colour: ink.alarm }]
        : [{ text: unbroken(shownPhone(phone)), size: 15, weight: 'bold' }],
  },
  {
    label: 'Ringd förut',
    width: 108,
    cell: ({ tries, nextTry }) =>
      tries === 0
        ? [{ text: 'nej', colour: ink.soft }]
        : [
            { text: counted(tries, 'gång', 'gånger') },
            {
              text: `ring från ${shortDate(nextTry, 'sv').replace(/ \d{4}$/, '')}`,
              size: 9,
              colour: ink.soft,
            },
          ],
  },
  { label: 'Så gick det', width: 96, cell: () => ({ tick: ['bokad', 'inget svar', 'ring igen'] }) },
  { label: 'Bokad tid, eller när vi ringer igen', width: 180, cell: () => ({ write: true }) },
]
