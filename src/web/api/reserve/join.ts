import { z } from 'zod'
import { joinReserveList } from '../../../reserve/list.ts'
import { findPerson } from '../../../evidence/find-person.ts'
import { endpoint } from '../endpoint.ts'

export const joinReserve = endpoint({
  method: 'post',
  path: '/reserve-list',
  right: 'write',
  finds: true,
  once: true,
  summary: 'Put somebody who can come at short notice on the reserve list',
  body: z.strictObject({
    personId: z.int().positive().meta({ description: 'from /people/lookup' }),
    purpose: z.string().max(100).meta({ example: 'covid-19/dose-1' }),
    area: z.string().max(100).optional().meta({
      description: 'the release area they can reach quickly; else that of their invitation',
    }),
  }),
  answer: z.object({ reserveId: z.int(), area: z.string() }),
  async handle(app, { body, actor }) {
    await findPerson(app, { id: body.personId }, actor, 'reserve list')
    return joinReserveList(app, { ...body, saidBy: 'clinic' })
  },
})
