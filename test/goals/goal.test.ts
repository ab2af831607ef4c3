import { describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { Refused } from '../../src/errors.ts'
import { readGoals } from '../../src/goals/goal.ts'

const goal = {
  name: 'over-65',
  purpose: 'covid-19/dose-1',
  who: 'Alla som är 65 år eller äldre',
  cohort: { age: { on: '2021-12-31', from: 65 } },
  share: '80 %',
  by: '2021-05-16',
}
const faultsOf = (given: unknown): unknown => {
  try {
    return readGoals(given)
  } catch (error) {
    return error instanceof Refused ? error.details['faults'] : error
  }
}

describe('a file of goals', () => {
  it.each([
    ['80 %', 0.8],
    ['80%', 0.8],
    ['66,67 %', 0.6667],
    ['100 %', 1],
    [0.7, 0.7],
  ])('has a share of %j', (share, read) => {
    expect(readGoals({ ...goal, share })[0]!.share).toBe(read)
  })

  it.each([
    [{ share: '0 %' }, '0.share: a share is above 0 and at most 100 %, e.g. 70 %'],
    [{ share: 70 }, '0.share: a share is above 0 and at most 100 %, e.g. 70 %'],
    [{ share: 'most' }, '0.share: Invalid input'],
    [{ by: '2021-02-30' }, '0.by: write the day as YYYY-MM-DD'],
    [{ cohort: {} }, '0.cohort: says nothing: give at least one condition'],
    [
      { cohort: { and: [{ sex: 'male' }, { notGiven: 'covid-19/dose-1' }] } },
      '0.cohort: the rule asks about the very purpose whose coverage is measured: leave that out',
    ],
    [{ name: 'Over 65' }, '0.name: lower-case letters, digits and hyphens, e.g. over-65'],
  ])('with %j is refused', (change, fault) => {
    expect(faultsOf({ ...goal, ...change })).toEqual([fault])
  })

  it('names each goal once', () => {
    expect(faultsOf([goal, goal])).toEqual(['(the file): a name is there twice'])
  })

  it('is in the samples, and can measure those who had an earlier dose', async () => {
    const sample = readGoals(parse(await readFile('samples/goals/covid-19.yaml', 'utf8')))
    expect(sample.map(({ name, share, by }) => [name, share, by])).toEqual([
      ['all-adults', 0.7, '2021-08-15'],
      ['over-65', 0.8, '2021-05-16'],
    ])
    const next = { ...goal, purpose: 'covid-19/dose-2', cohort: { given: 'covid-19/dose-1' } }
    expect(readGoals(next)).toHaveLength(1)
  })
})
