import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { campaignFile, nameOf, town, type Resident, type Town } from '../support/town.ts'

// On a Friday in March 2021 the courier's list is half as long as on Monday. 40 people have a fixed time on paper the week
// after next, ten a day from Monday to Thursday; now there are doses for 20 of them.
const purpose = 'covid-19/dose-1'
const clinic = 'Älvmottagningen'
const people: Resident[] = Array.from({ length: 44 }, (_, n) => ({
  name: nameOf(n),
  born: `1944-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + Math.floor(n / 12)).padStart(2, '0')}`,
  clinic,
  ...(n % 3 === 0 ? { phone: `+467017406${10 + n}` } : {}),
  ...(n % 4 === 1 ? { email: `namn${n}@post.example` } : {}),
}))
const days = [22, 23, 24, 25]
/** The oldest first. */
const queue = {
  purpose,
  people: people.toSorted((a, b) => a.born.localeCompare(b.born)).map((p) => p.name),
  passedBy: new Map<string, string>(),
}

let t: Town
beforeAll(async () => {
  t = await town([{ name: clinic, area: 'falun' }], people)
})
afterAll(() => t.close())

describe("Friday's halved delivery", () => {
  it('finds forty people with a time on paper', async () => {
    await t.state(days.map((day) => ({ clinic, at: `2021-03-${day} 09:00`, capacity: 10 })))
    await t.deliver(days.map((day) => ({ clinic, day: `2021-03-${day}`, doses: 10 })))
    await t.start(
      campaignFile({
        name: 'dos-1',
        purpose,
        way: 'timed',
        cohort: { name: 'born-1944', rule: { born: { from: 1944, to: 1944 } } },
        what: { sv: 'vaccination mot covid-19, dos 1' },
      }),
    )
    expect(t.messages()).toHaveLength(40)
    expect(t.messages()[0]).toMatchObject({ says: 'timed', purpose, channel: 'letter' })
    expect(await t.faults([])).toEqual([])
  })

  it('says at once how many have a time and no dose', async () => {
    await t.goTo('2021-03-19 15:30')
    const { short } = await t.deliver(
      days.map((day) => ({ clinic, day: `2021-03-${day}`, doses: 5 })),
    )
    expect(short).toMatchObject([{ by: 20 }])
    expect(await t.faults([])).toContain(
      `5 people have a time at ${clinic} on 2021-03-22 and no dose.`,
    )
  })

  it('moves those twenty to where there are doses, and some into the queue', async () => {
    await t.state([
      { clinic, at: '2021-03-30 09:00', capacity: 20 },
      { clinic, at: '2021-03-31 09:00', capacity: 20 },
    ])
    await t.deliver([{ clinic, day: '2021-03-30', doses: 12 }])
    const proposed = await t.kallelse<Record<string, number>>(
      ...['reissue', '--clinic', t.hsaId(clinic), '--from', '2021-03-22', '--to', '2021-03-25'],
      ...['--by', 'anna'],
    )
    expect(proposed).toMatchObject({ doseless: 20, kept: 20, moved: 12, queued: 8 })
    const done = await t.kallelse<{ inTime: Record<string, number> }>(
      ...['reissue', 'approve', String(proposed['id']), '--by', 'bertil'],
    )
    const { sms, email, call } = done.inTime as { sms: number; email: number; call: number }
    expect(sms).toBeGreaterThan(0)
    expect(email).toBeGreaterThan(0)
    await t.work()
    expect(await t.callAll()).toBe(call)
    expect(await t.faults([])).toEqual([])
  })

  it('gives the next doses to them first, and what is left to two of the four who have waited all along', async () => {
    await t.goTo('2021-03-24 09:00')
    await t.state([{ clinic, at: '2021-04-08 09:00', capacity: 20 }])
    await t.deliver([{ clinic, day: '2021-04-08', doses: 10 }])
    await t.work()
    expect(await t.lists()).toHaveLength(42)
    expect(await t.faults([queue])).toEqual([])
  })

  it('ends with everybody told, by the last letter, of one time with a dose', async () => {
    const last = new Map(t.messages().map((m) => [m.person, m]))
    expect(last.size).toBe(42)
    expect(await t.faults([queue])).toEqual([])
  })
})
