import { batchTable, clinicSection, messageTables, shareTables } from './tables.ts'
import { bookingPlot, funnelPlot, wavePlot } from './plots.ts'
import { checkFunnel, sum, type CampaignFigures, type Figures } from './figures.ts'
import { moment, number, percent } from './format.ts'
import { goalView } from './goals/section.ts'
import { goalsNote } from './goals/words.ts'
import { lateWords } from './late.ts'
import type { Page, ReportHead, Section } from './view.ts'
import { pauseWord, word } from './words.ts'

/** The report's figures as words, tables and plots. Pure. */
export function makePage(figures: Figures, { title, now, late = [] }: ReportHead): Page {
  return {
    title,
    made: moment(now),
    alarms: late.map(lateWords),
    key: keyFigures(figures),
    goals: figures.goals.map(goalView),
    goalsNote: figures.goals.length ? goalsNote : null,
    campaigns: figures.campaigns.map((campaign) => ({
      id: `utskick-${campaign.name}`,
      name: campaign.name,
      what: campaign.what ?? campaign.purpose,
      facts: facts(campaign),
      sections: campaign.cohortSize === null ? [] : sections(campaign),
    })),
    region: figures.clinics.length ? [clinicSection(figures)] : [],
  }
}

const released = (campaign: CampaignFigures): number => sum(campaign.waves)
const left = (campaign: CampaignFigures): number =>
  sum(campaign.messages.filter((line) => ['sent', 'delivered'].includes(line.state)))
const booked = (figures: Figures): number =>
  figures.clinics.reduce(
    (total, clinic) => total + Object.values(clinic.byCampaign).reduce((a, b) => a + b, 0),
    0,
  )

function keyFigures(figures: Figures): Page['key'] {
  const all = (of: (campaign: CampaignFigures) => number) =>
    figures.campaigns.reduce((total, campaign) => total + of(campaign), 0)
  const places = figures.clinics.reduce((total, clinic) => total + clinic.capacity, 0)
  const letters = sum(
    figures.campaigns
      .flatMap((c) => c.batches)
      .filter((b) => b.state === 'handed-over')
      .map((b) => ({ number: b.letters ?? 0 })),
  )
  const bookings = booked(figures)
  return [
    {
      label: 'Utskick',
      value: number(figures.campaigns.length),
      more: `${figures.campaigns.filter((c) => c.state === 'finished').length} klara`,
    },
    {
      label: 'Släppta kallelser',
      value: number(all((campaign) => (campaign.way === 'notice' ? 0 : released(campaign)))),
      more: 'i alla utskick',
    },
    {
      label: 'Skickade meddelanden',
      value: number(all(left)),
      more: `varav ${number(letters)} brev lämnade till tryck`,
    },
    {
      label: 'Bokade tider',
      value: number(bookings),
      more: places
        ? `${percent(bookings, places)} av ${number(places)} platser`
        : 'inga platser inlästa',
    },
  ]
}

function facts(campaign: CampaignFigures): { label: string; value: string }[] {
  const state = `${word('campaign', campaign.state)}${campaign.pausedWhy ? `: ${pauseWord(campaign.pausedWhy)}` : ''}`
  return [
    { label: 'Ärende', value: campaign.purpose },
    { label: 'Sätt', value: word('way', campaign.way) },
    { label: 'Läge', value: state },
    {
      label: 'Målgrupp',
      value:
        `${campaign.cohort}, version ` +
        `${campaign.cohortVersion}${campaign.cohortSize === null ? '' : `: ${number(campaign.cohortSize)} personer`}`,
    },
    ...(campaign.reissueOf ? [{ label: 'Ny kallelse efter', value: campaign.reissueOf }] : []),
    { label: 'Planen gjordes', value: campaign.plannedAt ? moment(campaign.plannedAt) : 'inte än' },
    { label: 'Godkänt av', value: campaign.approvals.join(' och ') || 'ingen än' },
  ]
}

function sections(campaign: CampaignFigures): Section[] {
  checkFunnel(campaign)
  return [
    {
      heading: 'Tratten: vad det blev av målgruppen',
      text:
        'Varje person i målgruppen finns i precis ett läge. Lägena summerar till ' +
        `${number(sum(campaign.funnel))}, och målgruppen är ${number(campaign.cohortSize ?? 0)}: kontrollerat ` +
        'när rapporten gjordes.',
      plots: campaign.cohortSize ? [funnelPlot(campaign)] : [],
      tables: [],
    },
    ...(campaign.waves.length
      ? [
          {
            heading: campaign.way === 'open' ? 'Omgångar mot lediga tider' : 'Omgångar',
            text: null,
            plots: [wavePlot(campaign)],
            tables: [],
          },
        ]
      : []),
    ...(campaign.bookings.length || campaign.searches.length
      ? [
          {
            heading: 'Bokningar dag för dag',
            text: null,
            plots: [bookingPlot(campaign)],
            tables: [],
          },
        ]
      : []),
    ...(campaign.messages.length
      ? [{ heading: 'Meddelanden', text: null, plots: [], tables: messageTables(campaign) }]
      : []),
    ...(campaign.batches.length
      ? [
          {
            heading: 'Tryckfiler',
            text: 'Kontrollsumman är den som tryckeriet bekräftar.',
            plots: [],
            tables: [batchTable(campaign)],
          },
        ]
      : []),
    ...(campaign.shares.length
      ? [
          {
            heading: 'Språk och kontaktväg',
            text: 'Av dem som kallas, eller står på tur att kallas.',
            plots: [],
            tables: shareTables(campaign),
          },
        ]
      : []),
  ]
}
