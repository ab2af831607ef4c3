import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { compileCohort } from '../../src/cohorts/compile.ts'
import { purposesIn, readRule } from '../../src/cohorts/rule.ts'
import { rows, run } from '../../src/db/pool.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { invite } from '../support/invited.ts'

const purpose = 'covid-19/dose-1'
const [first, second] = ['SE2321000180-1', 'SE2321000180-2']
let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase()
  await invite(db.pool, 5, [5])
})
afterEach(() => db.drop())

/** The ids of the members. */
const members = async (given: object): Promise<number[]> => {
  const { sql, values } = compileCohort(readRule(given), '2021-03-20')
  const found = await rows<{ id: number }>(db.pool, `select id from (${sql}) m order by id`, values)
  return found.map((member) => member.id)
}

describe('booked at a clinic in a period', () => {
  beforeEach(async () => {
    await run(
      db.pool,
      `insert into slot (clinic_id, starts_at, capacity) values
         (1, '2021-03-16 00:00+01', 5), (1, '2021-03-17 23:59+01', 5), (1, '2021-03-18 00:00+01', 5),
         (2, '2021-03-16 12:00+01', 5)`,
    )
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, state, made_by, made_at, ended_at) values
         (1, $1, 2, 'booked', 'person', now(), null), (2, $1, 3, 'attended', 'person', now(), null),
         (3, $1, 4, 'booked', 'person', now(), null), (4, 'other', 2, 'booked', 'person', now(), null),
         (5, $1, 2, 'cancelled', 'person', now(), now())`,
      [purpose],
    )
  })
  const at = (clinic: (string | undefined)[], more: object = {}) => ({
    bookedAt: { clinic, from: '2021-03-16', to: '2021-03-17', ...more },
  })

  it('has both days whole, there and nowhere else, and nobody whose time was cancelled', async () => {
    expect(await members(at([first]))).toEqual([1, 2, 4])
    expect(await members(at([first, second]))).toEqual([1, 2, 4])
    expect(await members({ not: at([first]) })).toEqual([3, 5])
  })

  it('can be for one purpose, which must be in the register', async () => {
    expect(await members(at([first], { purpose }))).toEqual([1, 2])
    expect(purposesIn(readRule({ or: [at([first], { purpose })] }))).toEqual([purpose])
  })
})

it('an undelivered message is one that failed, and nothing else of its step has come through', async () => {
  const message = (person: number, channel: string, state: string, step = 'invitation') =>
    run(
      db.pool,
      `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template,
              state, reason, content, content_sha256, template_version, due_at, created_at, sending_since, worker)
       select id, 1, person_id, purpose, 1, $4, $2, 'sv', 't', $3, case when $3 = 'failed' then 'x' end,
              'x', 'x', '1', now(), now(), now(), 'w'
         from invitation
        where person_id = $1`,
      [person, channel, state, step],
    )
  await message(1, 'email', 'failed')
  await message(2, 'email', 'failed')
  await message(2, 'letter', 'sent')
  await message(3, 'email', 'delivered')
  await message(4, 'email', 'sent')
  await message(4, 'sms', 'failed', 'reminder')
  expect(await members({ undelivered: purpose })).toEqual([1, 4])
  expect(await members({ undelivered: 'covid-19/dose-2' })).toEqual([])
})

describe('moved since a day', () => {
  const moves = (person: number, to: string | null, on: string) =>
    run(db.pool, 'update person set municipality = $2, updated_at = $3 where id = $1', [
      person,
      to,
      `${on} 12:00+01`,
    ])
  beforeEach(async () => {
    await run(db.pool, `update person set municipality = '2080'`)
    await run(db.pool, 'delete from person_move')
    await moves(1, '2062', '2021-03-01')
    await moves(2, '2062', '2021-02-01')
    await moves(3, '2062', '2021-03-02')
    await moves(3, '2080', '2021-03-03')
    await moves(4, null, '2021-03-01')
    await run(db.pool, `update person set gone_since = '2021-03-05' where id = 5`)
  })
  const since = '2021-03-01'

  it('is into the area of those who are still there', async () => {
    expect(await members({ moved: { into: ['2062'], since } })).toEqual([1])
    expect(await members({ moved: { into: ['2062'], since: '2021-02-01' } })).toEqual([1, 2])
    expect(await members({ moved: { into: ['2062', '2080'], since } })).toEqual([])
  })

  it('is out of it also of those who have left the register', async () => {
    expect(await members({ moved: { outOf: ['2080'], since } })).toEqual([1, 4, 5])
    expect(await members({ not: { moved: { outOf: ['2080'], since } } })).toEqual([2, 3])
    expect(await members({ moved: { outOf: ['2080'], into: ['2062'], since } })).toEqual([1])
  })

  it('is not kept of people with skyddad folkbokföring', async () => {
    await run(db.pool, `update person set protection = 'skyddad-folkbokforing' where id = 1`)
    await run(db.pool, `update person set protection = 'sekretessmarkering' where id = 2`)
    expect(
      await rows(db.pool, 'select distinct person_id as person from person_move order by 1'),
    ).toEqual([{ person: 2 }, { person: 3 }, { person: 4 }])
  })
})

it.each([
  [
    'days in the wrong order',
    { bookedAt: { clinic: [first], from: '2021-03-17', to: '2021-03-16' } },
  ],
  ['a move to nowhere', { moved: { since: '2021-03-01' } }],
  ['a move since some day', { moved: { into: ['2080'], since: 'i mars' } }],
])('%s is refused', (_, given) => {
  expect(() => readRule(given)).toThrow(/from is above to|give into|YYYY/)
})
