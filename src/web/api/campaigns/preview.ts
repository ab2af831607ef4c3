import { previewCampaign } from '../../../campaigns/plan.ts'
import { endpoint } from '../endpoint.ts'
import { byName, previewAnswer } from './schemas.ts'

export const preview = endpoint({
  method: 'post',
  path: '/campaigns/{name}/preview',
  right: 'read',
  summary: 'Who would be invited now, how, and who is left out and why; changes nothing',
  params: byName,
  answer: previewAnswer,
  handle: (app, { params }) => previewCampaign(app, params.name),
})
