import { z } from 'zod'
import { approveCampaign } from '../../../campaigns/actions.ts'
import { endpoint } from '../endpoint.ts'
import { byName, campaign } from './schemas.ts'

export const approve = endpoint({
  method: 'post',
  path: '/campaigns/{name}/approve',
  right: 'approve',
  once: true,
  summary:
    'Approve a campaign with its texts as they are now, as the holder of the key; two different holders must',
  params: byName,
  answer: campaign.extend({
    approvals: z
      .int()
      .meta({ description: 'how many have approved it with its texts as they are now' }),
  }),
  handle: (app, { params, actor }) => approveCampaign(app, params.name, actor),
})
