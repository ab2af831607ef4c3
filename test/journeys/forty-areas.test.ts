import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { campaignFile, nameOf, town, type Resident, type Town } from '../support/town.ts'

// A region of forty small areas: each has a clinic and ten to sixty places; in the smallest live more people than that.
// There is nothing to learn from in an area so small, and nobody shall look for a time in vain.
const purpose = 'covid-19/dose-1'
const clinics = Array.from({ length: 40 }, (_, n) => ({
  name: `Mottagning ${letters(n)}`,
  area: `by-${n}`,
}))
/** On each of two days. */
const placesOf = (n: number) => 5 + Math.round((n * 25) / 39)
const peopleOf = (n: number) => (n < 6 ? 2 * placesOf(n) + 3 : 8)
const people: Resident[] = clinics
  .flatMap(({ name }, n) => Array.from({ length: peopleOf(n) }, (_, i) => ({ clinic: name, i })))
  .map(({ clinic }, n) => ({
    name: nameOf(n),
    born: new Date(Date.UTC(1945, 0, 1) + n * 86_400_000).toISOString().slice(0, 10),
    clinic,
  }))

function letters(n: number): string {
  return `${String.fromCharCode(65 + (n % 20))}${'aeiouåäö'[Math.floor(n / 20)]}n`
}

let t: Town
beforeAll(async () => {
  t = await town(clinics, people)
})
afterAll(() => t.close())

describe('a region with forty small areas', () => {
  it('never has more letters out than places, whatever the area', async () => {
    await t.state(
      clinics.flatMap(({ name }, n) =>
        [22, 24].map((day) => ({
          clinic: name,
          at: `2021-03-${day} 09:00`,
          capacity: placesOf(n),
        })),
      ),
    )
    await t.start(
      campaignFile({
        name: 'dos-1',
        purpose,
        way: 'open',
        release: { policy: 'steady' }, // as campaigns have that say nothing of it
        cohort: { name: 'old', rule: { born: { from: 1940, to: 1950 } } },
        what: { sv: 'vaccination mot covid-19, dos 1' },
      }),
    )
    const sent = Map.groupBy(t.messages(), (m) => people.find((p) => p.name === m.person)!.clinic)
    for (const [n, { name }] of clinics.entries()) {
      const out = sent.get(name)?.length ?? 0
      expect(out).toBeGreaterThan(0)
      expect(out).toBeLessThanOrEqual(Math.min(2 * placesOf(n), peopleOf(n)))
    }
  })

  it('lets everybody who looks find a time', async () => {
    for (const day of ['09', '10', '11', '12']) await t.goTo(`2021-03-${day} 09:00`)
    let vain = 0
    for (const { person } of t.messages().filter((m) => m.says === 'open'))
      if (!(await t.books(person, purpose))) vain++
    expect(vain).toBe(0)
    expect(
      await t.faults(
        clinics.map(({ name }) => ({
          purpose,
          people: people.filter((p) => p.clinic === name).map((p) => p.name),
          passedBy: new Map(),
        })),
      ),
    ).toEqual([])
  })
})
