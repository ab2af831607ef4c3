import { clockTime, weekdayDate } from '../texts/format.ts'
import { languageWord } from '../texts/language-word.ts'
import { ink } from './kit/ink.ts'
import { Sheet, styles, type Imprint } from './kit/sheet.ts'
import { drawTable, type Column } from './kit/table.ts'
import { counted, paperWord, shownIdentity } from './words.ts'

export interface DayListVisitor {
  startsAt: Date
  state: string
  reply: string | null
  /** what the visit is for, in Swedish */
  what: string
  /** null: protected identity */
  person: { name: string; identityNumber: string; language: string; needs: string[] } | null
}

export interface DayList extends Imprint {
  clinic: string
  day: Date
  visitors: DayListVisitor[]
}

/**
 * A clinic's day, to have at the door and to fill in by pen: who comes and when, what they need, and room for what
 * was given.
 */
export async function dayListPaper(list: DayList): Promise<Buffer> {
  const day = weekdayDate(list.day, 'sv')
  const sheet = new Sheet({
    ...list,
    title: `${list.clinic}, ${day}`,
    kind: 'Dagens lista',
    landscape: true,
    handling:
      'Innehåller personuppgifter. Lämna den inte framme. Förstör den när dagen är förd in.',
  })
  sheet.heading(1, `Vilka kommer ${day}?`)
  sheet.paragraph(leadOf(list), styles.lead)
  if (list.visitors.length > 0) {
    drawTable(sheet, columns(list.visitors), list.visitors, {
      minHeight: 34,
      beginsGroup: (visitor, before) => visitor.startsAt.getTime() !== before.startsAt.getTime(),
    })
  }
  return sheet.finish()
}

function leadOf({ clinic, visitors }: DayList): string {
  const [first, last] = [visitors[0], visitors.at(-1)]
  if (!first || !last) return `${clinic}: ingen är bokad.`
  const from = clockTime(first.startsAt, 'sv')
  const until = clockTime(last.startsAt, 'sv')
  const needing = (need: string) => visitors.filter((v) => v.person?.needs.includes(need)).length
  const guarded = visitors.filter((visitor) => visitor.person === null).length
  const cancelling = visitors.filter((visitor) => visitor.reply === 'wants-to-cancel').length
  const more = [
    [needing('interpreter'), 'behöver tolk'],
    [needing('wheelchair'), 'kommer i rullstol'],
    [needing('anaphylaxis'), 'har haft svår allergisk reaktion'],
    [cancelling, 'har svarat att de vill avboka'],
    [guarded, 'har skyddad identitet: se mottagningens egen journal'],
  ] as const
  const told = more.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`)
  const times = from === until ? `kl. ${from}` : `mellan kl. ${from} och ${until}`
  return [
    `${clinic}: ${counted(visitors.length, 'person är bokad', 'personer är bokade')} ${times}.`,
    ...(told.length ? [`${told.join(' · ')}.`] : []),
  ].join(' ')
}

function columns(visitors: DayListVisitor[]): Column<DayListVisitor>[] {
  const firstAt = new Map<number, DayListVisitor>()
  for (const visitor of visitors) {
    const at = visitor.startsAt.getTime()
    if (!firstAt.has(at)) firstAt.set(at, visitor)
  }
  return [
    {
      label: 'Tid',
      width: 42,
      cell: (visitor) => {
        const first = firstAt.get(visitor.startsAt.getTime()) === visitor
        const text = clockTime(visitor.startsAt, 'sv')
        return [first ? { text, size: 14, weight: 'bold' } : { text, size: 11, colour: ink.soft }]
      },
    },
    {
      label: 'Namn och personnummer',
      grow: 1.5,
      header: true,
      cell: ({ person }) =>
        person
          ? [
              { text: person.name, size: 12, weight: 'semibold' },
              { text: shownIdentity(person.identityNumber), size: 9.5, colour: ink.soft },
            ]
          : [
              { text: 'Skyddad identitet', size: 12, weight: 'semibold' },
              { text: 'se mottagningens egen journal', size: 9.5, colour: ink.soft },
            ],
    },
    {
      label: 'Språk',
      width: 68,
      cell: ({ person }) => [
        {
          text: person ? languageWord(person.language) : '',
          ...(person?.language === 'sv' ? { colour: ink.soft } : {}), // the others are what one looks for
        },
      ],
    },
    {
      label: 'Behov',
      grow: 0.8,
      cell: ({ person }) =>
        (person?.needs ?? []).map((need) => ({
          text: paperWord('need', need),
          ...(need === 'anaphylaxis' ? { weight: 'bold' as const, colour: ink.alarm } : {}),
        })),
    },
    { label: 'För', grow: 0.9, cell: ({ what }) => [{ text: what, size: 9.5 }] },
    {
      label: 'Svar på påminnelsen',
      width: 62,
      cell: ({ reply }) => [
        {
          text: reply === null ? '' : paperWord('reply', reply),
          ...(reply === 'wants-to-cancel' ? { weight: 'bold' as const } : {}),
        },
      ],
    },
    {
      label: 'Kom',
      width: 40,
      cell: ({ state }) =>
        state === 'booked' ? { tick: [''] } : [{ text: paperWord('attendance', state) }],
    },
    { label: 'Vaccin, batch, sign.', width: 130, cell: () => ({ write: true }) },
  ]
}
