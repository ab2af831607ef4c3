import { stringify } from 'csv-stringify/sync'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { rows, run, transaction, type Db } from '../db/pool.ts'
import { hasDied } from '../people/all-records.ts'
import { needsOf } from '../people/needs.ts'
import { unprotected } from '../people/protection.ts'

/**
 * Whom a list has now, by leading record: nobody whose campaign is cancelled, who has had the dose, or who must not be
 * on a list that is shared. $1: a municipality, or null for the doctors' list
 */
const listed = `
  from ordination o
  join invitation i on i.id = o.invitation_id
  join campaign c on c.id = i.campaign_id
  join purpose u on u.code = o.purpose
  join person r on r.id = o.person_id
  join person p on p.id = r.lead_id
  left join clinic k on k.hsa_id = p.listed_clinic
 where o.municipality is not distinct from $1
   and o.route = case when $1::text is null then 'doctor' else 'municipality' end
   and o.state in ('asked', 'ordinated')
   and c.state <> 'cancelled'
   and not ${hasDied('p')}
   and p.emigrated_on is null
   and p.gone_since is null
   and ${unprotected('p.id')}
   and not exists (
     select from dose d
       join person x on x.id = d.person_id
      where x.lead_id = p.id
        and d.purpose = o.purpose)
   and not exists (
     select from ordination e
       join person x on x.id = e.person_id
      where x.lead_id = p.id
        and e.purpose = o.purpose
        and e.id < o.id)`

export interface WorklistRow {
  row: number
  identity_number: string
  name: string
  street: string | null
  postcode: string | null
  town: string | null
  phone: string | null
  /** with commas between */
  needs: string
  state: 'asked' | 'ordinated'
  /** YYYY-MM-DD; null on the doctors' list */
  visit_from: string | null
  ordinated_by: string | null
  /** in Swedish */
  purpose: string
  campaign: string
  /** the name of the health centre where they are listed */
  listed_at: string | null
}

/**
 * A municipality's worklist, or the doctors' (null). People who have become protected, have died, have had the dose, are
 * done or want a clinic are not in it. Each person in it is noted in the access log first.
 */
export const worklist = (
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  municipality: string | null,
  actor: string,
): Promise<WorklistRow[]> =>
  transaction(pool, async (tx) => {
    await run(
      tx,
      `insert into access_log (at, actor, action, person_id)
       select distinct $2::timestamptz, $3, case when $1::text is null then 'doctors worklist' else 'municipal worklist' end,
              p.id
       ${listed}`,
      [municipality, clock.now(), actor],
    )
    return worklistRows(tx, municipality)
  })

/** The same as CSV (UTF-8 with BOM for spreadsheets; formulas defused). */
export async function exportWorklist(
  deps: { pool: pg.Pool; clock: Clock },
  municipality: string | null,
  actor: string,
): Promise<{ csv: string; people: number }> {
  const people = await worklist(deps, municipality, actor)
  const csv = stringify(people, {
    header: true,
    columns: municipality === null ? columns.filter((name) => name !== 'visit_from') : columns,
    bom: true,
    delimiter: ';',
    escape_formulas: true,
  })
  return { csv, people: people.length }
}

const columns = [
  'row',
  'identity_number',
  'name',
  'street',
  'postcode',
  'town',
  'phone',
  'needs',
  'state',
  'visit_from',
  'ordinated_by',
  'purpose',
  'campaign',
  'listed_at',
]

const worklistRows = (db: Db, municipality: string | null): Promise<WorklistRow[]> =>
  rows<WorklistRow>(
    db,
    `select o.id as row, p.identity_number, p.given_name || ' ' || p.family_name as name,
            coalesce(p.special_address, p.registered_address)->>'street' as street,
            coalesce(p.special_address, p.registered_address)->>'postcode' as postcode,
            coalesce(p.special_address, p.registered_address)->>'town' as town,
            p.phone, array_to_string(${needsOf('p.id')}, ', ') as needs, o.state, o.visit_from, o.ordinated_by,
            u.name as purpose, c.name as campaign, k.name as listed_at
       ${listed}
      order by o.visit_from, k.name, p.family_name, o.id`,
    [municipality],
  )
