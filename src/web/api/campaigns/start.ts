import { startCampaign } from '../../../campaigns/actions.ts'
import { endpoint } from '../endpoint.ts'
import { byName, campaign } from './schemas.ts'

export const start = endpoint({
  method: 'post',
  path: '/campaigns/{name}/start',
  right: 'send',
  once: true,
  summary: 'Start an approved campaign; the plan and the first wave follow',
  params: byName,
  answer: campaign,
  handle: async (app, { params, actor }) =>
    startCampaign({ ...app, jobs: await app.jobs() }, params.name, actor),
})
