import { z } from 'zod'
import { answerByCode } from '../../../reserve/answer-offer.ts'
import { isQuiet, quietHours } from '../../../messages/dispatch/quiet-hours.ts'
import { endpoint } from '../endpoint.ts'

export const answerReserve = endpoint({
  method: 'post',
  path: '/reserve-offers/answer',
  right: 'write',
  finds: true,
  once: true,
  summary: 'The answer of somebody who calls the clinic and says the code of an offer',
  body: z.strictObject({
    code: z
      .string()
      .regex(/^\d{4}$/)
      .meta({ example: '4821' }),
    answer: z.enum(['yes', 'no']),
  }),
  answer: z.object({
    outcome: z.enum(['taken', 'thanked', 'declined', 'too-late', 'already-booked']),
  }),
  async handle(app, { body, actor, clinic }) {
    const deps = {
      pool: app.pool,
      clock: app.clock,
      jobs: await app.jobs(),
      quiet: isQuiet(app.clock.now(), quietHours(app.config)),
    }
    return { outcome: await answerByCode(deps, body.code, body.answer, actor, clinic) }
  },
})
