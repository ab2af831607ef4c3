import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { campaignFile, nameOf, town, type Resident, type Town } from '../support/town.ts'

// A nurse is ill: on Thursday a clinic says that Monday's morning is lost. Some of its people have a mobile, some an
// e-mail address, some only a letterbox that no letter reaches in time.
const purpose = 'influenza/2021'
const [bridge, hill] = ['Bromottagningen', 'Kullmottagningen']
const people: Resident[] = Array.from({ length: 24 }, (_, n) => ({
  name: nameOf(n),
  born: `1950-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + Math.floor(n / 12)).padStart(2, '0')}`,
  clinic: n < 18 ? bridge : hill,
  ...(n % 3 === 0 ? { phone: `+467017406${20 + n}` } : {}),
  ...(n % 3 === 1 ? { email: `namn${n}@post.example` } : {}),
}))
const hours = ['08:00', '09:00', '10:00', '13:00', '14:00', '15:00']
const monday = (clinic: string, capacity: number, of = hours) =>
  of.map((hour) => ({ clinic, at: `2021-03-22 ${hour}`, capacity }))

let t: Town
beforeAll(async () => {
  t = await town(
    [
      { name: bridge, area: 'falun' },
      { name: hill, area: 'falun' },
    ],
    people,
  )
})
afterAll(() => t.close())

describe('a clinic that loses a morning', () => {
  it('has told everybody of a time on Monday', async () => {
    await t.state([...monday(bridge, 3), ...monday(hill, 1)])
    await t.start(
      campaignFile({
        name: 'influensa',
        purpose,
        way: 'timed',
        cohort: { name: 'born-1950', rule: { born: { from: 1950, to: 1950 } } },
        what: { sv: 'vaccination mot influensa' },
      }),
    )
    expect(await t.lists()).toHaveLength(24)
    expect(await t.faults([])).toEqual([])
  })

  it('gives those of the morning other times, in the afternoon, at the other clinic or the week after', async () => {
    await t.goTo('2021-03-18 10:00') // a letter of today comes on Tuesday
    await t.state([
      ...monday(hill, 3, ['16:00']),
      { clinic: bridge, at: '2021-03-29 09:00', capacity: 4 },
    ])
    const proposed = await t.kallelse<{ id: number; moved: number; queued: number }>(
      ...['reissue', '--clinic', t.hsaId(bridge), '--from', '2021-03-22', '--to', '2021-03-22'],
      ...['--slots', t.slotsFile(monday(bridge, 0, ['08:00', '09:00', '10:00'])), '--by', 'anna'],
    )
    expect([proposed.moved, proposed.queued]).toEqual([4, 5]) // nobody without a letter in time comes at 16 already
    const { inTime } = await t.kallelse<{ inTime: Record<'sms' | 'email' | 'call', number> }>(
      ...['reissue', 'approve', String(proposed.id), '--by', 'bertil'],
    )
    await t.work()
    expect(inTime.sms + inTime.email + inTime.call).toBe(9)
    expect(inTime.call).toBeGreaterThan(0)
    expect(await t.callAll()).toBe(inTime.call)
    expect(await t.faults([])).toEqual([])
  })

  it('finds a time for the rest when the clinic has an evening to give', async () => {
    await t.goTo('2021-03-19 08:00')
    await t.state([{ clinic: bridge, at: '2021-03-30 17:00', capacity: 9 }])
    await t.work()
    expect(await t.lists()).toHaveLength(24)
    expect(
      await t.faults([{ purpose, people: people.map((p) => p.name), passedBy: new Map() }]),
    ).toEqual([])
  })
})
