import { createCampaign } from '../../../campaigns/actions.ts'
import { campaignSpec } from '../../../campaigns/spec.ts'
import { endpoint } from '../endpoint.ts'
import { campaign } from './schemas.ts'

export const create = endpoint({
  method: 'post',
  path: '/campaigns',
  right: 'write',
  once: true,
  status: 201,
  summary: 'Make a draft of a campaign file; the same file again gives the campaign there is',
  body: campaignSpec,
  answer: campaign,
  handle: (app, { body, actor }) => createCampaign(app, body, actor),
})
