import { z } from 'zod'
import { bookTime } from '../../../bookings/desk.ts'
import { endpoint } from '../endpoint.ts'
import { booking, findWho, refuseOtherClinic, shown, who } from './who.ts'

export const book = endpoint({
  method: 'post',
  path: '/bookings',
  right: 'book',
  finds: true,
  once: true,
  status: 201,
  summary:
    'Book a time for somebody on the phone; a person without an invitation must fit a running campaign',
  body: z.strictObject({ who, slot: z.int().positive() }),
  answer: booking,
  async handle(app, { body, actor, clinic }) {
    const subject = await findWho(app, body.who, actor, 'book')
    await refuseOtherClinic(app, clinic, subject, body.slot)
    return shown(await bookTime(app, subject, body.slot, 'clinic'))
  },
})
