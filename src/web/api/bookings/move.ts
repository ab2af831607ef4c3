import { z } from 'zod'
import { moveTime } from '../../../bookings/desk.ts'
import { endpoint } from '../endpoint.ts'
import { booking, findWho, shown, who } from './who.ts'

export const move = endpoint({
  method: 'post',
  path: '/bookings/move',
  right: 'book',
  once: true,
  summary: 'Move the time somebody has: the old place is free only if the new one is taken',
  body: z.strictObject({ who, slot: z.int().positive() }),
  answer: booking,
  async handle(app, { body, actor }) {
    return shown(
      await moveTime(app, await findWho(app, body.who, actor, 'move'), body.slot, 'clinic'),
    )
  },
})
