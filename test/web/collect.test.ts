import { expect, it } from '@jest/globals'
import { collect } from '../../src/web/webhooks/collect.ts'

const refusing = (code: string) => {
  const sets: string[][] = []
  const take = collect<string>((items) => {
    sets.push(items)
    return items.includes('bad')
      ? Promise.reject(Object.assign(new Error('no'), { code }))
      : Promise.resolve()
  }, 1)
  return { sets, take }
}
const outcomes = async (told: Promise<void>[]) =>
  (await Promise.allSettled(told)).map((t) => t.status)

it('one whose data can not be kept fails alone', async () => {
  const { take } = refusing('22021')
  expect(await outcomes(['good', 'bad', 'other'].map(take))).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
})

it('a database that is gone is told to all at once, not asked again for each', async () => {
  const { take, sets } = refusing('57P01')
  expect(await outcomes(['good', 'bad'].map(take))).toEqual(['rejected', 'rejected'])
  expect(sets).toHaveLength(1)
})
