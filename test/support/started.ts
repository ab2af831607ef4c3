import type pg from 'pg'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import type { Clock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import type { Jobs } from '../../src/jobs/boss.ts'
import { textGate } from '../../src/texts/gate.ts'

/** Lets texts through that nobody has approved. */
export const anyText = textGate(readConfig({ ALLOW_DRAFT_TEXTS: 'true' }))

/** A campaign made, approved by two, started and planned. @returns its id */
export async function started(
  deps: { pool: pg.Pool; clock: Clock; jobs: Jobs },
  spec: object,
): Promise<number> {
  const by = { ...deps, textGate: anyText }
  const { id, name } = await createCampaign(by, spec, 'anna')
  await approveCampaign(by, name, 'anna')
  await approveCampaign(by, name, 'bertil')
  await startCampaign(by, name, 'anna')
  await planCampaign(by, id)
  return id
}
