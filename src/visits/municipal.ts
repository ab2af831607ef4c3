import { stringify } from 'csv-stringify/sync'
import { DateTime } from 'luxon'
import type pg from 'pg'
import { campaignNamed } from '../campaigns/store.ts'
import { zone, type Clock } from '../clock.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

export type Ordination = 'asked' | 'ordinated' | 'done' | 'wants-clinic'

/** Days that municipality and doctor need (Västerbotten 2024); the database holds to it too. */
const ahead = 14

/**
 * Makes the municipalities' worklist of a planned campaign: those it left out because they are reached in another way.
 * Run again it adds only who is new. Protected people are not on a shared list; the region handles them itself.
 * @param visitFrom YYYY-MM-DD, the first day of visits
 * @returns how many were added, and how many can't be for want of a municipality
 * @throws Refused unknown-campaign, too-soon
 */
export async function makeWorklist(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  campaignName: string,
  visitFrom: string,
  by: string,
): Promise<{ added: number; withoutMunicipality: number }> {
  const now = clock.now()
  const today = DateTime.fromJSDate(now, { zone })
  const earliest = today.plus({ days: ahead }).toISODate()!
  if (!DateTime.fromISO(visitFrom).isValid || visitFrom < earliest)
    throw new Refused(
      'too-soon',
      `The municipalities need ${ahead} days: the first visit can be on ${earliest}.`,
    )
  const campaign = await campaignNamed(pool, campaignName)
  const concerned = `
       from invitation i
       join person p on p.id = i.person_id
      where i.campaign_id = $1
        and i.state = 'suppressed'
        and i.reason = 'needs-other-route'
        and p.same_as is null
        and p.protection = 'none'
        and p.deceased_on is null
        and p.emigrated_on is null
        and p.gone_since is null
        and not exists (
          select from ordination o
           where o.person_id = p.id
             and o.purpose = i.purpose)`
  return transaction(pool, async (tx) => {
    const missing = await row<{ n: number }>(
      tx,
      `select count(*)::int as n
       ${concerned}
        and p.municipality is null`,
      [campaign.id],
    )
    const added = await run(
      tx,
      `insert into ordination (
              invitation_id, person_id, purpose, municipality, asked_on, visit_from, changed_by, changed_at)
       select i.id, p.id, i.purpose, p.municipality, $2, $3, $4, $5
       ${concerned}
        and p.municipality is not null
       on conflict do nothing`,
      [campaign.id, today.toISODate(), visitFrom, by, now],
    )
    return { added, withoutMunicipality: missing!.n }
  })
}

/**
 * Takes a row of the worklist on: the doctor has ordinated, the visit is done (the dose is recorded), or the person
 * wants to come to a clinic instead: then the next campaign for the purpose invites them (docs/operator/municipal.md).
 * @throws Refused unknown-row, illegal-transition, bad-date, ordinator-missing
 */
export async function setOrdination(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  id: number,
  to: Ordination,
  by: string,
  more: {
    ordinatedBy?: string | undefined
    givenOn?: string | undefined
    vaccine?: string | undefined
  } = {},
): Promise<{ id: number; state: Ordination }> {
  const now = clock.now()
  if (to === 'ordinated' && !more.ordinatedBy)
    throw new Refused('ordinator-missing', 'Say which doctor ordinated: --ordinated-by')
  const day = DateTime.fromISO(more.givenOn ?? '')
  if (to === 'done' && (!day.isValid || day > DateTime.fromJSDate(now)))
    throw new Refused(
      'bad-date',
      'Say on which day the dose was given, not later than today: --given-on YYYY-MM-DD',
    )
  return transaction(pool, async (tx) => {
    const found = await row<{ state: Ordination; personId: number; purpose: string }>(
      tx,
      'select state, person_id as "personId", purpose from ordination where id = $1 for update',
      [id],
    )
    if (!found) throw new Refused('unknown-row', `There is no row ${id} on the worklist.`)
    if (found.state === to) return { id, state: to }
    await run(
      tx,
      `update ordination
          set state = $2,
              ordinated_by = case when $2 = 'asked' then null else coalesce($3, ordinated_by) end,
              given_on = $4,
              changed_by = $5,
              changed_at = $6
        where id = $1`,
      [id, to, more.ordinatedBy ?? null, to === 'done' ? more.givenOn : null, by, now],
    ).catch((error: unknown) => {
      if ((error as { code?: string }).code !== '23514') throw error
      throw new Refused('illegal-transition', `Row ${id} is ${found.state} and can't become ${to}.`)
    })
    if (to === 'done') {
      await run(
        tx,
        'insert into dose (person_id, purpose, given_on, vaccine) values ($1, $2, $3, $4) on conflict do nothing',
        [found.personId, found.purpose, more.givenOn, more.vaccine ?? null],
      )
    }
    return { id, state: to }
  })
}

const listed = `
  from ordination o
  join person p on p.id = o.person_id
 where o.municipality = $1
   and p.protection = 'none'
   and p.deceased_on is null
   and p.same_as is null
   and o.state in ('asked', 'ordinated')`

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
  /** YYYY-MM-DD */
  visit_from: string
  ordinated_by: string | null
}

/**
 * A municipality's worklist. People who have become protected, have died, are done or want a clinic are not in it. Each
 * person in it is noted in the access log first.
 */
export const municipalWorklist = (
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  municipality: string,
  actor: string,
): Promise<WorklistRow[]> =>
  transaction(pool, async (tx) => {
    await run(
      tx,
      `insert into access_log (at, actor, action, person_id)
       select $2, $3, 'municipal worklist', o.person_id
       ${listed}`,
      [municipality, clock.now(), actor],
    )
    return worklistRows(tx, municipality)
  })

/** The same as CSV (UTF-8 with BOM for spreadsheets; formulas defused). */
export async function exportWorklist(
  deps: { pool: pg.Pool; clock: Clock },
  municipality: string,
  actor: string,
): Promise<{ csv: string; people: number }> {
  const people = await municipalWorklist(deps, municipality, actor)
  const csv = stringify(people, {
    header: true,
    columns,
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
]

const worklistRows = (db: Db, municipality: string): Promise<WorklistRow[]> =>
  rows<WorklistRow>(
    db,
    `select o.id as row, p.identity_number, p.given_name || ' ' || p.family_name as name,
            coalesce(p.special_address, p.registered_address)->>'street' as street,
            coalesce(p.special_address, p.registered_address)->>'postcode' as postcode,
            coalesce(p.special_address, p.registered_address)->>'town' as town,
            p.phone, array_to_string(p.needs, ', ') as needs, o.state, o.visit_from, o.ordinated_by
       ${listed}
      order by o.visit_from, p.family_name, o.id`,
    [municipality],
  )
