import { callListPaper, type CallListRow } from '../../src/documents/call-list.ts'
import { deliveryNotePaper } from '../../src/documents/delivery-note.ts'
import {
  doctorsWorklistPaper,
  municipalWorklistPaper,
  type MunicipalVisit,
} from '../../src/documents/municipal-worklist.ts'
import { protectedListPaper, type ProtectedPerson } from '../../src/documents/protected-list.ts'
import { posterPaper } from '../../src/documents/poster.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { sampleFacts } from '../texts/sample-facts.ts'
import { reported, reportOf } from './report-sample.ts'
import { evidenceExtractPaper } from '../../src/documents/evidence-extract.ts'
import { dayListPaper, type DayListVisitor } from '../../src/documents/day-list.ts'

/** Everybody is invented; the identity numbers are from Skatteverket's for tests. */
const imprint = {
  region: 'Region Dalarna',
  printedAt: new Date('2021-03-15T07:32:00+01:00'),
  printedBy: 'anna',
}
const at = (hour: number, minute: number) => new Date(Date.UTC(2021, 2, 15, hour - 1, minute))

export const people = [
  { name: 'Anna Ek', identityNumber: '194402299806', language: 'sv', needs: [] },
  { name: 'Bo Östlund', identityNumber: '194108239808', language: 'sv', needs: ['wheelchair'] },
  {
    name: 'Maj-Britt Söderström-Holmqvist af Klintberg',
    identityNumber: '194309289805',
    language: 'sv-simple',
    needs: [],
  },
  {
    name: 'Łukasz Żółć',
    identityNumber: '194510169800',
    language: 'pl',
    needs: ['interpreter', 'anaphylaxis'],
  },
  { name: 'Þórbjörg Æsa', identityNumber: '194212249809', language: 'sv', needs: [] },
]

/** @param count how many, two every ten minutes from eight */
export const visitors = (count: number): DayListVisitor[] =>
  Array.from({ length: count }, (_, i) => ({
    startsAt: at(8, Math.floor(i / 2) * 10),
    state: i === 0 ? 'attended' : 'booked',
    reply: i % 4 === 1 ? 'confirmed' : i === 2 ? 'wants-to-cancel' : null,
    what: 'vaccination mot covid-19, dos 1',
    person: i === 5 ? null : people[i % people.length]!,
  }))

const dayList = { ...imprint, clinic: 'Falu vaccinationsmottagning', day: at(12, 0) }
export const dayListOf = (all: DayListVisitor[]) => dayListPaper({ ...dayList, visitors: all })

/** @param count how many; every fifth has no phone */
export const calls = (count: number): CallListRow[] =>
  Array.from({ length: count }, (_, i) => ({
    id: 17 + i,
    name: people[i % people.length]!.name,
    phone: i % 5 === 4 ? null : `+4684650040${i % 10}`,
    language: people[i % people.length]!.language,
    why: i % 3 === 2 ? 'marked' : 'no-reachable-channel',
    tries: i % 3,
    nextTry: at(9, 0),
  }))
export const callListOf = (all: CallListRow[]) =>
  callListPaper({ ...imprint, clinic: 'Falu vaccinationsmottagning', calls: all })

export const visits = (count: number): MunicipalVisit[] =>
  Array.from({ length: count }, (_, i) => ({
    row: 101 + i,
    name: people[i % people.length]!.name,
    identityNumber: people[i % people.length]!.identityNumber,
    street: i === 3 ? null : `Exempelgatan ${i + 1}`,
    postcode: i === 3 ? null : '79131',
    town: i === 3 ? null : 'Falun',
    phone: `+4684650040${i % 10}`,
    needs: [['home-care'], ['sabo', 'wheelchair'], ['lss'], ['home-care', 'anaphylaxis']][i % 4]!,
    state: i % 2 === 0 ? 'ordinated' : 'asked',
    visitFrom: i < 3 ? '2021-03-29' : '2021-04-06',
    ordinatedBy: i % 2 === 0 ? 'Dr Exempel' : null,
    purpose: 'Vaccination mot covid-19, dos 1',
    campaign: 'covid-19-dose-1',
    listedAt: i % 3 === 0 ? null : 'Falu hälsocentral',
  }))
export const municipalListOf = (all: MunicipalVisit[]) =>
  municipalWorklistPaper({ ...imprint, municipality: '2080', visits: all })

export const doctorsListOf = (all: MunicipalVisit[]) =>
  doctorsWorklistPaper({ ...imprint, visits: all })

export const guarded: ProtectedPerson[] = [
  { identityNumber: '194402299806', protection: 'sekretessmarkering', municipality: '2080' },
  { identityNumber: '194108239808', protection: 'sekretessmarkering', municipality: '2062' },
  { identityNumber: '194309289805', protection: 'skyddad-folkbokforing', municipality: null },
]
export const protectedListOf = (all: ProtectedPerson[]) =>
  protectedListPaper({ ...imprint, campaign: 'covid-19-dose-1', people: all })

export const deliveryNote = () =>
  deliveryNotePaper({
    ...imprint,
    batch: 'covid-19-dose-1-0000001',
    campaign: 'covid-19-dose-1',
    letters: 1000,
    pages: 1214,
    postage: 'first',
    grams: 50,
    pdfSha256: '3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8551',
    lettersSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    sealedAt: at(7, 4),
    handedOverAt: at(7, 10),
    printDay: '2021-03-15',
  })

const texts = await loadTexts()
export const posterOf = (language: string, paper: 'a4' | 'a3') =>
  posterPaper({
    ...imprint,
    paper,
    tone: 'warning',
    page: texts.page({ template: 'fraud-warning', language, facts: sampleFacts }),
    phone: '08-465 004 00',
    address: 'https://kallelse.regiondalarna.example/meddelanden/bluffsamtal',
  })

const message = {
  when: '8 mars 2021 kl. 9.30',
  step: 'kallelse',
  channel: 'SMS',
  state: 'levererat 8 mars 2021 kl. 9.31',
  recipient: '+46846500400',
  purpose: 'covid-19/dose-1',
  campaign: 'covid-19-dose-1',
  template: 'invitation-open',
  language: 'sv',
  version: '1',
  approved: 'Anna Exempel (5 mars 2021 kl. 8.00)',
  receipts: ['delivered 8 mars 2021 kl. 9.31'],
  text: 'RegDalarna → +46846500400\n\nBoka tid för vaccination: ring 08-465 004 00.',
  direction: 'ltr' as const,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  intact: true,
  file: { name: '0b54b0a2.json', type: 'application/json', bytes: Buffer.from('{}') },
}
export const extract = () =>
  evidenceExtractPaper({
    ...imprint,
    phone: '08-465 004 00',
    messages: [
      message,
      { ...message, language: 'ar', text: 'احجز', direction: 'rtl', intact: false, file: null },
    ],
    accesses: [
      {
        time: '9 mars 2021 kl. 10.02',
        unit: 'Smittskydd',
        actor: 'karin',
        action: 'gjorde ett utdrag till personen',
      },
    ],
  })

/** The papers whose pages are kept as pictures in pages/. */
export const samples: Record<string, () => Promise<Buffer>> = {
  'day-list': () => dayListOf(visitors(11)),
  'day-list-empty': () => dayListOf([]),
  'call-list': () => callListOf(calls(5)),
  'call-list-empty': () => callListOf([]),
  'municipal-worklist': () => municipalListOf(visits(5)),
  'municipal-worklist-empty': () => municipalListOf([]),
  'doctors-worklist': () => doctorsListOf(visits(4)),
  'protected-list': () => protectedListOf(guarded),
  'protected-list-empty': () => protectedListOf([]),
  'delivery-note': deliveryNote,
  'evidence-extract': extract,
  'poster-sv': () => posterOf('sv', 'a4'),
  'poster-sv-a3': () => posterOf('sv', 'a3'),
  'poster-en': () => posterOf('en', 'a4'),
  'campaign-report': () => reportOf(reported),
  'campaign-report-empty': () => reportOf({ campaigns: [], clinics: [], goals: [] }),
}
