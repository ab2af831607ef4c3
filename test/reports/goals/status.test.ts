import { describe, expect, it } from '@jest/globals'
import { assess, daysOfPace } from '../../../src/reports/goals/status.ts'

const aim = { share: 0.7, by: '2021-04-30' }
const today = '2021-04-10' // twenty days before
const doing = (members: number, covered: number, recent: number, days = 14, on = today) => {
  const { colour, why, missing, pace, reachesOn } = assess(
    { members, covered, recent },
    aim,
    days,
    on,
  )
  return { colour, why, missing, pace, reachesOn }
}

describe('how a goal of 70 % in twenty days is doing', () => {
  it.each([
    // 1 000 people: 700 are the goal
    ['reached', 700, 0, 'green', 'reached', null],
    ['400 in 20 days, 20 a day', 300, 280, 'green', 'in-time', '2021-04-30'],
    ['401 in 20 days, 20 a day', 299, 280, 'yellow', 'late', '2021-05-01'],
    ['600 in 20 days, 20 a day: half again', 100, 280, 'yellow', 'late', '2021-05-10'],
    ['601 in 20 days, 20 a day', 99, 280, 'red', 'far-too-late', '2021-05-11'],
    ['nobody lately', 300, 0, 'red', 'stopped', null],
    ['one in two weeks', 100, 1, 'red', 'far-too-late', null],
  ] as const)('%s', (_title, covered, recent, colour, why, reachesOn) => {
    expect(doing(1000, covered, recent)).toMatchObject({ colour, why, reachesOn })
  })

  it('counts the mean over the days since the first when those are fewer', () => {
    expect(doing(1000, 100, 100, 5)).toMatchObject({ pace: 20, colour: 'yellow' })
  })

  it('has no pace before the first day is over, and is red when two weeks are not left', () => {
    expect(doing(1000, 0, 0, 0)).toMatchObject({ pace: null, colour: 'yellow', why: 'not-begun' })
    expect(doing(1000, 0, 0, 0, '2021-04-17')).toMatchObject({ colour: 'red' })
  })

  it('is red when its day has passed, and not on the day itself', () => {
    expect(doing(1000, 690, 280, 14, '2021-05-01')).toMatchObject({ colour: 'red', why: 'passed' })
    expect(doing(1000, 690, 280, 14, '2021-04-30')).toMatchObject({
      colour: 'yellow',
      reachesOn: '2021-05-01',
    })
    expect(doing(1000, 700, 0, 14, '2021-05-01')).toMatchObject({ colour: 'green' })
  })

  it('needs whole people: 70 % of 11 are 8, and of 10 are 7', () => {
    expect([doing(11, 7, 0).missing, doing(10, 7, 0).missing]).toEqual([1, 0])
  })

  it('has no colour without people', () => {
    expect(doing(0, 0, 0)).toMatchObject({ colour: null, why: 'nobody' })
  })
})

describe('the days that the pace is the mean of', () => {
  it.each([
    [null, 0],
    ['2021-04-10', 0],
    ['2021-04-09', 1],
    ['2021-03-27', 14],
    ['2021-01-27', 14],
    ['2021-03-28', 13], // the clock changed on that day
  ])('with the first on %s', (first, days) => {
    expect(daysOfPace(first, today)).toBe(days)
  })
})
