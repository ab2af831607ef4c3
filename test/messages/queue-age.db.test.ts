import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { row, run } from '../../src/db/pool.ts'
import type { Log } from '../../src/log.ts'
import { laneAges, standingAlarm } from '../../src/messages/queue-age.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

let s: Sending
let said: object[]
let log: Log
beforeEach(async () => {
  s = await sending({ people: 12, places: 12 })
  const steps = [
    { step: 'invitation', channel: 'email', template: 'invitation-open' },
    { step: 'reminder', channel: 'sms', template: 'reminder' },
  ]
  const id = await s.started(
    openSpec({ channels: [{ route: 'digital', needs: ['email', 'mobile'], steps }] }),
  )
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  said = []
  log = { error: (what: object, msg: string) => said.push({ ...what, msg }) } as unknown as Log
})
afterEach(() => s.close())

const minutesLater = (minutes: number) =>
  s.clock.moveTo(new Date(s.clock.now().getTime() + minutes * 60_000))

describe('the age of a lane', () => {
  it('is how long its next message has been due; what comes first has lanes of its own', async () => {
    await run(
      s.db.pool,
      `update message
          set priority = 10, due_at = due_at + interval '4 minutes'
        where id = (select id from message where channel = 'email' limit 1)`,
    )
    minutesLater(5)
    const ages = await laneAges(s.db.pool, s.clock.now(), false)
    expect(Object.fromEntries(ages.map(({ lane, seconds }) => [lane, seconds]))).toEqual({
      sms: 300,
      email: 300,
      'email-first': 60,
    })
    expect((await laneAges(s.db.pool, s.clock.now(), true)).map(({ lane }) => lane)).toEqual([
      'email',
      'email-first',
    ])
  })

  it('counts nothing of a campaign that is paused', async () => {
    await run(s.db.pool, `update campaign set state = 'paused', paused_why = 'try'`)
    minutesLater(5)
    expect(await laneAges(s.db.pool, s.clock.now(), false)).toEqual([])
  })
})

describe('the alarm', () => {
  it('tells at the second look of lanes in which messages are due and none leaves', async () => {
    const look = standingAlarm()
    minutesLater(10)
    await look(s.db.pool, log, s.clock.now(), true)
    expect(said).toEqual([])
    minutesLater(1)
    await look(s.db.pool, log, s.clock.now(), true)
    expect(said).toEqual([{ lane: 'email', seconds: 660, msg: 'messages are due and none leaves' }])
  })

  it('is silent while messages leave, however long the rest has been due', async () => {
    const look = standingAlarm()
    await run(s.db.pool, `update message set due_at = due_at - interval '1 hour'`)
    await run(
      s.db.pool,
      `update message
          set due_at = due_at + interval '2 hours'
        where channel = 'email'
          and id <> (select id from message where channel = 'email' order by id limit 1)`,
    )
    minutesLater(10)
    await s.send('email')
    await run(
      s.db.pool,
      `update message set due_at = due_at - interval '2 hours' where state = 'queued'`,
    )
    for (let i = 0; i < 2; i++) await look(s.db.pool, log, s.clock.now(), true)
    expect(said).toEqual([])
  })

  it('tells of jobs that no worker takes', async () => {
    await s.jobs.enqueue(s.db.pool, 'print', [{ campaign: 1 }])
    await run(s.db.pool, `update pgboss.job set start_after = now() - interval '6 minutes'`)
    expect(await row(s.db.pool, 'select count(*)::int as n from pgboss.job')).not.toEqual({ n: 0 })
    await standingAlarm()(s.db.pool, log, s.clock.now(), false)
    expect(said).toContainEqual({
      queue: 'print',
      seconds: 360,
      msg: 'a job waits and no worker takes it',
    })
  })

  it('is silent about a job that waits behind a long one', async () => {
    await s.jobs.enqueue(s.db.pool, 'print', [{ campaign: 1 }])
    await run(
      s.db.pool,
      `update pgboss.job set start_after = now() - interval '6 minutes', state = 'active' where name = 'print'`,
    )
    await s.jobs.enqueue(s.db.pool, 'print', [{ campaign: 1 }])
    await run(s.db.pool, `update pgboss.job set start_after = now() - interval '6 minutes'`)
    await standingAlarm()(s.db.pool, log, s.clock.now(), false)
    expect(said).not.toContainEqual(expect.objectContaining({ queue: 'print' }))
  })
})
