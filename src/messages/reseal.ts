import type pg from 'pg'
import { rows, run, transaction, type Db } from '../db/pool.ts'
import { seal, sealedPrefix, unseal } from '../db/sealed.ts'
import { keepSealed, sealedOtherwise } from '../ledger/messages-sealed.ts'
import { keptLettersRow, messageRow } from './stored-letters.ts'

interface Sealed<Id> {
  id: Id
  bytes: Buffer
}

/** A table with kept bytes: its rows that another key has sealed, after a key of the table, and how they are kept. */
interface Kept<Id> {
  first: Id
  row(id: Id): string
  read(tx: Db, prefix: Buffer, after: Id, limit: number): Promise<Sealed<Id>[]>
  write(tx: Db, ids: Id[], sealed: Buffer[]): Promise<unknown>
}

const noId = '00000000-0000-0000-0000-000000000000'

const messages: Kept<string> = {
  first: noId,
  row: messageRow,
  read: sealedOtherwise,
  write: keepSealed,
}
const protectedLetters: Kept<string> = {
  first: noId,
  row: messageRow,
  ...columnOf('protected_letter', 'content', 'uuid'),
}
const letters: Kept<number> = {
  first: 0,
  row: keptLettersRow,
  ...columnOf('kept_letters', 'packed', 'bigint'),
}

function columnOf<Id>(table: string, column: string, id: string): Pick<Kept<Id>, 'read' | 'write'> {
  return {
    read: (tx, prefix, after, limit) =>
      rows<Sealed<Id>>(
        tx,
        `select id, ${column} as bytes
           from ${table}
          where id > $2
            and substring(${column} from 1 for length($1::bytea)) <> $1::bytea
          order by id
          limit $3
            for update`,
        [prefix, after, limit],
      ),
    write: (tx, ids, sealed) =>
      run(
        tx,
        `update ${table} t
            set ${column} = x.sealed
           from unnest($1::${id}[], $2::bytea[]) as x(id, sealed)
          where t.id = x.id`,
        [ids, sealed],
      ),
  }
}

export interface Resealed {
  messages: number
  letters: number
  protectedLetters: number
}

/**
 * Seals all kept bytes with the key in use: those of other keys, and those from before there was one. In transactions
 * of a chunk each, so that sending goes on beside it; begun again it finds what is left.
 * @throws Refused as `unseal`: what was committed until then stays
 */
export async function resealAll(pool: pg.Pool, stop?: AbortSignal, chunk = 500): Promise<Resealed> {
  return {
    messages: await reseal(pool, messages, chunk, stop),
    // a row of these holds up to thousands of letters
    letters: await reseal(pool, letters, Math.ceil(chunk / 50), stop),
    protectedLetters: await reseal(pool, protectedLetters, chunk, stop),
  }
}

async function reseal<Id>(
  pool: pg.Pool,
  kept: Kept<Id>,
  chunk: number,
  stop?: AbortSignal,
): Promise<number> {
  const prefix = sealedPrefix()
  let done = 0
  for (let after = kept.first; !stop?.aborted;) {
    const found = await transaction(pool, async (tx) => {
      const next = await kept.read(tx, prefix, after, chunk)
      const sealed = next.map(({ id, bytes }) => seal(unseal(bytes, kept.row(id)), kept.row(id)))
      if (next.length)
        await kept.write(
          tx,
          next.map(({ id }) => id),
          sealed,
        )
      return next
    })
    if (!found.length) break
    done += found.length
    after = found.at(-1)!.id
  }
  return done
}
