import { z } from 'zod'
import { findPerson } from '../../../evidence/find-person.ts'
import { factsOf } from '../../../evidence/store.ts'
import { rowId } from '../../../received.ts'
import { endpoint } from '../endpoint.ts'

const time = z
  .date()
  .transform((date) => date.toISOString())
  .pipe(z.string())
  .meta({ override: { type: 'string', format: 'date-time' } })

const message = z
  .object({
    id: z.uuid().meta({ description: 'also our reference at every provider' }),
    campaign: z.string(),
    purpose: z.string(),
    step: z.string(),
    channel: z.enum(['letter', 'sms', 'email']),
    language: z.string(),
    template: z.string(),
    templateVersion: z.string().nullable(),
    state: z.string(),
    reason: z.string().nullable(),
    dueAt: time,
    sentAt: time.nullable(),
    deliveredAt: time.nullable(),
    batch: z.string().nullable().meta({ description: 'the print batch of a letter' }),
    receipts: z.array(
      z.object({ status: z.string(), at: z.string(), errorCode: z.string().nullable() }),
    ),
  })
  .meta({ id: 'Message', description: 'without address and text: those need another right' })

export const messages = endpoint({
  method: 'get',
  path: '/people/{id}/messages',
  right: 'read',
  finds: true,
  summary: 'What was and will be sent to one person; the access is logged',
  params: z.object({
    id: rowId.meta({ description: 'our id of the person, never the identity number' }),
  }),
  answer: z.object({ messages: z.array(message) }),
  async handle(app, { params, actor }) {
    const id = await findPerson(app, params, actor, 'read messages')
    return { messages: await factsOf(app.pool, id) }
  },
})
