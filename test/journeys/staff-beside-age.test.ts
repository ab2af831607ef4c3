import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { campaignFile, nameOf, town, type Resident, type Town } from '../support/town.ts'

// The ambulance staff get the same vaccine as those born 1946, on the same days at the same clinic, and some are both.
const purpose = 'covid-19/dose-1'
const clinic = 'Strandmottagningen'
const people: Resident[] = Array.from({ length: 30 }, (_, n) => ({
  name: nameOf(n),
  born: `${n < 18 ? 1946 : 1980}-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + Math.floor(n / 12)).padStart(2, '0')}`,
  clinic,
}))
const old = people.filter((p) => p.born.startsWith('1946'))
const staff = people.slice(14, 24) // four of them are born 1946
const byAge = (all: Resident[]) =>
  all.toSorted((a, b) => a.born.localeCompare(b.born)).map((p) => p.name)

let t: Town
beforeAll(async () => {
  t = await town([{ name: clinic, area: 'falun' }], people)
})
afterAll(() => t.close())

describe('a staff group beside an age group', () => {
  it('is a list that somebody answers for', async () => {
    expect(
      await t.kallelse(
        ...['import', 'group', 'personal-ambulans'],
        t.csv(
          'Personnummer;Från;Till',
          staff.map((p) => [t.identityNumber(p.name), '2021-01-15', '']),
        ),
        ...['--answers', 'Ambulanssjukvården'],
      ),
    ).toMatchObject({ new: 10, rejected: 0 })
  })

  it('gives the staff their times first, and the age group what is left of the doses', async () => {
    await t.state([
      { clinic, at: '2021-03-22 09:00', capacity: 12 },
      { clinic, at: '2021-03-23 09:00', capacity: 12 },
    ])
    await t.deliver([
      { clinic, day: '2021-03-22', doses: 10, useBy: '2021-03-22' },
      { clinic, day: '2021-03-23', doses: 8 },
    ])
    await t.start(
      campaignFile({
        name: 'dos-1-ambulans',
        purpose,
        way: 'timed',
        cohort: { name: 'ambulans', rule: { group: 'personal-ambulans' } },
        what: { sv: 'vaccination mot covid-19 för vårdpersonal' },
      }),
    )
    await t.start(
      campaignFile({
        name: 'dos-1-1946',
        purpose,
        way: 'timed',
        cohort: { name: 'born-1946', rule: { born: { from: 1946, to: 1946 } } },
        what: { sv: 'vaccination mot covid-19, dos 1' },
      }),
    )
    const had = new Set((await t.lists()).map((v) => v.person!.name))
    expect(staff.filter((p) => had.has(p.name))).toHaveLength(10)
    expect(had.size).toBe(18)
    expect(await t.faults([{ purpose, people: byAge(staff), passedBy: new Map() }])).toEqual([])
  })

  it('gives the rest of the age group theirs with the next doses, once each, the oldest first', async () => {
    await t.goTo('2021-03-10 08:00')
    await t.state([{ clinic, at: '2021-03-29 09:00', capacity: 12 }])
    await t.deliver([{ clinic, day: '2021-03-29', doses: 3 }])
    await t.goTo('2021-03-11 08:00')
    await t.deliver([{ clinic, day: '2021-03-29', doses: 6 }])
    await t.goTo('2021-03-12 08:00')
    expect(await t.lists()).toHaveLength(24)
    const others = old.filter((p) => !staff.includes(p))
    expect(
      await t.faults([
        { purpose, people: byAge(staff), passedBy: new Map() },
        { purpose, people: byAge(others), passedBy: new Map() },
      ]),
    ).toEqual([])
  })
})
