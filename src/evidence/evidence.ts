import type pg from 'pg'
import { transaction } from '../db/pool.ts'
import type { Clock } from '../clock.ts'
import { Refused } from '../errors.ts'
import { dayOf } from '../people/dates.ts'
import { readIdentityNumber } from '../people/identity/identity.ts'
import { accessesTo, logAccess, type AccessEntry } from './access-log.ts'
import {
  messageEvidence,
  messagesOf,
  personByNumber,
  personOfMessage,
  type FoundPerson,
  type SentEvidence,
} from './store.ts'

/**
 * Who looks, from where: both are kept in the access log. `worklist`: in the work with protected identities, and
 * nowhere else.
 */
export interface Looker {
  by: string
  unit: string
  worklist?: true
}

export interface Evidence {
  personId: number
  madeAt: Date
  messages: SentEvidence[]
  accesses: AccessEntry[]
}

interface Deps {
  pool: pg.Pool
  clock: Clock
}

/**
 * Everything that was sent to a person, with bytes, text version and who approved, and who has looked at the
 * person's data. The look itself is noted first, also one that finds nobody or is refused.
 * @param action what the look is for, as the access log says it
 * @throws Refused `bad-identity-number`, `person-not-found`, `protected-person`, `no-name`
 */
export async function evidenceOf(
  { pool, clock }: Deps,
  identityNumber: string,
  looker: Looker,
  action: 'evidence' | 'extract for the person',
): Promise<Evidence> {
  checkLooker(looker)
  const now = clock.now()
  const number = readIdentityNumber(identityNumber, dayOf(now))
  if ('fault' in number)
    throw new Refused(
      'bad-identity-number',
      'This is not an identity number. Write it with 12 digits, e.g. YYYYMMDDNNNC.',
    )
  const person = await personByNumber(pool, number.normalized)
  await look({ pool, clock }, person, looker, action)
  return transaction(pool, async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only')
    return {
      personId: person!.id,
      madeAt: now,
      messages: await messagesOf(tx, person!.id),
      accesses: await accessesTo(tx, person!.id),
    }
  })
}

/** One message with its bytes. @throws Refused as `evidenceOf`, and `message-not-found` */
export async function evidenceOfMessage(
  { pool, clock }: Deps,
  id: string,
  looker: Looker,
): Promise<SentEvidence> {
  checkLooker(looker)
  const person = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
    ? await personOfMessage(pool, id)
    : undefined
  if (!person)
    throw new Refused(
      'message-not-found',
      'There is no message with this id. The evidence of its person lists the ids.',
    )
  await look({ pool, clock }, person, looker, 'evidence, one message')
  return (await messageEvidence(pool, id))!
}

/**
 * Notes the look, then refuses it when there is no such person or they are protected.
 * @throws Refused `person-not-found`, `protected-person`
 */
export async function look(
  { pool, clock }: Deps,
  person: FoundPerson | undefined,
  { by, unit, worklist }: Looker,
  action: string,
): Promise<void> {
  const refused = person?.protected === true && !worklist
  await logAccess(pool, {
    at: clock.now(),
    actor: by,
    unit,
    action: refused ? `${action}: refused` : action,
    personId: person?.id ?? null,
  })
  if (!person) throw new Refused('person-not-found', 'There is no such person.')
  if (refused)
    throw new Refused(
      'protected-person',
      "This person's data are shown only in the work with protected identities: " +
        'kallelse worklist evidence. The attempt was noted.',
    )
}

/** @throws Refused `no-name` */
export function checkLooker({ by, unit }: Looker): void {
  if (by.trim() === '' || unit.trim() === '')
    throw new Refused(
      'no-name',
      'Say who looks and from which unit: both are kept in the access log.',
    )
}
