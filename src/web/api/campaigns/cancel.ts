import { cancelCampaign } from '../../../campaigns/actions.ts'
import { endpoint } from '../endpoint.ts'
import { byName, campaign } from './schemas.ts'

export const cancel = endpoint({
  method: 'post',
  path: '/campaigns/{name}/cancel',
  right: 'send',
  once: true,
  summary: 'End a campaign: what has not left stays here',
  params: byName,
  answer: campaign,
  handle: (app, { params, actor }) => cancelCampaign(app, params.name, actor),
})
