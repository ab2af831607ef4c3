import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { campaignFile, nameOf, town, type Resident, type Town } from '../support/town.ts'

// A year of two purposes: the first dose in spring, the second six to seven weeks after it, and influenza in autumn. Some
// had the first dose elsewhere.
const [first, second, influenza] = ['covid-19/dose-1', 'covid-19/dose-2', 'influenza/2021']
const clinic = 'Sjömottagningen'
const people: Resident[] = Array.from({ length: 20 }, (_, n) => ({
  name: nameOf(n),
  born: `1948-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + Math.floor(n / 12)).padStart(2, '0')}`,
  clinic,
}))
const cohort = (rule: object = {}) => ({
  name: 'born-1948',
  rule: { born: { from: 1948, to: 1948 }, ...rule },
})
const queue = (purpose: string, passed: string[] = []) => ({
  purpose,
  people: people.toSorted((a, b) => a.born.localeCompare(b.born)).map((p) => p.name),
  passedBy: new Map(passed.map((name) => [name, 'has had it elsewhere'])),
})
const elsewhere = people.slice(0, 3)

let t: Town
beforeAll(async () => {
  t = await town([{ name: clinic, area: 'falun' }], people)
})
afterAll(() => t.close())

describe('a year of two purposes', () => {
  it('gives the first dose to those who have not had it elsewhere', async () => {
    await t.kallelse(
      ...['import', 'doses'],
      t.csv(
        'Personnummer;Datum;Ärende;Vaccin;Plats',
        elsewhere.map((p) => [
          t.identityNumber(p.name),
          '2021-02-22',
          first,
          'comirnaty',
          'Region Gävleborg',
        ]),
      ),
    )
    await t.state([
      { clinic, at: '2021-03-22 09:00', capacity: 10 },
      { clinic, at: '2021-03-23 09:00', capacity: 10 },
    ])
    await t.deliver([{ clinic, day: '2021-03-22', doses: 20, useBy: '2021-03-26' }])
    await t.start(
      campaignFile({
        name: 'dos-1',
        purpose: first,
        way: 'timed',
        cohort: cohort(),
        what: { sv: 'vaccination mot covid-19, dos 1' },
      }),
    )
    expect(await t.lists()).toHaveLength(17)
    expect(
      await t.faults([
        queue(
          first,
          elsewhere.map((p) => p.name),
        ),
      ]),
    ).toEqual([])
  })

  it('writes down who came, and when the second dose is due', async () => {
    await t.kallelse(
      ...['attendance', 'interval', '--vaccine', 'comirnaty', '--dose', first],
      ...['--next', second, '--from', '2021-03-01', '--days', '42-49', '--by', 'anna'],
    )
    await t.goTo('2021-03-23 17:00')
    for (const { appointmentId } of await t.lists())
      await t.kallelse(
        ...['attendance', 'record', String(appointmentId), 'attended'],
        ...['--vaccine', 'comirnaty', '--by', 'mottagningen'],
      )
    expect(await t.kallelse('attendance', 'next-dose', first)).toMatchObject({ planned: 20 })
  })

  it('gives the second dose within the interval, not sooner, also to those who had the first elsewhere', async () => {
    await t.goTo('2021-03-24 08:00')
    await t.state(
      [12, 19, 20, 26].map((day) => ({
        clinic,
        at: `2021-04-${day} 09:00`,
        capacity: 10,
      })),
    )
    await t.state(
      [3, 4, 5, 6].map((day) => ({
        clinic,
        at: `2021-05-0${day} 09:00`,
        capacity: 10,
      })),
    )
    await t.deliver([
      { clinic, day: '2021-04-12', doses: 6, useBy: '2021-04-30' },
      { clinic, day: '2021-05-03', doses: 17 },
    ])
    await t.start(
      campaignFile({
        name: 'dos-2',
        purpose: second,
        way: 'timed',
        cohort: cohort({ given: first }),
        what: { sv: 'vaccination mot covid-19, dos 2' },
        channels: [
          {
            route: 'post',
            needs: ['address'],
            steps: [{ step: 'invitation', channel: 'letter', template: 'second-dose' }],
          },
        ],
      }),
    )
    const had = new Map(
      (await t.lists()).filter((v) => v.what.endsWith('dos 1')).map((v) => [v.person!.name, v]),
    )
    const given = (await t.lists()).filter((v) => v.what.endsWith('dos 2'))
    expect(given).toHaveLength(20)
    for (const { person, startsAt } of given) {
      const before = had.get(person!.name)?.startsAt ?? new Date('2021-02-22T09:00:00+01:00')
      const days = Math.round((+startsAt - +before) / 86_400_000)
      expect(days).toBeGreaterThanOrEqual(42)
      expect(days).toBeLessThanOrEqual(49)
    }
    expect(
      await t.faults([
        queue(
          first,
          elsewhere.map((p) => p.name),
        ),
      ]),
    ).toEqual([])
  })

  it('invites the same people to influenza in autumn, each once', async () => {
    await t.goTo('2021-11-01 08:00')
    await t.state([
      { clinic, at: '2021-11-15 09:00', capacity: 12 },
      { clinic, at: '2021-11-16 09:00', capacity: 8 },
    ])
    await t.deliver([{ clinic, day: '2021-11-15', doses: 20 }])
    await t.start(
      campaignFile({
        name: 'influensa',
        purpose: influenza,
        way: 'timed',
        cohort: cohort(),
        what: { sv: 'vaccination mot influensa' },
      }),
    )
    expect(t.messages()).toHaveLength(17 + 20 + 20)
    expect(
      await t.faults([
        queue(
          first,
          elsewhere.map((p) => p.name),
        ),
        queue(influenza),
      ]),
    ).toEqual([])
  })
})
