import { z } from 'zod'
import { moveTime } from '../../../bookings/desk.ts'
import { endpoint } from '../endpoint.ts'
import { booking, findWho, refuseOtherClinic, shown, who } from './who.ts'

export const move = endpoint({
  method: 'post',
  path: '/bookings/move',
  right: 'book',
  finds: true,
  once: true,
  summary: 'Move the time somebody has: the old place is free only if the new one is taken',
  body: z.strictObject({ who, slot: z.int().positive() }),
  answer: booking,
  async handle(app, { body, actor, clinic }) {
    const subject = await findWho(app, body.who, actor, 'move')
    await refuseOtherClinic(app, clinic, subject, body.slot)
    return shown(await moveTime(app, subject, body.slot, 'clinic'))
  },
})
