import type pg from 'pg'
import {
  approveCampaign,
  createCampaign,
  startCampaign,
  type TextGate,
} from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import type { Clock } from '../../src/clock.ts'
import type { Jobs } from '../../src/jobs/boss.ts'
import { textVersions } from '../../src/texts/campaign-texts.ts'
import { loadTexts } from '../../src/texts/texts.ts'

/** Lets all texts through as they are: what a text must pass is tried in test/texts. */
export const anyText: TextGate = async (_db, spec) => textVersions(await loadTexts(), spec)

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
