import { campaignStatus } from '../../../reports/status.ts'
import { endpoint } from '../endpoint.ts'
import { byName, campaignStatusAnswer } from './schemas.ts'

export const status = endpoint({
  method: 'get',
  path: '/campaigns/{name}/status',
  right: 'read',
  summary: 'Funnel, messages, waves and print batches of a campaign',
  params: byName,
  answer: campaignStatusAnswer,
  handle: (app, { params }) => campaignStatus(app.pool, params.name),
})
