import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { improvePlan } from '../../src/allocation/improve-plan.ts'
import { rows, run } from '../../src/db/pool.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

// Letters of Monday 8 March are there on Thursday; five working days later is Thursday the 18th. There is a time a day
// from Monday the 15th to Friday the 19th.
let s: Sending
let campaign: number
beforeEach(async () => {
  s = await sending({ people: 4, places: 1 })
  campaign = await s.started(
    openSpec({
      name: 'timed',
      way: 'timed',
      leastNotice: 5,
      channels: [
        {
          route: 'post',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
        },
      ],
    }),
  )
})
afterEach(() => s.close())

const assign = (PRINT_CUT_OFF = '23:59') =>
  assignTimes({ pool: s.db.pool, clock: s.clock, config: { PRINT_CUT_OFF } }, campaign)
const daysGiven = async () =>
  (
    await rows<{ day: string }>(
      s.db.pool,
      `select to_char(s.starts_at, 'YYYY-MM-DD') as day
         from appointment a
         join slot s on s.id = a.slot_id
        where a.state = 'booked'
        order by 1`,
    )
  ).map(({ day }) => day)
const waiting = () =>
  rows(
    s.db.pool,
    `select reason, count(*)::int as n from invitation where state = 'waiting' group by 1 order by 1`,
  )
const events = (event: string) =>
  rows(s.db.pool, `select details from campaign_event where event = $1 order by id`, [event])

it('gives no time nearer than the least notice, and says how many wait for that reason', async () => {
  expect(await assign()).toBe(2)
  expect(await daysGiven()).toEqual(['2021-03-18', '2021-03-19'])
  expect(await waiting()).toEqual([{ reason: 'short-notice', n: 2 }]) // three times are free, and too near
  expect(await events('short-notice')).toEqual([{ details: { people: 2 } }])
})

it('says no more of short notice than there are free times that are too near', async () => {
  await run(
    s.db.pool,
    `update slot set capacity = 0 where starts_at < '2021-03-17' or starts_at > '2021-03-19'`,
  )
  expect(await assign()).toBe(1)
  expect(await waiting()).toEqual([
    { reason: 'no-free-time', n: 2 },
    { reason: 'short-notice', n: 1 },
  ])
})

it('counts from the next day when the letters come after the supplier’s cut-off', async () => {
  expect(await assign('06:00')).toBe(1)
  expect(await daysGiven()).toEqual(['2021-03-19'])
})

it('takes back what has come too near before anybody was told, and says how many', async () => {
  await assign()
  s.clock.moveTo(new Date('2021-03-09T07:00:00+01:00'))
  expect(await assign()).toBe(0)
  expect(await daysGiven()).toEqual(['2021-03-19'])
  expect(await events('times-returned')).toEqual([{ details: { people: 1 } }])
})

it('is kept when the plan is improved, and it is said who has a time that is too near', async () => {
  await assign()
  s.clock.moveTo(new Date('2021-03-09T07:00:00+01:00'))
  expect(await improvePlan(s.printDeps(), 'timed', null)).toMatchObject({
    people: 2,
    shortNotice: 1,
  })
})
