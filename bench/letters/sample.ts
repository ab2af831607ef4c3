import { createHash } from 'node:crypto'
import type { Letter } from '../../src/letters/letter.ts'

const given = [
  'Åke',
  'Maja',
  'Linnéa',
  'Göran',
  'Fatima',
  'Björn',
  'Ingegerd',
  'Oskar',
  'Zeinab',
  'Karl-Erik',
  'Elsa',
  'Märta',
]
const family = [
  'Öberg',
  'Testsson',
  'Exempelström',
  'Lindqvist',
  'Håkansson',
  'Sjöblom',
  'Nyström',
  'Ahlgren',
  'Bäckman',
  'Dahlin',
]
const streets = ['Storgatan', 'Vasagatan', 'Kyrkogatan', 'Åsgatan', 'Bergslagsvägen', 'Skolvägen']
const clinics = [
  'Exempelby vårdcentral',
  'Norra vårdcentralen',
  'Vårdcentralen Ängen',
  'Bruksortens vårdcentral',
]
const days = [
  'måndag 15 mars 2021',
  'tisdag 16 mars 2021',
  'onsdag 17 mars 2021',
  'torsdag 18 mars 2021',
  'fredag 19 mars 2021',
]

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length]!
const digits = (i: number, n: number) => String((i * 7919 + 104729) % 10 ** n).padStart(n, '0')

/** As long as a signature, and as little to be packed. */
const signature = (i: number) =>
  BigInt(`0x${createHash('sha512').update(String(i)).digest('hex')}`)
    .toString(32)
    .toUpperCase()
    .padStart(103, '0')

/**
 * Letter number i of a campaign: one page, 200 words or so, two paragraphs that differ from letter to letter
 * and wrap, a signed 2D code of its own.
 */
export function sampleLetter(i: number): Letter {
  const name = `${pick(given, i)} ${pick(family, Math.floor(i / 12))}`
  const clinic = pick(clinics, i)
  const day = pick(days, Math.floor(i / 3))
  const time = `${8 + (i % 8)}.${pick(['00', '10', '20', '30', '40', '50'], Math.floor(i / 8))}`
  const code = `${digits(i, 4)}-${digits(i * 31, 4)}`
  return {
    id: `0b54b0a2-7c1e-4d0e-9d7a-${i.toString(16).padStart(12, '0')}`,
    addressLines: [
      name,
      `${pick(streets, Math.floor(i / 5))} ${1 + (i % 120)} lgh ${1001 + (i % 9)}`,
      `791 ${10 + (i % 80)} Exempelby`,
    ],
    returnAddress: 'Region Exempel, Box 1, 791 29 Exempelby',
    checkUrl: `https://kallelse.regionexempel.example/akta/${code.replace('-', '')}#I20210311.0A1B2C.${signature(i)}`,
    rendered: {
      kind: 'letter',
      language: 'sv',
      version: 'bench',
      direction: 'ltr',
      title: 'Du har fått en tid för vaccination mot covid-19',
      body: [
        { kind: 'paragraph', text: `Hej ${name}!` },
        {
          kind: 'paragraph',
          text: `Vi har bokat en tid åt dig, ${name}, på ${clinic} ${day} kl. ${time}. Du behöver inte göra något om tiden passar, och besöket är gratis för dig. Kom gärna några minuter före, så hinner vi svara på dina frågor.`,
        },
        { kind: 'panel' },
        { kind: 'heading', text: 'Om tiden inte passar' },
        {
          kind: 'paragraph',
          text: `Ring ${clinic} på 070-174 06 06 så snart du kan och säg koden ${code}. Då får du en ny tid, och någon annan kan få den gamla. Vill du inte komma alls? Ring samma nummer och avboka. Vi frågar aldrig efter BankID, koder eller kortnummer.`,
        },
        {
          kind: 'list',
          items: [
            'Ta med legitimation om du har, och det här brevet.',
            'Behöver du tolk? Ring oss, så bokar vi en tolk. Det är också gratis.',
            'Ring oss före besöket om du är sjuk, eller om du har fått en svår allergisk reaktion någon gång.',
          ],
        },
      ],
      panel: [
        { label: 'Dag', value: day, big: true },
        { label: 'Tid', value: `kl. ${time}`, big: true },
        { label: 'Plats', value: clinic, more: 'Vasagatan 12, 791 31 Exempelby', big: false },
      ],
      sender: {
        name: 'Region Exempel',
        lines: ['Telefon 070-174 06 05', 'måndag–fredag kl. 8–16', 'www.regionexempel.example'],
      },
      date: '11 mars 2021',
      labels: {
        reference: 'Brevets nummer',
        page: 'Sida {n} ({m})',
        checkTitle: 'Är brevet äkta?',
        checkText: `Gå till kallelse.regionexempel.example/akta och skriv koden ${code}. Du kan också skanna rutan eller ringa 070-174 06 05.`,
      },
    },
  }
}

/** Everything that is read on a letter, line by line, for programs that lay it out themselves. */
export function wordsOf({
  rendered,
  addressLines,
  returnAddress,
  id,
}: Letter): { size: number; bold: boolean; text: string }[] {
  const line = (text: string, size = 12, bold = false) => ({ text, size, bold })
  return [
    line(rendered.sender.name, 16, true),
    ...rendered.sender.lines.map((text) => line(text, 11)),
    line(`Returadress: ${returnAddress}`, 8),
    ...addressLines.map((text) => line(text, 11.5)),
    line(rendered.date),
    line(rendered.title, 20, true),
    ...rendered.body.flatMap((block) => {
      if (block.kind === 'panel')
        return rendered.panel.flatMap((row) => [
          line(row.label, 11.5),
          line(row.value, row.big ? 18 : 13.4, true),
          ...(row.more ? [line(row.more)] : []),
        ])
      if (block.kind === 'list') return block.items.map((item) => line(`• ${item}`))
      return [block.kind === 'heading' ? line(block.text, 14, true) : line(block.text)]
    }),
    line(rendered.labels.checkTitle, 12.5, true),
    line(rendered.labels.checkText, 11.5),
    line(`${rendered.labels.reference}: ${id}`, 10.5),
    line('Sida 1 (1)', 10.5),
  ]
}
