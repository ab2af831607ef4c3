import { rows, run, type Db } from '../db/pool.ts'

/** Bytes as they are kept, of messages that are sealed with another key than the one in use. */
export const sealedOtherwise = (
  tx: Db,
  prefix: Buffer,
  after: string,
  limit: number,
): Promise<{ id: string; bytes: Buffer }[]> =>
  rows(
    tx,
    `select id, content as bytes
       from message
      where content is not null
        and id > $2
        and substring(content from 1 for length($1::bytea)) <> $1::bytea
      order by id
      limit $3
        for update`,
    [prefix, after, limit],
  )

/** What the bytes are stays: they are only sealed again. */
export const keepSealed = (
  tx: Db,
  ids: readonly string[],
  sealed: readonly Buffer[],
): Promise<number> =>
  run(
    tx,
    `update message m
        set content = x.sealed
       from unnest($1::uuid[], $2::bytea[]) as x(id, sealed)
      where m.id = x.id`,
    [ids, sealed],
  )
