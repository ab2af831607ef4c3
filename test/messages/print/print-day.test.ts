import { describe, expect, it } from '@jest/globals'
import {
  gramsOf,
  printDayAfter,
  printDayAt,
  roomOn,
  shouldHaveLeft,
  toAnnounce,
} from '../../../src/messages/print/print-day.ts'

const at = (time: string) => new Date(time)
const cutOff = '17:30'

describe('the working day that a batch is printed', () => {
  it.each([
    ['2021-03-09T09:00:00+01:00', '2021-03-09', 'a Tuesday morning'],
    ['2021-03-09T17:30:59+01:00', '2021-03-09', 'the last minute'],
    ['2021-03-09T17:31:00+01:00', '2021-03-10', 'after the cut-off'],
    ['2021-03-12T18:00:00+01:00', '2021-03-15', 'Friday evening'],
    ['2021-03-13T09:00:00+01:00', '2021-03-15', 'a Saturday'],
    [
      '2021-04-01T18:00:00+02:00',
      '2021-04-06',
      'the evening before Good Friday: after Easter Monday',
    ],
    ['2021-06-24T18:00:00+02:00', '2021-06-28', 'the evening before Midsummer Eve'],
    ['2021-12-23T18:00:00+01:00', '2021-12-27', 'the evening before Christmas Eve'],
    ['2021-03-28T00:30:00+01:00', '2021-03-29', 'the night when the clock changes'],
  ])('%s is %s: %s', (now, day) => {
    expect(printDayAt(at(now), { cutOff })).toBe(day)
  })

  it('is followed by the next working day', () => {
    expect(printDayAfter('2021-04-30')).toBe('2021-05-03')
  })
})

describe('the room that a day has left', () => {
  const day = { day: '2021-03-10', letters: 400, expectedLetters: null, announcedAt: null }
  const told = { ...day, expectedLetters: 12_500, announcedAt: at('2021-03-09T08:00:00+01:00') }
  it.each([
    ['no limits', day, { cutOff, capacity: undefined, unannounced: undefined }, Infinity],
    ['the capacity', day, { cutOff, capacity: 1000, unannounced: undefined }, 600],
    ['what comes unannounced', day, { cutOff, capacity: undefined, unannounced: 5000 }, 4600],
    [
      'what was announced the day before',
      told,
      { cutOff, capacity: undefined, unannounced: 5000 },
      12_100,
    ],
    [
      'never above the capacity, whatever was announced',
      told,
      { cutOff, capacity: 8000, unannounced: 5000 },
      7600,
    ],
    [
      'told the same day is not told ahead',
      { ...told, announcedAt: at('2021-03-10T06:00:00+01:00') },
      { cutOff, capacity: undefined, unannounced: 5000 },
      4600,
    ],
    [
      'a capacity that was lowered below what is given',
      day,
      { cutOff, capacity: 300, unannounced: undefined },
      0,
    ],
  ])('%s', (_what, given, schedule, room) => {
    expect(roomOn(given, schedule)).toBe(room)
  })

  it.each([
    [17_500, 12_900],
    [9600, undefined],
    [9601, 5001],
    [100, undefined],
  ])(
    'with %i letters waiting the supplier is told to expect %s the next day',
    (waiting, expected) => {
      expect(toAnnounce(day, waiting, { cutOff, capacity: undefined, unannounced: 5000 })).toBe(
        expected,
      )
    },
  )

  it('promises no more than the supplier can print', () => {
    expect(toAnnounce(day, 17_500, { cutOff, capacity: 6000, unannounced: 5000 })).toBe(6000)
    expect(
      toAnnounce(day, 17_500, { cutOff, capacity: undefined, unannounced: undefined }),
    ).toBeUndefined()
  })
})

describe('postage', () => {
  it.each([
    [1, 50],
    [2, 50],
    [16, 50],
    [18, 100],
    [36, 100],
    [38, 250],
  ])('a letter of %i pages falls in the step of %i g', (pages, grams) => {
    expect(gramsOf(pages)).toBe(grams)
  })
})

describe('letters that should have left', () => {
  it.each([
    ['2021-03-10T08:00:00+01:00', '2021-03-09T17:30:00+01:00'],
    ['2021-03-15T08:00:00+01:00', '2021-03-12T17:30:00+01:00'],
    ['2021-04-06T08:00:00+02:00', '2021-04-01T17:30:00+02:00'],
  ])('on %s are those due by %s', (now, due) => {
    expect(shouldHaveLeft(at(now), { cutOff })).toEqual(at(due))
  })
})
