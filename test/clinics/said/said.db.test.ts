import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { saySupply, type Saying } from '../../../src/clinics/said/say.ts'
import { rows, run } from '../../../src/db/pool.ts'
import { Refused } from '../../../src/errors.ts'
import { linesOf } from '../../../src/release/line-store.ts'
import { saidFor, saidText } from '../../../src/release/said.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { campaignStatus } from '../../../src/reports/status.ts'
import { campaignNamed } from '../../../src/campaigns/store.ts'
import { deliver } from '../../support/doses.ts'
import { openSpec } from '../../support/region.ts'
import { sending, type Sending } from '../../support/sending.ts'

const hsaId = 'SE2321000180-PROV'
let s: Sending
beforeAll(async () => {
  s = await sending({ people: 300, places: 10 }) // 50 places in the week of 15 March
  await s.started(openSpec({ release: { policy: 'steady' } }))
})
afterAll(() => s.close())

const say = (over: Partial<Saying> = {}) =>
  saySupply(
    { pool: s.db.pool, clock: s.clock },
    { hsaId, until: '2021-03-31', by: 'anna', dryRun: false, ...over },
  )
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error as Error)),
  )
const counted = async () =>
  saidFor(s.db.pool, await campaignNamed(s.db.pool, 'open-campaign'), '2021-03-08')

// One story: what is said stays from one test to the next.
describe('that supply at a clinic continues as usual', () => {
  it('counts in no wave while nobody has said so, nor after a dry run', async () => {
    expect((await say({ dryRun: true })).now).toMatchObject({ until: '2021-03-31', by: 'anna' })
    expect(await counted()).toEqual([])
  })

  it('is said by somebody, and the next wave counts on it and shows it', async () => {
    await say()
    const campaign = await campaignNamed(s.db.pool, 'open-campaign')
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign.id)
    const [first] = await linesOf(s.db.pool, campaign.id)
    expect(first!.line.areas[0]!.said).toEqual(
      Object.fromEntries([22, 23, 24, 25, 26, 29, 30, 31].map((day) => [`2021-03-${day}`, 10])),
    )
    expect(first!.answer.areas[0]!.hard.limit).toBe(Math.floor(50 + 0.9 * 80))
    expect((await campaignStatus(s.db.pool, 'open-campaign')).waves[0]).toMatchObject({ said: 80 })
    expect((await counted()).map(saidText)).toEqual([
      'Provkliniken (falun): 80 places count because anna said on 2021-03-08 that supply continues as usual until ' +
        '2021-03-31.',
    ])
  })

  it('is said again for other days, and what was said before is kept', async () => {
    expect((await say({ until: '2021-03-26', by: 'bo' })).before).toMatchObject({
      until: '2021-03-31',
      by: 'anna',
    })
    expect((await counted())[0]).toMatchObject({ places: 50, by: 'bo' })
    expect(
      await rows(s.db.pool, 'select until::text, said_by, ended_by from supply_said order by id'),
    ).toEqual([
      { until: '2021-03-31', said_by: 'anna', ended_by: 'bo' },
      { until: '2021-03-26', said_by: 'bo', ended_by: null },
    ])
  })

  it('is the lesser of the places and of what the last deliveries gave', async () => {
    await deliver(s.db.pool, s.clock, { day: '2021-03-15', doses: 25 })
    expect((await counted())[0]).toMatchObject({ places: 25 })
  })

  it('gives way to times that are imported for those days', async () => {
    await run(
      s.db.pool,
      `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-25 09:00+01', 3)`,
    )
    // the week that is known ends on the 25th: a Friday of 10 places is left until the 26th
    expect((await counted())[0]).toMatchObject({ places: 10 })
  })

  it('is taken back, and only once', async () => {
    expect((await say({ until: null, by: 'anna' })).now).toBeNull()
    expect(await counted()).toEqual([])
    expect(await codeOf(say({ until: null }))).toBe('not-said')
  })

  it('is refused of a day that has begun, one too far ahead, and where nothing is usual', async () => {
    expect(await codeOf(say({ until: '2021-03-08' }))).toBe('bad-until')
    expect(await codeOf(say({ until: '2021-06-07' }))).toBe('bad-until')
    expect(await codeOf(say({ until: '2021-02-30' }))).toBe('bad-until')
    expect(await codeOf(say({ hsaId: 'SE0' }))).toBe('unknown-clinic')
    await run(
      s.db.pool,
      `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
       values ('SE2321000180-NY', 'Nya', '2080', 'falun', 'Provgatan 3', '79131', 'Falun', '+46846500402', 'kl. 8–16')`,
    )
    expect(await codeOf(say({ hsaId: 'SE2321000180-NY' }))).toBe('no-usual-week')
  })
})
