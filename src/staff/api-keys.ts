import { createHash, randomBytes } from 'node:crypto'
import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

export const allRights = ['read', 'write', 'approve', 'send', 'book'] as const
export type Right = (typeof allRights)[number]

export interface ApiKey {
  id: number
  /** who acts with it; appears as the actor of what is done */
  name: string
  rights: Right[]
  /** HSA-id: it books at this clinic only; null: at all */
  clinic: string | null
}

/** A year from now, less a leap day: a key that nobody remembers ends by itself. */
const lifeTime = 365 * 86_400_000

/**
 * Makes a key. Only its hash is kept: a guess at 256 random bits needs no slow hash.
 * @param more clinic: it books there only; expiresAt: a year from now when not given
 * @returns the key itself, which can't be shown again
 * @throws Refused `api-key-exists`, `unknown-clinic`
 */
export async function createApiKey(
  db: Db,
  name: string,
  rights: readonly Right[],
  now: Date,
  { clinic = null, expiresAt }: { clinic?: string | null; expiresAt?: Date } = {},
): Promise<string> {
  if (clinic !== null && !(await row(db, 'select from clinic where hsa_id = $1', [clinic])))
    throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${clinic}.`)
  const key = newKey()
  const made = await run(
    db,
    `insert into api_key (name, key_sha256, rights, created_at, expires_at, clinic)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (name) do nothing`,
    [name, hash(key), rights, now, expiresAt ?? new Date(now.getTime() + lifeTime), clinic],
  )
  if (!made)
    throw new Refused(
      'api-key-exists',
      `There is an API key named ${name} already. ` +
        'Choose another name: a key has one holder, and its name is what the log shows.',
    )
  return key
}

/** The live key, or undefined. That it is used is noted once a day. */
export async function findApiKey(db: Db, key: string, now: Date): Promise<ApiKey | undefined> {
  const found = await row<ApiKey & { usedToday: boolean }>(
    db,
    `select id, name, rights, clinic, last_used_on is not distinct from $2::timestamptz::date as "usedToday"
       from api_key
      where (key_sha256 = $1 or (old_sha256 = $1 and old_until > $2))
        and revoked_at is null
        and (expires_at is null or expires_at > $2)`,
    [hash(key), now],
  )
  if (!found) return undefined
  const { usedToday, ...apiKey } = found
  if (!usedToday)
    await run(db, 'update api_key set last_used_on = $2::timestamptz::date where id = $1', [
      apiKey.id,
      now,
    ])
  return apiKey
}

/**
 * Makes a new key of the same name, rights and clinic, for a year; the old one works for some days more.
 * @throws Refused `api-key-not-found`
 */
export async function rotateApiKey(
  db: Db,
  name: string,
  now: Date,
  overlapDays: number,
): Promise<string> {
  const key = newKey()
  const rotated = await run(
    db,
    `update api_key
        set old_sha256 = key_sha256,
            old_until = least(expires_at, $3::timestamptz + make_interval(days => $4)),
            key_sha256 = $2,
            expires_at = $5
      where name = $1
        and revoked_at is null`,
    [name, hash(key), now, overlapDays, new Date(now.getTime() + lifeTime)],
  )
  if (!rotated) throw notFound(name)
  return key
}

/** @throws Refused `api-key-not-found` */
export async function revokeApiKey(db: Db, name: string, now: Date): Promise<void> {
  const revoked = await run(
    db,
    'update api_key set revoked_at = $2 where name = $1 and revoked_at is null',
    [name, now],
  )
  if (!revoked) throw notFound(name)
}

export interface ApiKeyLine {
  name: string
  rights: Right[]
  clinic: string | null
  createdAt: Date
  /** null: never, a key from before keys expired */
  expiresAt: Date | null
  revokedAt: Date | null
  /** YYYY-MM-DD; null: never */
  lastUsedOn: string | null
}

/** Every key, those that work first. */
export const apiKeys = (db: Db): Promise<ApiKeyLine[]> =>
  rows<ApiKeyLine>(
    db,
    `select name, rights, clinic, created_at as "createdAt", expires_at as "expiresAt",
            revoked_at as "revokedAt", last_used_on::text as "lastUsedOn"
       from api_key
      order by revoked_at is not null, name`,
  )

const newKey = (): string => `kal_${randomBytes(32).toString('base64url')}`

const notFound = (name: string): Refused =>
  new Refused('api-key-not-found', `There is no live API key named ${name}.`)

const hash = (key: string): string => createHash('sha256').update(key).digest('hex')
