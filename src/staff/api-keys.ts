import { createHash, randomBytes } from 'node:crypto'
import { row, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

export const allRights = ['read', 'write', 'approve', 'send', 'book'] as const
export type Right = (typeof allRights)[number]

export interface ApiKey {
  id: number
  /** who acts with it; appears as the actor of what is done */
  name: string
  rights: Right[]
}

/**
 * Makes a key. Only its hash is kept: a guess at 256 random bits needs no slow hash.
 * @returns the key itself, which can't be shown again
 * @throws Refused when the name is taken
 */
export async function createApiKey(
  db: Db,
  name: string,
  rights: readonly Right[],
  now: Date,
): Promise<string> {
  const key = `kal_${randomBytes(32).toString('base64url')}`
  const made = await run(
    db,
    'insert into api_key (name, key_sha256, rights, created_at) values ($1, $2, $3, $4) on conflict (name) do nothing',
    [name, hash(key), rights, now],
  )
  if (!made)
    throw new Refused(
      'api-key-exists',
      `There is an API key named ${name} already. ` +
        'Choose another name: a key has one holder, and its name is what the log shows.',
    )
  return key
}

/** The live key, or undefined. */
export function findApiKey(db: Db, key: string): Promise<ApiKey | undefined> {
  return row<ApiKey>(
    db,
    'select id, name, rights from api_key where key_sha256 = $1 and revoked_at is null',
    [hash(key)],
  )
}

/** @throws Refused when there is no live key of that name */
export async function revokeApiKey(db: Db, name: string, now: Date): Promise<void> {
  const revoked = await run(
    db,
    'update api_key set revoked_at = $2 where name = $1 and revoked_at is null',
    [name, now],
  )
  if (!revoked) throw new Refused('api-key-not-found', `There is no live API key named ${name}.`)
}

const hash = (key: string): string => createHash('sha256').update(key).digest('hex')
