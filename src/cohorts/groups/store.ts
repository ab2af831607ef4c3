import { row, rows, run, type Db } from '../../db/pool.ts'
import type { Member } from './read-group.ts'

/** The group, locked for this transaction, and made when it is new. @returns its id */
export async function openGroup(
  tx: Db,
  { name, answers, now }: { name: string; answers: string; now: Date },
): Promise<number> {
  const group = await row<{ id: number }>(
    tx,
    `insert into person_group (name, answers, imported_at)
     values ($1, $2, $3)
     on conflict (name) do update
       set answers = excluded.answers, imported_at = excluded.imported_at
     returning id`,
    [name, answers, now],
  )
  await run(
    tx,
    `create temporary table given_member (
       row int, identity_number text, valid_from date, valid_until date
     ) on commit drop`,
  )
  return group!.id
}

export const answersFor = async (db: Db, name: string): Promise<string | undefined> =>
  (await row<{ answers: string }>(db, 'select answers from person_group where name = $1', [name]))
    ?.answers

export const stage = (tx: Db, members: readonly (Member & { row: number })[]): Promise<number> =>
  run(
    tx,
    `insert into given_member
     select g.row, g."identityNumber", g."validFrom", g."validUntil"
       from jsonb_to_recordset($1::jsonb) g (
              row int, "identityNumber" text, "validFrom" date, "validUntil" date)`,
    [JSON.stringify(members)],
  )

/** How many are in the group on a day, and how many of them would be missing from a whole list that was staged. */
export const wouldLeave = async (
  tx: Db,
  groupId: number,
  today: string,
): Promise<{ members: number; leave: number }> =>
  (await row<{ members: number; leave: number }>(
    tx,
    `select count(*)::int as members,
            count(*) filter (where not exists (
              select from given_member g
               where g.identity_number = m.identity_number))::int as leave
       from group_member m
      where group_id = $1
        and (valid_until is null or valid_until >= $2)`,
    [groupId, today],
  ))!

export interface Changes {
  new: number
  changed: number
  unchanged: number
  /** no longer on a whole list: yesterday was their last day */
  ended: number
  /** on the list, and not in the register (yet) */
  unknown: number
}

/** Records what was staged. @param whole the list is everybody: who is missing leaves the group */
export async function record(
  tx: Db,
  groupId: number,
  today: string,
  whole: boolean,
): Promise<Changes> {
  await run(
    tx,
    `create temporary table member_row on commit drop as
     select distinct on (identity_number) *
       from given_member
      order by identity_number, row desc`,
  )
  await run(tx, 'analyze member_row')
  // Somebody who comes back without a first day comes back today.
  const changed = await run(
    tx,
    `update group_member m
        set valid_until = g.valid_until,
            valid_from = coalesce(
              g.valid_from,
              case when m.valid_until < $2 then least($2::date, g.valid_until) else m.valid_from end)
       from member_row g
      where m.group_id = $1
        and m.identity_number = g.identity_number
        and (m.valid_until is distinct from g.valid_until or m.valid_from <> g.valid_from)`,
    [groupId, today],
  )
  const made = await run(
    tx,
    `insert into group_member (group_id, identity_number, valid_from, valid_until)
     select $1, identity_number, coalesce(valid_from, least($2::date, valid_until)), valid_until
       from member_row g
     on conflict (group_id, identity_number) do nothing`,
    [groupId, today],
  )
  const ended = whole ? await endMissing(tx, groupId, today) : 0
  const counts = (await row<{ all: number; unknown: number }>(
    tx,
    `select count(*)::int as all, count(*) filter (where p.id is null)::int as unknown
       from member_row g
       left join person p on p.identity_number = g.identity_number`,
  ))!
  return {
    new: made,
    changed,
    unchanged: counts.all - made - changed,
    ended,
    unknown: counts.unknown,
  }
}

/** Who is not on the list any more was last in the group yesterday; who came today has never been in it. */
async function endMissing(tx: Db, groupId: number, today: string): Promise<number> {
  const missing = `
    group_id = $1
    and (valid_until is null or valid_until >= $2)
    and not exists (
          select from given_member g
           where g.identity_number = m.identity_number)`
  const never = await run(tx, `delete from group_member m where ${missing} and valid_from >= $2`, [
    groupId,
    today,
  ])
  return (
    never +
    (await run(tx, `update group_member m set valid_until = $2::date - 1 where ${missing}`, [
      groupId,
      today,
    ]))
  )
}

export interface GroupLine {
  name: string
  answers: string
  importedAt: Date
  /** in it today */
  members: number
  /** of these, in the register */
  known: number
}

/** Every group, with how many are in it on a day. */
export const groups = (db: Db, today: string): Promise<GroupLine[]> =>
  rows<GroupLine>(
    db,
    `select g.name, g.answers, g.imported_at as "importedAt",
            count(m.identity_number)::int as members, count(p.id)::int as known
       from person_group g
       left join group_member m
         on m.group_id = g.id
        and m.valid_from <= $1
        and (m.valid_until is null or m.valid_until >= $1)
       left join person p on p.identity_number = m.identity_number
      group by g.id
      order by g.name`,
    [today],
  )
