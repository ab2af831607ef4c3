import { describe, expect, it } from '@jest/globals'
import { dayLine, type DayFacts } from '../../../src/release/model/day-line.ts'
import { saidByArea, saidDays } from '../../../src/release/model/said.ts'

const march = (day: number) => `2021-03-${String(day).padStart(2, '0')}`
/** Monday 15 to Friday 19 March, ten places a day. */
const week = [15, 16, 17, 18, 19].map((day) => ({ day: march(day), places: 10 }))
const said = { area: 'falun', week, doses: null, until: '2021-03-31' }

describe('what is said of days that nobody has planned', () => {
  it('repeats the last known week by weekday, from the day after it until the day that was said', () =>
    expect(saidDays(said, march(8))).toEqual(
      [22, 23, 24, 25, 26, 29, 30, 31].map((day) => ({ day: march(day), places: 10 })),
    ))

  it('begins tomorrow when the last known week has passed', () =>
    expect(saidDays(said, march(29)).map(({ day }) => day)).toEqual([march(30), march(31)]))

  it('leaves out public holidays, and keeps a clinic’s Saturdays', () => {
    const withSaturday = [...week, { day: march(20), places: 4 }]
    const days = saidDays({ week: withSaturday, doses: null, until: '2021-04-10' }, march(27))
    expect(days.map(({ day }) => day)).toEqual([
      march(29),
      march(30),
      march(31),
      '2021-04-01', // Good Friday is the day after, Easter Monday the 5th
      '2021-04-03',
      '2021-04-06',
      '2021-04-07',
      '2021-04-08',
      '2021-04-09',
      '2021-04-10',
    ])
    expect(days.find(({ day }) => day === '2021-04-03')).toEqual({ day: '2021-04-03', places: 4 })
  })

  it('gives a week no more than the doses of a week', () =>
    expect(saidDays({ ...said, doses: 25, until: march(26) }, march(8))).toEqual([
      { day: march(22), places: 10 },
      { day: march(23), places: 10 },
      { day: march(24), places: 5 },
    ]))

  it('adds clinics up by area, four weeks ahead at most and within the campaign’s days', () => {
    const other = { ...said, week: week.slice(0, 1), until: '2021-06-01' }
    expect(
      saidByArea([said, other, { ...said, area: 'mora' }], march(8), { to: march(23) }),
    ).toEqual(
      new Map([
        ['falun', { [march(22)]: 20, [march(23)]: 10 }],
        ['mora', { [march(22)]: 10, [march(23)]: 10 }],
      ]),
    )
    const far = saidByArea([{ ...said, until: '2021-06-01' }], march(8), {}).get('falun') ?? {}
    expect(Object.keys(far).at(-1)).toBe('2021-04-01')
  })
})

describe('the line of a day', () => {
  const facts = (others: number): DayFacts => ({
    date: march(8),
    policy: 'steady',
    resumed: false,
    postDays: 3,
    phone: {},
    areas: [{ area: 'falun', remaining: 100, waiting: 0, displaced: 0, others }],
    places: new Map([
      [
        'falun',
        {
          free: { [march(15)]: 10 },
          planned: { [march(16)]: { expected: 5, publishedOn: march(12) } },
        },
      ],
    ]),
    said: new Map([['falun', { [march(22)]: 10, [march(23)]: 10 }]]),
    events: [],
    sent: [],
  })
  const told = (others: number) => {
    const { free, planned, said: more } = dayLine(facts(others)).areas[0]!
    return [free, planned, more]
  }

  it('has what is said beside what is free and planned', () =>
    expect(told(0)).toEqual([
      { [march(15)]: 10 },
      { [march(16)]: { expected: 5, publishedOn: march(12) } },
      { [march(22)]: 10, [march(23)]: 10 },
    ]))

  it('promises no place that another campaign’s letter counts on: free ones go first, said ones last', () => {
    expect(told(12)).toEqual([
      { [march(15)]: 0 },
      { [march(16)]: { expected: 3, publishedOn: march(12) } },
      { [march(22)]: 10, [march(23)]: 10 },
    ])
    expect(told(27)[2]).toEqual({ [march(22)]: 0, [march(23)]: 8 })
  })
})
