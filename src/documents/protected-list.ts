import { Sheet, styles, type Imprint } from './kit/sheet.ts'
import { drawTable, type Column } from './kit/table.ts'
import { counted, paperWord, shownIdentity } from './words.ts'

export interface ProtectedPerson {
  identityNumber: string
  protection: string
  municipality: string | null
}

export interface ProtectedList extends Imprint {
  campaign: string
  people: ProtectedPerson[]
}

/** Those of a campaign who have protected identity, with no more than it takes to post their letters by hand. */
export async function protectedListPaper(list: ProtectedList): Promise<Buffer> {
  const sheet = new Sheet({
    ...list,
    title: `Skyddade uppgifter, ${list.campaign}`,
    kind: 'Skyddade personuppgifter',
    handling: 'Skyddade personuppgifter. Förstör listan när breven är postade.',
  })
  sheet.heading(1, 'Vilka ska få sitt brev för hand?')
  sheet.paragraph(leadOf(list), styles.lead)
  sheet.box(
    'Skyddade personuppgifter. Håll listan inlåst, lämna den bara till den som postar breven, och sprid ' +
      'inget av den vidare.',
    'alarm',
  )
  if (list.people.length > 0) drawTable(sheet, columns, list.people, { minHeight: 30 })
  return sheet.finish()
}

function leadOf({ campaign, people }: ProtectedList): string {
  if (people.length === 0) return `I utskicket ${campaign} har ingen skyddade uppgifter.`
  return `Utskick ${campaign}: ${counted(people.length, 'person', 'personer')}. Var och en står i åtkomstloggen.`
}

const ways: Record<string, string> = {
  sekretessmarkering: 'till egen adress, för hand',
  'skyddad-folkbokforing':
    'i förslutet kuvert med bara personnummer, genom Skatteverkets förmedling',
}

const columns: Column<ProtectedPerson>[] = [
  {
    label: 'Personnummer',
    width: 120,
    header: true,
    cell: ({ identityNumber }) => [
      { text: shownIdentity(identityNumber), size: 13, weight: 'semibold' },
    ],
  },
  { label: 'Skydd', width: 112, cell: ({ protection }) => paperWord('protection', protection) },
  { label: 'Så går brevet', grow: 1, cell: ({ protection }) => ways[protection] ?? '' },
  { label: 'Kommun', width: 48, cell: ({ municipality }) => municipality ?? '' },
  { label: 'Postat', width: 40, cell: () => ({ tick: [''] }) },
]
