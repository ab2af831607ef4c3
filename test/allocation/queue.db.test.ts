import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { queueBefore } from '../../src/campaigns/queue.ts'
import { upsertSlots } from '../../src/clinics/store.ts'
import { rows, run, transaction } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { approveReissue, proposeReissue } from '../../src/reissue/reissue.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { startWorker } from '../../src/worker.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, until, type Sending } from '../support/sending.ts'

let s: Sending
beforeEach(async () => {
  s = await sending({ people: 12, places: 1 })
})
afterEach(() => s.close())

const by = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs })
const letters = (template: string) => [
  {
    route: 'post',
    needs: ['address'],
    steps: [{ step: 'invitation', channel: 'letter', template }],
  },
]
const born = (from: number, to: number) => ({
  name: `b-${from}-${to}`,
  rule: { born: { from, to } },
})
const states = async () =>
  Object.fromEntries(
    (
      await rows<{ k: string; n: number }>(
        s.db.pool,
        `select k.name || ' ' || i.state as k, count(*)::int as n
           from invitation i
           join campaign k on k.id = i.campaign_id
          where i.state in ('planned', 'waiting', 'released')
          group by 1`,
      )
    ).map(({ k, n }) => [k, n]),
  )
const newTimes = (n: number) =>
  run(
    s.db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-22 09:00+01', $1)`,
    [n],
  )

it('gives places that open to people who lost their time, before those who never had one', async () => {
  const campaign = await s.started(
    openSpec({ name: 'fixed', way: 'timed', channels: letters('invitation-timed') }),
  )
  expect(await assignTimes(by(), campaign)).toBe(5)
  await releaseWave(by(), campaign)
  await printLetters(s.printDeps(), campaign)
  await run(s.db.pool, 'update slot set capacity = 0, overbooked = booked where id <= 2')
  const proposed = await proposeReissue(by(), {
    hsaId: 'SE2321000180-PROV',
    from: '2021-03-15',
    to: '2021-03-16',
    slots: null,
    chains: false,
    withinDays: 28,
    by: 'anna',
    dryRun: false,
  })
  expect(proposed).toMatchObject({ queued: 2 })
  await approveReissue(by(), proposed.id!, 'bertil')
  await newTimes(2)
  await assignTimes(by(), campaign)
  expect(await states()).toMatchObject({ 'fixed waiting': 7, 'fixed-reissue-1 planned': 2 })
})

it('gives places that come in during the day at once, not when somebody has taken them', async () => {
  const campaign = await s.started(
    openSpec({ name: 'fixed', way: 'timed', channels: letters('invitation-timed') }),
  )
  const waits = async () => (await states())['fixed waiting'] ?? 0
  await assignTimes(by(), campaign)
  expect(await waits()).toBe(7)
  const worker = await startWorker(appOf(s))
  try {
    await transaction(s.db.pool, (tx) =>
      upsertSlots(tx, [
        {
          hsaId: 'SE2321000180-PROV',
          startsAt: new Date('2021-03-22T09:00:00+01:00'),
          minutes: 5,
          capacity: 4,
          taken: 0,
          overbooking: 0,
          bookingUrl: null,
          bookingPhone: null,
        },
      ]),
    )
    await until(async () => (await waits()) === 3)
  } finally {
    await worker.stop()
  }
})

describe('two open campaigns for the same times', () => {
  const older = (over = {}) => openSpec({ name: 'older', cohort: born(1944, 1944), ...over })
  const younger = (over = {}) => openSpec({ name: 'younger', cohort: born(1950, 1950), ...over })
  const release = (id: number) => releaseWave(by(), id)
  beforeEach(() =>
    run(s.db.pool, `update person set birth_date = birth_date + interval '6 years' where id > 8`),
  )

  it('are one queue: the younger wait while the older have people left, however many places there are', async () => {
    const first = await s.started(older())
    const second = await s.started(younger())
    expect(await queueBefore(s.db.pool, second)).toMatchObject([{ name: 'older', left: 8 }])
    expect(await queueBefore(s.db.pool, first)).toEqual([])
    await newTimes(50)
    expect(await release(second)).toBe(0)
    expect(await release(first)).toBe(8)
    s.clock.moveTo(new Date('2021-03-09T07:00:00+01:00'))
    expect(await release(second)).toBe(4)
  })

  it('stand in the order of their priority, whichever was made first', async () => {
    const first = await s.started(older())
    const second = await s.started(younger({ priority: 10 }))
    await newTimes(50)
    expect(await queueBefore(s.db.pool, first)).toMatchObject([{ name: 'younger', left: 4 }])
    expect(await release(first)).toBe(0)
    expect(await release(second)).toBe(4)
  })

  it('are two queues on days of their own', async () => {
    await s.started(older({ slots: { to: '2021-03-19' } }))
    const second = await s.started(younger({ slots: { from: '2021-03-20' } }))
    await newTimes(50)
    expect(await queueBefore(s.db.pool, second)).toEqual([])
    expect(await release(second)).toBe(4)
  })
})
