import { campaignReportPaper } from '../../src/documents/campaign-report.ts'
import { makePage } from '../../src/reports/page.ts'
import { dayOf } from '../../src/people/dates.ts'
import { shownCoverage, type GoalCoverage } from '../../src/reports/goals/coverage.ts'
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

const on = '2021-03-15'
const part = (key: string | null, members: number, covered: number, recent: number) => ({
  key,
  members,
  covered,
  recent,
})

/** 18 of 80 per cent, of 65 and older; with parts that are too small to be shown. */
const over65: GoalCoverage = shownCoverage(
  {
    name: 'over-65',
    purpose: 'covid-19/dose-1',
    purposeName: 'Vaccination mot covid-19, dos 1',
    who: 'Alla som är 65 år eller äldre',
    share: 0.8,
    by: '2021-05-16',
  },
  {
    total: { members: 1000, covered: 180, recent: 168 },
    first: '2021-02-20',
    by: {
      area: [
        part('Falun', 600, 140, 132),
        part('Mora', 300, 36, 34),
        part('Älvdalen', 97, 3, 2),
        part(null, 3, 1, 0),
      ],
      age: [part('65', 400, 20, 18), part('75', 600, 160, 150)],
      sex: [part('female', 540, 100, 90), part('male', 460, 80, 78)],
      language: [part('sv', 900, 170, 158), part('sv-simple', 60, 6, 6), part('ar', 40, 4, 4)],
      group: [part('personal-ambulans', 45, 40, 12)],
    },
    days: Array.from({ length: 19 }, (_, i) => ({
      day: dayOf(new Date(Date.UTC(2021, 1, 20 + i, 12))),
      covered: Math.ceil((180 * (i + 1) ** 2) / 361),
    })),
  },
  on,
)

export const reported: Figures = {
  campaigns: [open],
  goals: [over65],
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
