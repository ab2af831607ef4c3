import { z } from 'zod'
import { cancelTime } from '../../../bookings/desk.ts'
import { endpoint } from '../endpoint.ts'
import { findWho, who } from './who.ts'

export const cancel = endpoint({
  method: 'post',
  path: '/bookings/cancel',
  right: 'book',
  once: true,
  summary: 'Cancel the time somebody has; its place is offered again at once',
  body: z.strictObject({ who }),
  answer: z.object({ cancelled: z.literal(true) }),
  async handle(app, { body, actor }) {
    await cancelTime(app, await findWho(app, body.who, actor, 'cancel'))
    return { cancelled: true }
  },
})
