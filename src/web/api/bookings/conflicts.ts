import { z } from 'zod'
import { openConflicts } from '../../../bookings/external/conflicts.ts'
import { logAccessToMany } from '../../../evidence/access-log.ts'
import { endpoint } from '../endpoint.ts'

const time = z
  .date()
  .transform((date) => date.toISOString())
  .pipe(z.string())
  .meta({ override: { type: 'string', format: 'date-time' } })
const side = z.object({ clinic: z.string(), startsAt: time })

export const conflicts = endpoint({
  method: 'get',
  path: '/bookings/conflicts',
  right: 'book',
  summary:
    'Open conflicts between us and other booking systems, both sides of each; the access is logged',
  answer: z.object({
    conflicts: z.array(
      z.object({
        id: z.int(),
        kind: z.enum(['second-booking', 'ended-with-us']),
        person: z.int().meta({ description: 'our id' }),
        purpose: z.string(),
        foundAt: time,
        ours: side.extend({ appointment: z.int(), state: z.string(), madeBy: z.string() }),
        outside: side.extend({ reference: z.string() }),
        keep: z.enum(['ours', 'outside']).nullable().meta({
          description:
            'which side stays, when it is decided and the other clinic has yet to cancel',
        }),
      }),
    ),
  }),
  async handle(app, { actor, clinic }) {
    const found = await openConflicts(app.pool, clinic)
    await logAccessToMany(app.pool, {
      at: app.clock.now(),
      actor,
      action: 'list booking conflicts',
      people: [...new Set(found.map((c) => c.person))],
    })
    return { conflicts: found }
  },
})
