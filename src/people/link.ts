import type pg from 'pg'
import { rows, run } from '../db/pool.ts'
import { lockPeople } from './lock.ts'

export interface Linked {
  /** the record that is no longer used */
  id: number
  /** the record that now stands for both */
  leading_id: number
}

/**
 * Links records of one human being, so that they count as one (person.same_as): pairs of [the number that is
 * used now, an earlier number]. Numbers that nobody has are passed over. What was linked before comes along,
 * and always one record leads: the personnummer before the samordningsnummer before the reserve number, then
 * the one that no other replaced, then the latest.
 *
 * Run it in a transaction. Until that ends the temporary table person_link (id, leading_id) holds the same as
 * is returned: whoever keeps things by person (invitations, appointments) moves them from id to leading_id in
 * the same transaction.
 * @returns the records whose link is new or leads elsewhere than before
 */
export async function linkPeople(
  tx: pg.PoolClient,
  pairs: readonly (readonly [used: string, earlier: string])[],
): Promise<Linked[]> {
  await link(tx, 'select * from unnest($1::text[], $2::text[])', [
    pairs.map(([used]) => used),
    pairs.map(([, earlier]) => earlier),
  ])
  return rows<Linked>(tx, 'select id, leading_id from person_link order by id')
}

/** The same for the staged rows that say which number they replace. @returns how many records were linked */
export const linkStaged = (tx: pg.PoolClient): Promise<number> =>
  link(
    tx,
    'select identity_number, replaces from person_staging where replaces is not null and not rejected',
    [],
  )

async function link(tx: pg.PoolClient, pairs: string, values: unknown[]): Promise<number> {
  await lockPeople(tx)
  await run(tx, 'drop table if exists pg_temp.person_edge, pg_temp.person_link')
  await run(
    tx,
    'create temp table person_edge (used bigint not null, earlier bigint not null) on commit drop',
  )
  await run(
    tx,
    `insert into person_edge
     select u.id, e.id
       from (${pairs}) pair (used, earlier)
       join person u on u.identity_number = pair.used
       join person e on e.identity_number = pair.earlier
      where u.id <> e.id`,
    values,
  )
  await run(tx, 'create index on person_edge (used)')
  await run(tx, 'create index on person_edge (earlier)')
  await run(tx, 'analyze person_edge')
  await run(
    tx,
    `create temp table person_link on commit drop as
     with recursive
     -- every record that can be reached from a pair, by pairs and by links that exist already
     reach (root, id) as (
       select used, used from person_edge
       union
       select r.root, n.id from reach r cross join lateral (
         select earlier as id from person_edge where used = r.id
         union all select used from person_edge where earlier = r.id
         union all select same_as from person where id = r.id and same_as is not null
         union all select id from person where same_as = r.id) n),
     member as (select id, min(root) as component from reach group by id)
     select m.id, first_value(m.id) over (
              partition by m.component
              order by case p.identity_kind when 'personnummer' then 0 when 'samordningsnummer' then 1 else 2 end,
                       exists (select from person_edge where earlier = m.id),
                       p.same_as is not null,
                       m.id desc
            ) as leading_id
       from member m
       join person p using (id)`,
  )
  // Taken apart first, then put together: never, not even between two rows of one statement, may a link be two
  // steps long.
  await run(
    tx,
    `update person p
        set same_as = null
       from person_link l
      where l.id = p.id
        and p.same_as is not null
        and p.same_as is distinct from nullif(l.leading_id, l.id)`,
  )
  await run(
    tx,
    `delete from person_link l
      using person p
      where p.id = l.id and p.lead_id = l.leading_id`,
  )
  return run(tx, 'update person p set same_as = l.leading_id from person_link l where l.id = p.id')
}
