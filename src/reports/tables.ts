import { colours, rowsChart } from './charts.ts'
import { countBy, sum, type CampaignFigures, type Figures } from './figures.ts'
import { moment, number, percent } from './format.ts'
import { table } from './table.ts'
import type { Section, Table } from './view.ts'
import { codes, reasonWord, word } from './words.ts'
import { languageWord } from '../texts/language-word.ts'

/** Messages by channel, step and state; and why some did not leave. */
export function messageTables(campaign: CampaignFigures): Table[] {
  const states = codes('message').filter((state) =>
    campaign.messages.some((line) => line.state === state),
  )
  const kinds = [
    ...countBy(campaign.messages, (line) => `${line.channel} ${line.step}`).keys(),
  ].map((key) => key.split(' ') as [string, string])
  const count = (state: string, channel?: string, step?: string) =>
    sum(
      campaign.messages.filter(
        (line) =>
          line.state === state && (!channel || (line.channel === channel && line.step === step)),
      ),
    )
  const stopped = campaign.messages.filter((line) => line.reason !== null)
  return [
    table(
      'Meddelanden efter kanal, steg och läge',
      ['Kanal', 'Steg', ...states.map((state) => `#${word('message', state)}`), '#Alla'],
      kinds.map(([channel, step]) => [
        word('channel', channel),
        word('step', step),
        ...states.map((state) => count(state, channel, step)),
        sum(states.map((state) => ({ number: count(state, channel, step) }))),
      ]),
      ['Summa', '', ...states.map((state) => count(state)), sum(campaign.messages)],
    ),
    ...(stopped.length
      ? [
          table(
            'Varför meddelanden inte gick iväg eller inte kom fram',
            ['Kanal', 'Steg', 'Läge', 'Anledning', '#Antal'],
            stopped.map((line) => [
              word('channel', line.channel),
              word('step', line.step),
              word('message', line.state),
              reasonWord(line.reason!),
              line.number,
            ]),
          ),
        ]
      : []),
  ]
}

/** Every batch with the checksum that the print supplier confirms. */
export const batchTable = (campaign: CampaignFigures): Table =>
  table(
    'Tryckfiler',
    ['Tryckfil', 'Läge', '#Brev', '#Sidor', 'Överlämnad', 'Kontrollsumma (SHA-256)'],
    campaign.batches.map((b) => [
      b.name,
      word('batch', b.state),
      b.letters ?? '–',
      b.pages ?? '–',
      b.handedOverAt ? moment(b.handedOverAt) : '–',
      b.batchSha256 ?? '–',
    ]),
    [
      'Summa överlämnade',
      '',
      ...(['letters', 'pages'] as const).map((of) =>
        campaign.batches.reduce((n, b) => n + (b.state === 'handed-over' ? (b[of] ?? 0) : 0), 0),
      ),
      '',
      '',
    ],
  )

/** How many get which language, and which line of the channel plan. */
export function shareTables(campaign: CampaignFigures): Table[] {
  const all = sum(campaign.shares)
  const ranked = (counts: Map<string, number>) =>
    [...counts]
      .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], 'sv'))
      .map(([label, n]) => [label, n, percent(n, all)])
  return [
    table(
      'Språk',
      ['Språk', '#Personer', '#Andel'],
      ranked(countBy(campaign.shares, (line) => languageWord(line.language ?? 'sv'))),
      ['Summa', all, percent(all, all)],
    ),
    table(
      'Kontaktväg',
      ['Rad i kanalplanen', '#Personer', '#Andel'],
      ranked(countBy(campaign.shares, (line) => line.route ?? '–')),
      ['Summa', all, percent(all, all)],
    ),
  ]
}

const campaignColours = [
  colours.blue,
  colours.green,
  colours.purple,
  colours.orange,
  colours.yellow,
  colours.lightBlue,
]

/** The clinics' places: taken thanks to which campaign, taken otherwise, free. */
export function clinicSection({ campaigns, clinics }: Figures): Section {
  const bringing = campaigns.filter((campaign) =>
    clinics.some((clinic) => clinic.byCampaign[campaign.id]),
  )
  const by = (clinic: (typeof clinics)[number], id: number) => clinic.byCampaign[id] ?? 0
  const otherwise = (clinic: (typeof clinics)[number]) =>
    clinic.booked - bringing.reduce((n, campaign) => n + by(clinic, campaign.id), 0)
  const free = (clinic: (typeof clinics)[number]) => clinic.capacity - clinic.booked + clinic.above
  const total = (of: (clinic: (typeof clinics)[number]) => number) =>
    clinics.reduce((n, clinic) => n + of(clinic), 0)
  const anyOtherwise = total(otherwise) > 0
  const alt =
    `Liggande staplar för ${number(clinics.length)} mottagningar: ${number(total((c) => c.booked))} av ` +
    `${number(total((c) => c.capacity))} platser är bokade, ${number(total(free))} är lediga.`
  return {
    heading: 'Tider per mottagning',
    text: null,
    plots: [
      {
        caption: 'Platser: bokade och lediga',
        svg: rowsChart(
          clinics.map((clinic) => clinic.clinic),
          [
            ...bringing.map((campaign, i) => ({
              label: `bokade: ${campaign.name}`,
              colour: campaignColours[i % campaignColours.length]!,
              values: clinics.map((clinic) => by(clinic, campaign.id)),
            })),
            ...(anyOtherwise
              ? [
                  {
                    label: 'bokade på annat sätt',
                    colour: colours.grey,
                    values: clinics.map(otherwise),
                  },
                ]
              : []),
            { label: 'lediga', colour: colours.pale, values: clinics.map(free) },
          ],
          'platser',
          alt,
        ),
        note:
          'Alla inlästa tider, för alla ärenden. Platser över kapaciteten (överbokning) räknas som bokade men ' +
          'inte som kapacitet.',
        table: table(
          'Platser per mottagning',
          [
            'Mottagning',
            'Område',
            '#Starttider',
            '#Platser',
            ...bringing.map((campaign) => `#${campaign.name}`),
            ...(anyOtherwise ? ['#På annat sätt'] : []),
            '#Bokade',
            '#Varav överbokade',
            '#Lediga',
            '#Utnyttjat',
          ],
          clinics.map((c) => [
            c.clinic,
            c.area,
            c.slots,
            c.capacity,
            ...bringing.map((campaign) => by(c, campaign.id)),
            ...(anyOtherwise ? [otherwise(c)] : []),
            c.booked,
            c.above,
            free(c),
            percent(c.booked, c.capacity),
          ]),
          [
            'Summa',
            '',
            total((c) => c.slots),
            total((c) => c.capacity),
            ...bringing.map((campaign) => total((c) => by(c, campaign.id))),
            ...(anyOtherwise ? [total(otherwise)] : []),
            total((c) => c.booked),
            total((c) => c.above),
            total(free),
            percent(
              total((c) => c.booked),
              total((c) => c.capacity),
            ),
          ],
        ),
      },
    ],
    tables: [],
  }
}
