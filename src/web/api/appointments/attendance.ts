import { z } from 'zod'
import { rowId } from '../../../received.ts'
import { recordAttendance } from '../../../visits/attendance.ts'
import { endpoint } from '../endpoint.ts'

export const attendance = endpoint({
  method: 'post',
  path: '/appointments/{id}/attendance',
  right: 'write',
  once: true,
  summary:
    'Record that somebody came (the dose is noted) or did not; the other outcome puts a slip right',
  params: z.object({ id: rowId }),
  body: z.strictObject({
    outcome: z.enum(['attended', 'no-show']),
    vaccine: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'decides when the next dose is due' }),
  }),
  answer: z.object({ state: z.enum(['attended', 'no-show']) }),
  handle: (app, { params, body, actor, clinic }) =>
    recordAttendance(app, params.id, body.outcome, actor, body.vaccine ?? null, clinic),
})
