import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { campaignFile, nameOf, town, type Resident, type Town } from '../support/town.ts'

// The older group has begun to book when a younger one is opened on the same times. A couple comes together.
const purpose = 'covid-19/dose-1'
const clinic = 'Dalmottagningen'
const people: Resident[] = Array.from({ length: 60 }, (_, n) => ({
  name: nameOf(n),
  born: `${n < 36 ? 1942 : 1952}-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + Math.floor(n / 12)).padStart(2, '0')}`,
  clinic,
}))
const couple = [people[0]!, people[35]!] as const // the first and the last of the older
for (const one of couple) one.household = 'Bygatan 1'
const due = (p: Resident) => (p.household ? couple[0].born : p.born)
const [older, younger] = [people.slice(0, 36), people.slice(36)]
const queue = {
  purpose,
  people: people.toSorted((a, b) => due(a).localeCompare(due(b))).map((p) => p.name),
  passedBy: new Map<string, string>(),
}
const open = (name: string, year: number, words: string, over: object = {}) =>
  campaignFile({
    name,
    purpose,
    way: 'open',
    cohort: { name: `born-${year}`, rule: { born: { from: year, to: year } } },
    what: { sv: words },
    release: { policy: 'steady' },
    ...over,
  })
const invited = () => new Set(t.messages().map((m) => m.person))
const among = (some: Resident[]) => some.filter((p) => invited().has(p.name)).length

let t: Town
beforeAll(async () => {
  t = await town([{ name: clinic, area: 'falun' }], people)
})
afterAll(() => t.close())

/** Those who have had their letter for four days look for a time, as long as there are any. */
async function residentsBook(): Promise<void> {
  const now = t.s.clock.now().getTime()
  const has = new Set((await t.lists()).map((v) => v.person!.name))
  for (const m of t.messages())
    if (m.says === 'open' && !has.has(m.person) && now - m.leftAt.getTime() > 4 * 86_400_000) {
      has.add(m.person)
      await t.books(m.person, purpose)
    }
}

describe('two groups on one another', () => {
  it('has invited as many of the older as there are places', async () => {
    await t.state([22, 23, 24].map((day) => ({ clinic, at: `2021-03-${day} 09:00`, capacity: 4 })))
    await t.start(open('dos-1-1942', 1942, 'vaccination mot covid-19 för dig som är född 1942'))
    expect(invited().size).toBeGreaterThan(0)
    expect(invited().size).toBeLessThanOrEqual(12)
    expect(among([...couple])).toBe(2)
  })

  it('goes on with the older first when the younger are opened on the same times', async () => {
    await t.goTo('2021-03-09 08:00')
    await t.start(open('dos-1-1952', 1952, 'vaccination mot covid-19 för dig som är född 1952'))
    await t.state([{ clinic, at: '2021-03-29 09:00', capacity: 15 }])
    await t.goTo('2021-03-10 08:00')
    expect(among(older)).toBeLessThanOrEqual(27)
    expect(among(younger)).toBe(0)
    expect(await t.faults([queue])).toEqual([])
  })

  it('comes to the younger when the older have theirs, and everybody finds a time', async () => {
    await t.state([30, 31].map((day) => ({ clinic, at: `2021-03-${day} 09:00`, capacity: 20 })))
    for (const day of ['11', '12', '15', '16', '17', '18', '19', '22', '23', '24']) {
      await t.goTo(`2021-03-${day} 08:00`)
      await residentsBook()
    }
    expect(invited().size).toBe(60)
    expect((await t.lists()).length).toBeGreaterThan(50)
    expect(await t.faults([queue])).toEqual([])
  })
})
