import { z } from 'zod'
import { findPerson } from '../../../evidence/find-person.ts'
import { endpoint } from '../endpoint.ts'

export const lookup = endpoint({
  method: 'post',
  path: '/people/lookup',
  right: 'read',
  finds: true,
  summary:
    'The id of the person with an identity number; a POST so that the number is in no address or log',
  body: z.strictObject({ identityNumber: z.string().max(40).meta({ example: '194401019809' }) }),
  answer: z.object({ id: z.int() }),
  handle: async (app, { body, actor }) => ({ id: await findPerson(app, body, actor, 'look up') }),
})
