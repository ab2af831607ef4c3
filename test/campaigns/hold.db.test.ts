import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { improvePlan } from '../../src/allocation/improve-plan.ts'
import {
  approveCampaign,
  createCampaign,
  resumeCampaign,
  startCampaign,
} from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { campaignNamed, heldWhy } from '../../src/campaigns/store.ts'
import { rows } from '../../src/db/pool.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { createNotice } from '../../src/notices/notice.ts'
import { startWorker, type Worker } from '../../src/worker.ts'
import { warningOrder } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, until, type Sending } from '../support/sending.ts'
import { anyText } from '../support/started.ts'

let s: Sending
let worker: Worker
beforeAll(async () => {
  s = await sending({ people: 6, places: 2 })
  worker = await startWorker(appOf(s))
})
afterAll(async () => {
  await worker.stop()
  await s.close()
})

const by = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs, textGate: anyText })
const timed = openSpec({
  name: 'timed',
  way: 'timed',
  channels: [
    {
      route: 'post',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
    },
  ],
})
const states = () =>
  rows(
    s.db.pool,
    'select state, (appointment_id is not null) as timed, count(*)::int as n from invitation group by 1, 2 order by 1',
  )

describe('a campaign that is held', () => {
  it('has its plan and its fixed times, and tells nobody until it is resumed', async () => {
    await createCampaign(by(), timed, 'anna')
    for (const name of ['anna', 'bertil']) await approveCampaign(by(), 'timed', name)
    await startCampaign(by(), 'timed', 'anna', true)
    const planned = { state: 'planned', timed: true, n: 6 }
    await until(async () => JSON.stringify(await states()) === JSON.stringify([planned]))
    const { id, state, pausedWhy } = await campaignNamed(s.db.pool, 'timed')
    expect([state, pausedWhy]).toEqual(['paused', heldWhy])
    expect(await releaseWave(by(), id)).toBe(0)
    expect(await improvePlan(by(), 'timed', null)).toMatchObject({ people: 6 })
    await planCampaign(by(), id, true) // the job once more
    expect([await states(), await rows(s.db.pool, 'select id from message')]).toEqual([
      [planned],
      [],
    ])

    await resumeCampaign(by(), 'timed', 'anna')
    await until(
      async () =>
        JSON.stringify(await states()) === JSON.stringify([{ ...planned, state: 'released' }]),
    )
    expect(
      await rows(
        s.db.pool,
        'select event, actor from campaign_event where campaign_id = $1 order by id',
        [id],
      ),
    ).toEqual(
      [
        ['created', 'anna'],
        ['approved', 'anna'],
        ['approved', 'bertil'],
        ['started', 'anna'],
        ['planned', 'kallelse'],
        ['paused', 'kallelse'],
        ['resumed', 'anna'],
      ].map(([event, actor]) => ({ event, actor })),
    )
  }, 60_000)

  it('is no notice', async () => {
    await createNotice(by(), warningOrder(), 'anna')
    for (const name of ['anna', 'bertil']) await approveCampaign(by(), 'bluffsamtal', name)
    await expect(startCampaign(by(), 'bluffsamtal', 'anna', true)).rejects.toMatchObject({
      code: 'notice-not-held',
    })
    expect((await campaignNamed(s.db.pool, 'bluffsamtal')).state).toBe('approved')
  })
})
