import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { run } from '../../src/db/pool.ts'
import { textGate } from '../../src/texts/gate.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

// Twenty people are born in 1944 when anna and bertil approve.
let s: Sending
beforeEach(async () => {
  s = await sending({ people: 20, places: 20 })
  await createCampaign(deps(), openSpec(), 'anna')
  await approve('anna')
  await approve('bertil')
})
afterEach(() => s.close())

const deps = () => ({
  pool: s.db.pool,
  clock: s.clock,
  jobs: s.jobs,
  textGate: textGate(s.config),
})
const approve = (by: string) => approveCampaign(deps(), 'open-campaign', by)
const start = () => startCampaign(deps(), 'open-campaign', 'anna')
const leave = (people: number) =>
  run(s.db.pool, `update person set birth_date = '1950-01-01' where id <= $1`, [people])

it('starts when as good as the same people are in the cohort', async () => {
  await leave(2)
  await expect(start()).resolves.toMatchObject({ state: 'planning' })
})

it('asks again when more than a tenth have gone, until two people have approved those who are left', async () => {
  await leave(3)
  await expect(start()).rejects.toMatchObject({
    code: 'cohort-changed',
    details: { members: 17, approved: [20, 20] },
  })
  await approve('anna')
  await approve('anna')
  await expect(start()).rejects.toMatchObject({ code: 'cohort-changed' })
  await approve('bertil')
  await expect(start()).resolves.toMatchObject({ state: 'planning' })
})

it('asks again when more than a tenth have come', async () => {
  await leave(3)
  await approve('anna')
  await approve('bertil')
  await run(s.db.pool, `update person set birth_date = '1944-01-01'`)
  await expect(start()).rejects.toMatchObject({
    code: 'cohort-changed',
    details: { members: 20, approved: [17, 17] },
  })
})
