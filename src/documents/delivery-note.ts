import { clockTime, longDate } from '../texts/format.ts'
import { Sheet, styles, type Imprint } from './kit/sheet.ts'
import { drawTable, type Column } from './kit/table.ts'
import { counted, paperWord } from './words.ts'

export interface DeliveryNote extends Imprint {
  batch: string
  campaign: string
  letters: number
  pages: number
  postage: string
  /** what each letter weighs at most, envelope included */
  grams: number
  pdfSha256: string
  lettersSha256: string
  sealedAt: Date
  /** null: not handed over yet */
  handedOverAt: Date | null
  /** the day it is printed, YYYY-MM-DD; null when not known */
  printDay: string | null
}

/**
 * What goes with a batch to the print supplier and comes back signed: how much it is, and by what they know that it
 * is the right one.
 */
export async function deliveryNotePaper(note: DeliveryNote): Promise<Buffer> {
  const sheet = new Sheet({ ...note, title: `Följesedel ${note.batch}`, kind: 'Följesedel' })
  sheet.heading(1, 'Är det här hela tryckfilen?')
  sheet.paragraph(
    `${note.batch}: ${counted(note.letters, 'brev', 'brev')} på ${counted(note.pages, 'sida', 'sidor')}. ` +
      'Jämför antal och kontrollsummor innan ni trycker. Om något skiljer sig: tryck inte, utan hör av er till ' +
      'oss.',
    styles.lead,
  )
  sheet.space(4)
  sheet.facts(factsOf(note))
  sheet.heading(2, 'Filerna')
  drawTable(sheet, fileColumns, filesOf(note), {})
  sheet.paragraph(
    'Brevradernas kontrollsumma är den som ni skickar tillbaka i kvittensen: lettersSha256.',
    styles.note,
  )
  sheet.heading(2, 'Mottaget och tryckt')
  drawTable(sheet, signColumns, ['Mottaget', 'Tryckt och kuverterat', 'Lämnat till posten'], {
    minHeight: 44,
  })
  return sheet.finish()
}

const moment = (at: Date): string => `${longDate(at, 'sv')} kl. ${clockTime(at, 'sv')}`

function factsOf(note: DeliveryNote): { label: string; value: string }[] {
  const day = note.printDay === null ? null : new Date(`${note.printDay}T12:00:00Z`)
  return [
    { label: 'Utskick', value: note.campaign },
    { label: 'Antal brev', value: counted(note.letters, 'brev', 'brev') },
    { label: 'Antal sidor', value: counted(note.pages, 'sida', 'sidor') },
    { label: 'Porto', value: paperWord('postage', note.postage) },
    { label: 'Vikt', value: `högst ${note.grams} g per brev, med kuvert` },
    ...(day ? [{ label: 'Trycks', value: longDate(day, 'sv') }] : []),
    { label: 'Förseglad', value: moment(note.sealedAt) },
    { label: 'Överlämnad', value: note.handedOverAt ? moment(note.handedOverAt) : 'inte än' },
  ]
}

interface File {
  name: string
  what: string
  sha256: string
}

const filesOf = (note: DeliveryNote): File[] => [
  { name: `${note.batch}.pdf`, what: 'alla brev, i tur och ordning', sha256: note.pdfSha256 },
  {
    name: `${note.batch}.ndjson`,
    what: 'listan med en rad per brev; summan är över brevraderna',
    sha256: note.lettersSha256,
  },
]

/** In groups of eight, four a line, as people compare them. */
const inGroups = (sha256: string): string =>
  sha256.replace(/.{8}(?=.)/g, '$& ').replace(/^(.{35}) /, '$1\n')

const fileColumns: Column<File>[] = [
  {
    label: 'Fil',
    grow: 1,
    header: true,
    cell: ({ name, what }) => [
      { text: name, weight: 'semibold' },
      { text: what, size: 9 },
    ],
  },
  {
    label: 'Kontrollsumma (SHA-256)',
    width: 240,
    cell: ({ sha256 }) => [{ text: inGroups(sha256), size: 9.5 }],
  },
]

const signColumns: Column<string>[] = [
  { label: 'Vad', width: 130, header: true, cell: (what) => [{ text: what, weight: 'semibold' }] },
  { label: 'Datum och tid', width: 120, cell: () => ({ write: true }) },
  { label: 'Antal brev', width: 70, cell: () => ({ write: true }) },
  { label: 'Namn', grow: 1, cell: () => ({ write: true }) },
]
