import { campaignReportPaper } from '../../src/documents/campaign-report.ts'
import { makePage } from '../../src/reports/page.ts'
import type { CampaignFigures, Figures } from '../../src/reports/figures.ts'

const days = ['2021-03-08', '2021-03-09', '2021-03-10', '2021-03-11']
const campaign = 1

/** A campaign of 1 000 people in four waves; the figures add up as those of the database do. */
const open: CampaignFigures = {
  id: campaign,
  name: 'covid-19-dose-1',
  purpose: 'covid-19/dose-1',
  what: 'Vaccination mot covid-19, dos 1',
  way: 'open',
  state: 'running',
  pausedWhy: null,
  cohort: 'born-1942-1946',
  cohortVersion: 2,
  cohortSize: 1000,
  plannedAt: new Date('2021-03-08T07:00:00+01:00'),
  reissueOf: null,
  approvals: ['Anna Exempel', 'Bertil Prov'],
  funnel: [
    { campaign, state: 'suppressed', reason: 'protected', number: 9 },
    { campaign, state: 'suppressed', reason: 'needs-other-route', number: 41 },
    { campaign, state: 'planned', reason: null, number: 150 },
    { campaign, state: 'released', reason: null, number: 230 },
    { campaign, state: 'answered', reason: null, number: 570 },
  ],
  shares: [
    { campaign, route: 'brev', language: 'sv', number: 700 },
    { campaign, route: 'digitalt', language: 'sv-simple', number: 150 },
    { campaign, route: 'digitalt', language: 'ar', number: 100 },
  ],
  messages: [
    { campaign, channel: 'letter', step: 'invitation', state: 'sent', reason: null, number: 600 },
    {
      campaign,
      channel: 'email',
      step: 'invitation',
      state: 'delivered',
      reason: null,
      number: 195,
    },
    {
      campaign,
      channel: 'sms',
      step: 'reminder',
      state: 'failed',
      reason: 'unknown-subscriber',
      number: 5,
    },
  ],
  waves: days.map((day, i) => ({
    campaign,
    day,
    area: 'Falun',
    bound: 'capacity',
    number: 200,
    free: 820 - 130 * i,
    said: 0,
    live: 70 * i,
    remaining: 950 - 200 * i,
  })),
  bookings: days.map((day, i) => ({
    campaign,
    day,
    madeBy: 'person',
    number: 120 + 15 * i,
    ended: i,
  })),
  searches: [{ campaign, day: days[2]!, number: 12, people: 10 }],
  batches: [
    {
      campaign,
      name: 'covid-19-dose-1-0000001',
      state: 'handed-over',
      letters: 600,
      pages: 640,
      batchSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      pdfSha256: null,
      handedOverAt: new Date('2021-03-08T09:30:00+01:00'),
    },
  ],
}

export const reported: Figures = {
  campaigns: [open],
  clinics: ['Falu vaccinationsmottagning', 'Norrhöjdens vårdcentral'].map((clinic, i) => ({
    clinic,
    area: 'Falun',
    slots: 80,
    capacity: 400,
    booked: 300 + 20 * i,
    above: 2 * i,
    byCampaign: { [campaign]: 285 + i },
  })),
}

const now = new Date('2021-03-15T07:32:00+01:00')
export function reportOf(figures: Figures): Promise<Buffer> {
  const { region: clinics, ...page } = makePage(figures, {
    now,
    title: 'Hur går det för utskicken?',
  })
  return campaignReportPaper({
    ...page,
    clinics,
    region: 'Region Dalarna',
    printedAt: now,
    printedBy: 'anna',
  })
}
