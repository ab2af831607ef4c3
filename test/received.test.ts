import { describe, expect, it } from '@jest/globals'
import { isDate } from '../src/people/dates.ts'
import { day, moment, readText, received } from '../src/received.ts'

describe('text from outside', () => {
  it.each([
    ['is composed', 'A\u030akersta', 'Åkersta'],
    ['loses signs that turn its direction', 'Anna\u202enossnevS', 'AnnanossnevS'],
    ['has its line separators as new lines', 'en\u2028två', 'en\ntvå'],
    ['keeps the isolates that Arabic needs', '\u20687KQ2\u2069', '\u20687KQ2\u2069'],
    ['keeps signs outside the first plane', '𐍈 👍', '𐍈 👍'],
  ])('%s', (_what, given, kept) => {
    expect(readText(given)).toBe(kept)
  })

  it.each(['a\0b', '\ud800', 'x\udc00y'])('is refused when it can not be kept: %j', (given) => {
    expect(readText(given)).toBeNull()
  })

  it('is named by its place when it is deep in something', () => {
    const { error } = received.safeParse({ what: [{ sv: 'a\0' }] })
    expect(error?.issues.map(({ path }) => path)).toEqual([['what', 0, 'sv']])
  })

  it('is refused as a name that reaches the prototype', () => {
    expect(received.safeParse(JSON.parse('{"__proto__": {"admin": true}}')).success).toBe(false)
  })

  it('is refused when it is deeper than anything we read', () => {
    expect(received.safeParse(JSON.parse('['.repeat(9000) + ']'.repeat(9000))).success).toBe(false)
  })
})

it.each([
  ['2024-02-29', true],
  ['2023-02-29', false],
  ['0000-01-01', false],
  ['0001-01-01', false],
  ['1849-12-31', false],
  ['1850-01-01', true],
  ['2199-12-31', true],
  ['2200-01-01', false],
])('%s as a day: %s', (text, right) => {
  expect([isDate(text), day.safeParse(text).success]).toEqual([right, right])
})

it.each([
  ['2021-03-11T08:00:00.000Z', true],
  ['2021-03-11 08:00:00 +0000', true],
  ['+099999-01-01T00:00:00Z', false],
  ['0001-01-01T00:00:00Z', false],
  ['soon', false],
])('%s as a point in time: %s', (text, right) => {
  expect(moment.safeParse(text).success).toBe(right)
})
