import { describe, expect, it } from '@jest/globals'
import {
  arrivalDay,
  firstTimeAllowed,
  firstTimes,
  toldBy,
} from '../../src/release/model/arrival.ts'
import { formatDay } from '../../src/release/model/calendar.ts'

const at = (time: string) => new Date(time)
const five = { letter: 5, sms: 5, email: 5 }

describe('a letter arrives', () => {
  it.each([
    ['posted on a Monday, three days in the post', '2021-03-08T07:00+01:00', 3, '2021-03-11'],
    ['over a weekend', '2021-03-11T07:00+01:00', 3, '2021-03-16'],
    ['handed over on a Saturday: printed on Monday', '2021-03-13T07:00+01:00', 3, '2021-03-18'],
    ['over Easter: neither Friday nor Monday counts', '2021-04-01T07:00+02:00', 2, '2021-04-07'],
    ['over Christmas', '2021-12-23T07:00+01:00', 2, '2021-12-28'],
    [
      'the day it is handed over, when the post takes none',
      '2021-03-08T07:00+01:00',
      0,
      '2021-03-08',
    ],
  ])('%s', (_, sent, postDays, arrives) => {
    expect(formatDay(arrivalDay(at(sent), 'letter', { postDays }))).toBe(arrives)
  })

  it('a day later when it is handed over after the cut-off', () => {
    const friday = at('2021-03-12T15:01+01:00')
    expect(formatDay(arrivalDay(friday, 'letter', { postDays: 1 }, '15:00'))).toBe('2021-03-16')
    expect(formatDay(arrivalDay(friday, 'letter', { postDays: 1 }))).toBe('2021-03-15')
  })

  it('an SMS the same day, on Sundays too', () => {
    expect(formatDay(arrivalDay(at('2021-03-14T12:00+01:00'), 'sms', { postDays: 3 }))).toBe(
      '2021-03-14',
    )
  })
})

describe('the first time that may be given', () => {
  it('is so many working days after the arrival as the least notice says', () => {
    const terms = { postDays: 3, leastNotice: five }
    // posted on Monday, there on Thursday: the fifth working day after is the next Thursday
    expect(firstTimeAllowed(at('2021-03-08T07:00+01:00'), 'letter', terms)).toEqual(
      at('2021-03-18T00:00+01:00'),
    )
    expect(firstTimeAllowed(at('2021-03-08T07:00+01:00'), 'sms', terms)).toEqual(
      at('2021-03-15T00:00+01:00'),
    )
  })

  it('counts no holidays', () => {
    expect(
      firstTimeAllowed(at('2021-03-29T07:00+02:00'), 'sms', { postDays: 3, leastNotice: five }),
    ).toEqual(at('2021-04-07T00:00+02:00'))
  })

  it('is never before somebody can know of it, without a notice too', () => {
    const none = { postDays: 3 }
    expect(firstTimeAllowed(at('2021-03-08T07:00+01:00'), 'letter', none)).toEqual(
      at('2021-03-12T00:00+01:00'),
    )
    expect(firstTimeAllowed(at('2021-03-08T07:00+01:00'), 'sms', none)).toEqual(
      at('2021-03-08T08:00+01:00'),
    )
    expect(toldBy(at('2021-03-08T07:00+01:00'), 'letter', none)).toEqual(
      at('2021-03-12T00:00+01:00'),
    )
  })

  it('is that of the first message of each route', () => {
    const step = { step: 'invitation', after: 0 }
    const first = firstTimes(
      {
        postDays: 3,
        leastNotice: { letter: 5, sms: 2, email: 2 },
        channels: [
          {
            route: 'both',
            steps: [
              { ...step, channel: 'letter' },
              { ...step, channel: 'sms' },
            ],
          },
          { route: 'post', steps: [{ ...step, channel: 'letter' }] },
          { route: 'none', steps: [{ step: 'reminder', after: 0, channel: 'sms' }] },
        ],
      },
      at('2021-03-08T07:00+01:00'),
    )
    expect(first).toEqual([
      { route: 'both', earliest: at('2021-03-10T00:00+01:00') },
      { route: 'post', earliest: at('2021-03-18T00:00+01:00') },
    ])
  })
})
