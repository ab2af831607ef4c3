import { z } from 'zod'
import { pauseCampaign } from '../../../campaigns/actions.ts'
import { endpoint } from '../endpoint.ts'
import { byName, campaign } from './schemas.ts'

export const pause = endpoint({
  method: 'post',
  path: '/campaigns/{name}/pause',
  right: 'send',
  once: true,
  summary: 'Stop before the next message; what is unsent stays unsent',
  params: byName,
  body: z.strictObject({
    why: z.string().trim().min(3).max(500).meta({ description: 'shown to everybody who wonders' }),
  }),
  answer: campaign,
  handle: (app, { params, body, actor }) => pauseCampaign(app, params.name, actor, body.why),
})
