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

/** The papers whose pages are kept as pictures in pages/. */
export const samples: Record<string, () => Promise<Buffer>> = {
  'day-list': () => dayListOf(visitors(11)),
  'day-list-empty': () => dayListOf([]),
}
