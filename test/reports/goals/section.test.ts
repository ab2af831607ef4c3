import { describe, expect, it } from '@jest/globals'
import { shownCoverage } from '../../../src/reports/goals/coverage.ts'
import { goalView } from '../../../src/reports/goals/section.ts'
import { assess } from '../../../src/reports/goals/status.ts'
import { partWord, reasonWord } from '../../../src/reports/goals/words.ts'
import type { RawCoverage } from '../../../src/reports/goals/read.ts'

const goal = {
  name: 'over-65',
  purpose: 'covid-19/dose-1',
  purposeName: 'Vaccination mot covid-19, dos 1',
  who: 'Alla som är 65 år eller äldre',
  share: 0.8,
  by: '2021-05-16',
}
const on = '2021-04-16' // thirty days before
const raw = (members: number, covered: number, recent: number): RawCoverage => ({
  total: { members, covered, recent },
  first: '2021-03-01',
  by: { area: [], age: [], sex: [], language: [], group: [] },
  days: [{ day: '2021-03-01', covered }],
})
const said = (
  members: number,
  covered: number,
  recent: number,
  over: Partial<RawCoverage> = {},
) => {
  const { colourWord, state, reason } = goalView(
    shownCoverage(goal, { ...raw(members, covered, recent), ...over }, on),
  )
  return [colourWord, state, reason].map((text) => text.replaceAll('\u00a0', ' '))
}

describe('how a goal is doing, in Swedish', () => {
  it.each([
    [
      [1000, 500, 168],
      'Grönt',
      'I samma takt som de senaste 14 dagarna (12 om dagen) nås målet den 11 maj 2021, 5 dagar i förväg.',
    ],
    [
      [1000, 500, 140],
      'Grönt',
      'I samma takt som de senaste 14 dagarna (10 om dagen) nås målet den 16 maj 2021, samma dag som det ska vara nått.',
    ],
    [
      [1000, 500, 105],
      'Gult',
      'I samma takt som de senaste 14 dagarna (7,5 om dagen) nås målet först den 26 maj 2021, 10 dagar för sent. ' +
        'Det behövs 10 om dagen.',
    ],
    [
      [1000, 500, 28],
      'Rött',
      'I samma takt som de senaste 14 dagarna (2 om dagen) nås målet först den 13 september 2021, 120 dagar för sent. ' +
        'Det behövs 10 om dagen. Det är mer än en halv gång till.',
    ],
    [
      [9000, 500, 28],
      'Rött',
      'I samma takt som de senaste 14 dagarna (2 om dagen) nås målet inte på två år. ' +
        'Det behövs 224 om dagen. Det är mer än en halv gång till.',
    ],
    [
      [1000, 500, 3],
      'Rött',
      'I den här takten nås målet inte i tid. Det behövs 10 om dagen. Det är mer än en halv gång till.',
    ],
    [
      [1000, 500, 0],
      'Rött',
      'Ingen har fått dosen de senaste 14 dagarna, så målet nås inte i den här takten. Det behövs 10 om dagen.',
    ],
    [[1000, 800, 0], 'Grönt', 'Målet är nått.'],
  ] as const)('%j', (counts, colour, reason) => {
    expect(said(counts[0], counts[1], counts[2]).filter((_, i) => i !== 1)).toEqual([
      colour,
      reason,
    ])
  })

  it('says how many of how many', () => {
    expect(said(1000, 500, 168)[1]).toBe('500 av 1 000 (50,0 %)')
  })

  it('says when it has only begun, and when its day has passed', () => {
    expect(said(1000, 0, 0, { first: null, days: [] })).toEqual([
      'Gult',
      '0 av 1 000 (0,0 %)',
      'Det finns ingen takt att räkna med: ingen hade fått dosen i går. Det behövs 27 om dagen.',
    ])
    expect(said(1000, 20, 20, { first: '2021-04-15' })[2]).toMatch(
      /^I samma takt som i går \(20 om dagen\)/,
    )
    const passed = shownCoverage(goal, raw(1000, 799, 100), '2021-05-17')
    expect(reasonWord(passed.total!, passed)).toBe(
      'Den 16 maj 2021 har varit, och 1 person fattas.',
    )
  })

  it('says nothing of too few', () => {
    expect(said(4, 2, 1)).toEqual(['', 'För få personer för att visa siffror', ''])
    expect(goalView(shownCoverage(goal, raw(4, 2, 1), on))).toMatchObject({ plots: [], tables: [] })
  })
})

describe('a part of the goal’s people', () => {
  it.each([
    ['age', '65', '65–69 år'],
    ['age', '90', '90 år och äldre'],
    ['age', '0', '0–11 år'],
    ['sex', 'female', 'kvinnor'],
    ['sex', null, 'inte känt'],
    ['language', 'sv-simple', 'lätt svenska'],
    ['language', 'ckb', 'sorani'],
    ['area', null, 'utan område'],
    ['group', 'personal-ambulans', 'personal-ambulans'],
  ] as const)('by %s %s is %s', (dimension, key, word) => {
    expect(partWord(dimension, key)).toBe(word)
  })
})

it('never gives the pace by the back door: with few of late there is no day either', () => {
  expect(assess({ members: 1000, covered: 790, recent: 4 }, goal, 14, on).reachesOn).not.toBeNull()
  expect(shownCoverage(goal, raw(1000, 790, 4), on).total).toMatchObject({
    pace: null,
    reachesOn: null,
    paceHidden: true,
  })
})
