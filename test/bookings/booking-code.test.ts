import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readBirthDate, readBookingCode } from '../../src/bookings/booking-code.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const code = fc
  .array(fc.constantFrom(...alphabet), { minLength: 8, maxLength: 8 })
  .map((signs) => signs.join(''))

describe('a booking code as people type it', () => {
  it('is understood in lower case, with blanks and hyphens anywhere, O for 0, I and L for 1', () => {
    const typed = fc.record({
      code,
      gaps: fc.array(fc.constantFrom('', ' ', '-', '–', '\u00a0', '.'), {
        minLength: 9,
        maxLength: 9,
      }),
      zero: fc.constantFrom('0', 'O', 'o'),
      one: fc.constantFrom('1', 'I', 'l', 'i', 'L'),
      lower: fc.boolean(),
    })
    fc.assert(
      fc.property(typed, ({ code, gaps, zero, one, lower }) => {
        const signs = [...code].map(
          (sign, i) =>
            gaps[i]! +
            (sign === '0' ? zero : sign === '1' ? one : lower ? sign.toLowerCase() : sign),
        )
        expect(readBookingCode(signs.join('') + gaps[8]!)).toBe(code)
      }),
    )
  })

  it.each([
    ['٧KQ2M9XP', '7KQ2M9XP'],
    ['７KQ2Ｍ9XP', '7KQ2M9XP'],
  ])('%s: digits of other keyboards', (typed, expected) =>
    expect(readBookingCode(typed)).toBe(expected),
  )

  it.each(['', '7KQ2M9X', '7KQ2M9XPP', '7KQ2M9XU', '7KQ2M9XÅ', 'på brevet'])(
    '"%s" is none',
    (typed) => expect(readBookingCode(typed)).toBeNull(),
  )
})

describe('a birth date as people type it', () => {
  it.each([
    ['19440125', '19440125'],
    ['1944-01-25', '19440125'],
    ['1944 01 25', '19440125'],
    ['440125', '440125'],
    ['44-01-25', '440125'],
    ['19440125-9803', '19440125'],
    ['440125-9803', '440125'],
    ['١٩٤٤٠١٢٥', '19440125'],
    ['۱۹۴۴/۰۱/۲۵', '19440125'],
  ])('%s', (typed, expected) => expect(readBirthDate(typed)).toBe(expected))
  it.each(['', '1944', '19441325', '19440132', '25 januari 1944', '21440125'])(
    '"%s" is none',
    (typed) => expect(readBirthDate(typed)).toBeNull(),
  )
})
