import type { ReadTo } from '../../channels/bounce-mailbox.ts'
import { row, run, type Db } from '../../db/pool.ts'

// The only writer of bounce_mailbox.

/** Seconds: one reader at a time; another may after so long, should it die. Twice is no harm, only work. */
const lease = 300
const betweenLooks = 30
const longestWait = 900

/**
 * Claims the next look at a mailbox. @param now also when its time hasn't come, for a person who asks
 * @returns how far it was read; undefined: it isn't time, or another reads it
 */
export async function claimLook(
  db: Db,
  mailbox: string,
  now: Date,
  anyway: boolean,
): Promise<{ readTo: ReadTo | null } | undefined> {
  const found = await row<{ uidValidity: number | null; uid: number }>(
    db,
    `insert into bounce_mailbox as b (mailbox, next_at)
     values ($1, $2::timestamptz + make_interval(secs => ${lease}))
     on conflict (mailbox) do update
        set next_at = excluded.next_at
      where b.next_at <= $2 or $3
     returning uid_validity::float8 as "uidValidity", last_uid::float8 as uid`,
    [mailbox, now, anyway],
  )
  return found && { readTo: readToOf(found) }
}

/** In the transaction that records what was read: a kill between reading and recording reads again. */
export const advance = (tx: Db, mailbox: string, { uidValidity, uid }: ReadTo, now: Date) =>
  run(
    tx,
    `update bounce_mailbox
        set last_uid = case when uid_validity = $2 then greatest(last_uid, $3) else $3 end,
            uid_validity = $2,
            next_at = $4::timestamptz + make_interval(secs => ${lease})
      where mailbox = $1`,
    [mailbox, uidValidity, uid, now],
  )

/** @returns since when it had been away, if it had */
export async function noteRead(db: Db, mailbox: string, now: Date): Promise<Date | null> {
  const before = await row<{ since: Date | null }>(
    db,
    `with before as (select since from bounce_mailbox where mailbox = $1)
     update bounce_mailbox
        set read_at = $2,
            next_at = $2::timestamptz + make_interval(secs => ${betweenLooks}),
            failures = 0,
            code = null,
            since = null
      where mailbox = $1
     returning (select since from before) as since`,
    [mailbox, now],
  )
  return before?.since ?? null
}

/** The mailbox could not be read: the next look is later each time. @returns whether it is news */
export async function noteAway(db: Db, mailbox: string, code: string, now: Date): Promise<boolean> {
  const noted = await row<{ failures: number }>(
    db,
    `update bounce_mailbox
        set failures = failures + 1,
            code = $2,
            since = coalesce(since, $3),
            next_at = $3::timestamptz
              + make_interval(secs => least(${longestWait}, ${betweenLooks} * 2 ^ least(failures, 10)))
      where mailbox = $1
     returning failures`,
    [mailbox, code, now],
  )
  return noted?.failures === 1
}

export interface MailboxState {
  uidValidity: number | null
  uid: number
  readAt: Date | null
  nextAt: Date
  /** since when it can't be read, and why */
  code: string | null
  since: Date | null
}

export const mailboxState = (db: Db, mailbox: string): Promise<MailboxState | undefined> =>
  row(
    db,
    `select uid_validity::float8 as "uidValidity", last_uid::float8 as uid,
            read_at as "readAt", next_at as "nextAt", code, since
       from bounce_mailbox
      where mailbox = $1`,
    [mailbox],
  )

export const readToOf = (state: { uidValidity: number | null; uid: number }): ReadTo | null =>
  state.uidValidity === null ? null : { uidValidity: state.uidValidity, uid: state.uid }
