import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  addWorkingDays,
  easterSunday,
  formatDay,
  isWorkingDay,
  parseDay,
  weekday,
} from '../../../src/release/model/calendar.ts'

describe('calendar', () => {
  // Dates from Almanackan (Uppsala) for these years.
  it.each([
    [2000, '2000-04-23'],
    [2008, '2008-03-23'],
    [2011, '2011-04-24'],
    [2021, '2021-04-04'],
    [2024, '2024-03-31'],
    [2038, '2038-04-25'],
  ])('finds Easter %i', (year, date) => expect(formatDay(easterSunday(year))).toBe(date))

  it.each([
    ['2021-04-02', 'Good Friday'],
    ['2021-04-05', 'Easter Monday'],
    ['2021-05-13', 'Ascension Day'],
    ['2021-06-25', 'Midsummer Eve'],
    ['2022-06-06', 'National Day, Whit Monday is none'],
    ['2022-01-06', 'Epiphany'],
    ['2021-12-24', 'Christmas Eve'],
    ['2021-12-31', 'New Year’s Eve'],
  ])('%s is no working day (%s)', (date) => expect(isWorkingDay(parseDay(date))).toBe(false))

  it.each([['2021-04-01'], ['2021-05-24'], ['2021-05-14'], ['2021-11-01']])(
    '%s is a working day',
    (date) => expect(isWorkingDay(parseDay(date))).toBe(true),
  )

  it('knows weekdays', () => {
    expect(weekday(parseDay('2021-03-10'))).toBe(3)
    expect(weekday(parseDay('2021-03-14'))).toBe(7)
    expect(weekday(parseDay('1969-12-31'))).toBe(3)
  })

  it.each(['2021-02-29', '2021-13-01', '2021-1-01', '', '2021-03-10T00:00'])('refuses %p', (text) =>
    expect(parseDay(text)).toBeNaN(),
  )

  it('reads back every day it writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -20_000, max: 60_000 }),
        (day) => parseDay(formatDay(day)) === day,
      ),
    )
  })

  it('passes over Easter', () =>
    expect(formatDay(addWorkingDays(parseDay('2021-04-01'), 2))).toBe('2021-04-07'))
})
