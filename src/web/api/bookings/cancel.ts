import { z } from 'zod'
import { cancelTime } from '../../../bookings/desk.ts'
import { endpoint } from '../endpoint.ts'
import { findWho, refuseOtherClinic, who } from './who.ts'

export const cancel = endpoint({
  method: 'post',
  path: '/bookings/cancel',
  right: 'book',
  finds: true,
  once: true,
  summary: 'Cancel the time somebody has; its place is offered again at once',
  body: z.strictObject({ who }),
  answer: z.object({ cancelled: z.literal(true) }),
  async handle(app, { body, actor, clinic }) {
    const subject = await findWho(app, body.who, actor, 'cancel')
    await refuseOtherClinic(app, clinic, subject)
    await cancelTime(app, subject)
    return { cancelled: true }
  },
})
