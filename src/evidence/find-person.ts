import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { Refused } from '../errors.ts'
import { dayOf } from '../people/dates.ts'
import { readIdentityNumber } from '../people/identity/identity.ts'
import { logAccess } from './access-log.ts'
import { personById, personByNumber } from './store.ts'

interface Deps {
  pool: pg.Pool
  clock: Clock
}

/**
 * The one way to a person outside the work with protected identities (worklist) and the evidence, which have their own:
 * somebody with a protected identity is not found, and the answer is that for a number nobody has. The attempt is noted.
 * @returns the leading record's id
 * @throws Refused `bad-identity-number`, `person-not-found`
 */
export async function findPerson(
  deps: Deps,
  who: { identityNumber: string } | { id: number },
  actor: string,
  action: string,
): Promise<number> {
  const found =
    'id' in who
      ? await personById(deps.pool, who.id)
      : await personByNumber(deps.pool, numberOf(who.identityNumber, deps.clock.now()))
  await logAccess(deps.pool, {
    at: deps.clock.now(),
    actor,
    action: found?.protected ? `${action}: refused` : action,
    personId: found?.id ?? null,
  })
  if (!found || found.protected)
    throw new Refused('person-not-found', 'There is no such person here.')
  return found.id
}

function numberOf(text: string, now: Date): string {
  const number = readIdentityNumber(text, dayOf(now))
  if ('fault' in number)
    throw new Refused(
      'bad-identity-number',
      'This is not an identity number. Write it with 12 digits, e.g. YYYYMMDDNNNC.',
    )
  return number.normalized
}
