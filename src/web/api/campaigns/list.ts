import { z } from 'zod'
import { campaignList } from '../../../reports/status.ts'
import { endpoint } from '../endpoint.ts'
import { campaign } from './schemas.ts'

export const list = endpoint({
  method: 'get',
  path: '/campaigns',
  right: 'read',
  summary: 'All campaigns',
  answer: z.object({ campaigns: z.array(campaign) }),
  handle: async (app) => ({ campaigns: await campaignList(app.pool) }),
})
