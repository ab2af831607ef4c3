import { describe, expect, it } from '@jest/globals'
import { editDistance, nearest, slipOf } from '../../src/purposes/near.ts'

const known = ['covid-19/dose-1', 'covid-19/dose-2', 'influenza/2021', 'tbe/dose-1']

describe('a code that is nearly a known one', () => {
  it.each([
    ['covid-19/dos-1', 'covid-19/dose-1'],
    ['covid-19/dos-2', 'covid-19/dose-2'],
    ['covid-19/dos-12', 'covid-19/dose-1'],
    ['covid19/dose-1', 'covid-19/dose-1'],
    ['covid-19-dose-1', 'covid-19/dose-1'],
    ['covdi-19/dose-1', 'covid-19/dose-1'],
    ['covid-91/dose-2', 'covid-19/dose-2'],
    ['influensa/2021', 'influenza/2021'],
    ['influenza', 'influenza/2021'],
    ['tbc/dose-1', 'tbe/dose-1'],
  ])('%s is a slip of %s', (code, other) => {
    expect(slipOf(code, known)).toBe(other)
  })

  it.each(['covid-19/dose-3', 'influenza/2022', 'mpox/dose-1', 'covid-19/booster-1', 'hpv'])(
    '%s is its own',
    (code) => {
      expect(slipOf(code, known)).toBeUndefined()
    },
  )
})

describe('the nearest of the codes there are', () => {
  it.each([
    ['covid-19/dos-1', 'covid-19/dose-1'],
    ['covid/dose-1', 'covid-19/dose-1'],
    ['influenza/2022', 'influenza/2021'],
    ['screening/brost', undefined],
  ])('to %s is %s', (code, other) => {
    expect(nearest(code, known)).toBe(other)
  })
})

describe('the edit distance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['dose', 'dos', 1],
    ['dose', 'does', 1],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %d', (a, b, away) => {
    expect([editDistance(a, b), editDistance(b, a)]).toEqual([away, away])
  })
})
