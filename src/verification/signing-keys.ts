import type pg from 'pg'
import { rows, run, transaction, type Db } from '../db/pool.ts'
import { dayOf } from '../people/dates.ts'
import type { KeyFile } from '../letters/check-code.ts'
import type { SigningKey } from '../letters/signing-key.ts'

/** How many days an earlier key stays valid: programs that still run with it sign, and no letter becomes false. */
const overlap = 7

/**
 * Publishes the key that letters are signed with from now on, and lets the one before it end in a week. Its
 * days begin with the oldest letter that waits to be composed. A key that was in use before can come back.
 */
export async function publishSigningKey(
  pool: pg.Pool,
  key: Pick<SigningKey, 'id' | 'publicKey'>,
  now: Date,
): Promise<void> {
  await transaction(pool, async (tx) => {
    await run(tx, `select pg_advisory_xact_lock(hashtext('signing_key'))`)
    await run(
      tx,
      'update signing_key set valid_to = greatest(valid_from, $2::date + $3::int) where valid_to is null and id <> $1',
      [key.id, dayOf(now), overlap],
    )
    await run(
      tx,
      `insert into signing_key (id, public_key, valid_from)
       values ($1, $2, least($3::date, (
         select min(o.due_at at time zone 'Europe/Stockholm')::date
           from outgoing o
           join message m on m.id = o.message_id
          where o.channel = 'letter' and o.state = 'queued' and m.content is null and m.kept_in is null)))
       on conflict (id) do update set valid_to = null where signing_key.valid_to is not null`,
      [key.id, key.publicKey, dayOf(now)],
    )
  })
}

/** Every key there has been, the newest first, as published. @param publicUrl PUBLIC_URL */
export async function keyFileOf(
  db: Db,
  region: { issuer: string; publicUrl: string },
): Promise<KeyFile> {
  const keys = await rows<{ kid: string; x: string; validFrom: string; validTo: string | null }>(
    db,
    `select id as kid, public_key as x, valid_from as "validFrom", valid_to as "validTo"
       from signing_key
      order by valid_to desc nulls first, id`,
  )
  return {
    issuer: region.issuer,
    page: new URL('/akta', region.publicUrl).href,
    keys: keys.map(({ kid, x, ...days }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x,
      kid,
      use: 'sig',
      ...days,
    })),
  }
}
