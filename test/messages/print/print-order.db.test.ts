import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { assignTimes } from '../../../src/allocation/assign.ts'
import { rows, run } from '../../../src/db/pool.ts'
import { printLetters } from '../../../src/messages/print/print.ts'
import { leaveBy } from '../../../src/release/model/arrival.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { openSpec } from '../../support/region.ts'
import { sending, type Sending } from '../../support/sending.ts'

// The printer takes ten letters a day. Twenty open letters were made before twelve about times on the 17th to the 22nd.
let s: Sending
let open: number
let timed: number
beforeEach(async () => {
  s = await sending({ people: 32, places: 4 })
  await run(s.db.pool, `update person set birth_date = '1943-01-01' where id > 20`)
  open = await letters({ name: 'open', cohort: cohort(1944) })
  s.clock.moveTo(new Date('2021-03-08T08:00:00+01:00'))
  timed = await letters({
    name: 'timed',
    way: 'timed',
    cohort: cohort(1943),
    template: 'invitation-timed',
  })
})
afterEach(() => s.close())

const cohort = (year: number) => ({
  name: `born-${year}`,
  rule: { born: { from: year, to: year } },
})
const deps = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs })
async function letters({ template = 'invitation-open', ...over }): Promise<number> {
  const id = await s.started(
    openSpec({
      ...over,
      channels: [
        {
          route: 'post',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template }],
        },
      ],
      release: { policy: 'eager' },
      leastNotice: 2,
      postDays: 1,
    }),
  )
  if (over['way'] === 'timed') expect(await assignTimes(deps(), id)).toBe(12)
  else
    await run(
      s.db.pool,
      `insert into slot (clinic_id, starts_at, capacity)
      values (1, '2021-03-25 09:00+01', 60)`,
    )
  await releaseWave(deps(), id)
  return id
}
const print = (id: number, batchSize = 4) =>
  printLetters(
    s.printDeps({ batchSize, schedule: { cutOff: '17:30', capacity: 10, unannounced: undefined } }),
    id,
  )
/** The letters printed on a day: of which campaign, and about which time. */
const printed = (day: string) =>
  rows(
    s.db.pool,
    `select c.name, to_char(s.starts_at, 'DD') as time, count(*)::int as n
       from message m
       join batch b on b.id = m.batch_id
       join campaign c on c.id = m.campaign_id
       join invitation i on i.id = m.invitation_id
       left join appointment a on a.id = i.appointment_id
       left join slot s on s.id = a.slot_id
      where b.print_day = $1
        and m.state = 'sent'
      group by 1, 2
      order by 1, 2`,
    [day],
  )

it('prints first what must leave first, whichever campaign’s print begins', async () => {
  expect(await print(open)).toBe(0)
  expect(await print(timed)).toBe(10)
  expect(await print(open)).toBe(0)
  s.clock.moveTo(new Date('2021-03-09T08:00:00+01:00'))
  expect(await print(open)).toBe(8)
  expect(await print(timed)).toBe(2)
  expect(await print(open)).toBe(0)
  expect(await printed('2021-03-09')).toEqual([
    { name: 'open', time: null, n: 8 },
    expect.objectContaining({ name: 'timed', n: 2 }),
  ])
})

it('prints letters about the nearest times before those about later ones', async () => {
  await run(s.db.pool, `update message set created_at = created_at - random() * interval '1 hour'`)
  await print(timed)
  const left = await rows(
    s.db.pool,
    `select distinct to_char(s.starts_at, 'DD') as time
       from outgoing o
       join message m on m.id = o.message_id
       join invitation i on i.id = m.invitation_id
       join appointment a on a.id = i.appointment_id
       join slot s on s.id = a.slot_id`,
  )
  const last = await rows(
    s.db.pool,
    `select to_char(max(s.starts_at), 'DD') as time
       from appointment a
       join slot s on s.id = a.slot_id`,
  )
  expect(left).toEqual(last)
})

it('takes open letters when the others may wait longer than an open invitation counts', async () => {
  await run(s.db.pool, `update message set leave_by = '2021-04-20' where campaign_id = $1`, [timed])
  expect(await print(timed)).toBe(0)
  expect(await print(open)).toBe(10)
})

it('lets the whole day to a campaign that is alone, or when the other is paused', async () => {
  await run(
    s.db.pool,
    `update campaign set state = 'paused', paused_why = 'a reason' where id = $1`,
    [timed],
  )
  expect(await print(open, 3)).toBe(10)
})

it.each([
  ['a Thursday, with two days of notice and one in the post', '2021-03-18', 1, 2, '2021-03-15'],
  ['over a weekend', '2021-03-16', 3, 5, '2021-03-04'],
  ['with no notice: the day before', '2021-03-18', 2, 0, '2021-03-15'],
])('must leave for %s', (_, day, postDays, notice, leaves) => {
  expect(leaveBy(day, { postDays, leastNotice: { letter: notice, sms: 0, email: 0 } })).toBe(leaves)
})
