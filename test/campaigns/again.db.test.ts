import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { cancelCampaign } from '../../src/campaigns/actions.ts'
import { rows } from '../../src/db/pool.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

let s: Sending
beforeAll(async () => {
  s = await sending({ people: 6, places: 12 })
})
afterAll(() => s.close())

it('whoever was told nothing by a cancelled campaign is invited by the next one, which points at what it replaces', async () => {
  const deps = { pool: s.db.pool, clock: s.clock, jobs: s.jobs }
  await releaseWave(deps, await s.started(openSpec()))
  await cancelCampaign(deps, 'open-campaign', 'anna')
  const second = await s.started(openSpec({ name: 'second' }))
  expect(await releaseWave(deps, second)).toBe(6)
  const invitations = await rows(
    s.db.pool,
    `select i.generation, r.state as replaces from invitation i join invitation r on r.id = i.replaces_id and r.person_id = i.person_id where i.campaign_id = $1`,
    [second],
  )
  expect(invitations).toEqual(Array(6).fill({ generation: 2, replaces: 'withdrawn' }))
})
