import { Sheet, styles, type Imprint } from './kit/sheet.ts'
import { drawTable, type Column } from './kit/table.ts'
import { counted } from './words.ts'

export interface ExtractMessage {
  when: string
  step: string
  channel: string
  state: string
  recipient: string
  purpose: string
  campaign: string
  template: string
  language: string
  version: string
  approved: string
  receipts: string[]
  /** what the recipient read */
  text: string
  direction: 'ltr' | 'rtl'
  sha256: string
  /** the kept bytes are those that were sent */
  intact: boolean
  /** the message as it was sent; it goes with the paper as an attachment */
  file: { name: string; type: string; bytes: Buffer } | null
}

interface Access {
  time: string
  unit: string
  actor: string
  action: string
}

export interface EvidenceExtract extends Imprint {
  phone: string
  messages: ExtractMessage[]
  accesses: Access[]
}

/**
 * An extract for the person: every message with its text, the files attached, and who has looked at the person's
 * data.
 */
export async function evidenceExtractPaper(extract: EvidenceExtract): Promise<Buffer> {
  const { region, messages, accesses } = extract
  const sheet = new Sheet({
    ...extract,
    title: `Utdrag från ${region}`,
    kind: 'Utdrag',
    handling: 'Innehåller personuppgifter. Lämna det bara till den som det gäller.',
  })
  sheet.heading(1, `Vad har ${region} skickat till dig?`)
  const number = counted(messages.length, 'meddelande', 'meddelanden')
  sheet.paragraph(
    `${messages.length ? number : 'Vi har inte skickat något'}. Här står också vilka som har tagit del av dina ` +
      `uppgifter i tjänsten. Frågor? Ring ${extract.phone}.`,
    styles.lead,
  )
  for (const message of messages) drawMessage(sheet, message, extract.printedAt)
  sheet.heading(2, 'Vilka har tagit del av dina uppgifter?')
  if (accesses.length === 0) sheet.paragraph('Ingen.')
  else drawTable(sheet, accessColumns, accesses, { size: 9.5, pad: 3 })
  return sheet.finish()
}

function drawMessage(sheet: Sheet, m: ExtractMessage, at: Date): void {
  sheet.heading(2, `${m.when}: ${m.step}, ${m.channel}`)
  sheet.facts(factsOf(m))
  sheet.space(4)
  if (m.direction === 'rtl')
    // pdfkit sets no text from right to left, and the text must not be shown in a wrong order.
    sheet.box(
      'Texten skrivs från höger till vänster och står därför i den bifogade filen, och i utdraget som HTML.',
    )
  // The font has no arrow; it stands between sender and recipient of an SMS.
  else
    for (const paragraph of m.text.replace(' → ', ' till ').split('\n\n').filter(Boolean))
      sheet.paragraph(paragraph)
  if (!m.intact)
    sheet.box('Det som är sparat är inte det som skickades: kontrollsumman stämmer inte.', 'alarm')
  if (m.file) {
    const { name, type, bytes } = m.file
    sheet.doc.file(bytes, { name, type, creationDate: at, modifiedDate: at })
  }
}

const factsOf = (m: ExtractMessage): { label: string; value: string }[] => [
  { label: 'Läge', value: m.state },
  ...(m.recipient ? [{ label: 'Skickat till', value: m.recipient }] : []),
  { label: 'Ärende', value: `${m.purpose} (utskick ${m.campaign})` },
  {
    label: 'Text',
    value: `${m.template}, ${m.language}${m.version ? `, version ${m.version}` : ''}. Godkänd av ${m.approved}.`,
  },
  ...m.receipts.map((receipt) => ({ label: 'Kvittens', value: receipt })),
  ...(m.file ? [{ label: 'Bifogad fil', value: m.file.name }] : []),
  ...(m.sha256 ? [{ label: 'Kontrollsumma', value: `SHA-256 ${m.sha256}` }] : []),
]

const accessColumns: Column<Access>[] = [
  { label: 'Tid', width: 128, header: true, cell: ({ time }) => time },
  { label: 'Enhet', grow: 0.8, cell: ({ unit }) => unit },
  { label: 'Vem', grow: 0.7, cell: ({ actor }) => actor },
  { label: 'Vad', grow: 1.2, cell: ({ action }) => action },
]
