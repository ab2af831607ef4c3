import { campaignNamed } from '../../../campaigns/store.ts'
import { campaignSpec } from '../../../campaigns/spec.ts'
import { endpoint } from '../endpoint.ts'
import { byName, campaign } from './schemas.ts'

export const get = endpoint({
  method: 'get',
  path: '/campaigns/{name}',
  right: 'read',
  summary: 'A campaign with the file it was made of',
  params: byName,
  answer: campaign.extend({ spec: campaignSpec }),
  handle: (app, { params }) => campaignNamed(app.pool, params.name),
})
