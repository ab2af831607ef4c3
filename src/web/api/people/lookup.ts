import { z } from 'zod'
import { Refused } from '../../../errors.ts'
import { dayOf } from '../../../people/dates.ts'
import { readIdentityNumber } from '../../../people/identity/identity.ts'
import { logAccess } from '../../../evidence/access-log.ts'
import { personByNumber } from '../../../evidence/store.ts'
import { endpoint } from '../endpoint.ts'

export const lookup = endpoint({
  method: 'post',
  path: '/people/lookup',
  right: 'read',
  summary:
    'The id of the person with an identity number; a POST so that the number is in no address or log',
  body: z.strictObject({ identityNumber: z.string().max(40).meta({ example: '194401019809' }) }),
  answer: z.object({ id: z.int() }),
  async handle(app, { body, actor }) {
    const now = app.clock.now()
    const number = readIdentityNumber(body.identityNumber, dayOf(now))
    if ('fault' in number)
      throw new Refused(
        'bad-identity-number',
        'This is not an identity number. Write it with 12 digits, e.g. YYYYMMDDNNNC.',
      )
    const person = await personByNumber(app.pool, number.normalized)
    await logAccess(app.pool, { at: now, actor, action: 'look up', personId: person?.id ?? null })
    if (!person) throw new Refused('person-not-found', 'There is no such person.')
    return { id: person.id }
  },
})
