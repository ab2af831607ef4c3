import { resumeCampaign } from '../../../campaigns/actions.ts'
import { endpoint } from '../endpoint.ts'
import { byName, campaign } from './schemas.ts'

export const resume = endpoint({
  method: 'post',
  path: '/campaigns/{name}/resume',
  right: 'send',
  once: true,
  summary: 'Go on with a paused campaign whose texts are as they were approved',
  params: byName,
  answer: campaign,
  handle: async (app, { params, actor }) =>
    resumeCampaign({ ...app, jobs: await app.jobs() }, params.name, actor),
})
