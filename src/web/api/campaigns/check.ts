import { preflightOf } from '../../../reports/preflight.ts'
import { endpoint } from '../endpoint.ts'
import { byName, checkAnswer } from './schemas.ts'

export const check = endpoint({
  method: 'post',
  path: '/campaigns/{name}/check',
  right: 'read',
  summary:
    'What is known before anything leaves: channels, texts, people, places, days, cost, phones; changes nothing',
  params: byName,
  answer: checkAnswer,
  handle: (app, { params }) => preflightOf(app, params.name),
})
